import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from '@serverctl/core';

/*
 * Secrets at rest (R38): each has a data key of its own, sealed by a key that is derived from the master key. An envelope is
 *
 *   version 1 | master key's fingerprint 4 | nonce 12 | sealed data key 32 + tag 16 | nonce 12 | sealed secret n + tag 16
 *
 * Both seals are AES-256-GCM and bound to the place of the secret: an envelope copied to another row, column or version does not open.
 */

/** Where a secret stands. A new version of the row's secret gets a new envelope. */
export interface SecretPlace {
  readonly table: string;
  readonly row: string;
  readonly column: string;
  readonly version: number;
}

export interface SecretBox {
  /** A new envelope each time, even for the same secret. */
  seal(secret: string, place: SecretPlace): Buffer;
  /** Throws `secret_unreadable` when the envelope was altered, belongs to another place, or was written with another master key. */
  open(envelope: Uint8Array, place: SecretPlace): string;
  /** 32 bytes that only this master key gives for this purpose, the same after each start (HKDF-SHA-256). */
  deriveKey(purpose: string): Buffer;
}

const version = 1;
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const fingerprintBytes = 4;
const headBytes = 1 + fingerprintBytes;
const sealedKeyBytes = nonceBytes + keyBytes + tagBytes;
const cipher = 'aes-256-gcm';

export function createSecretBox(masterKey: Uint8Array): SecretBox {
  if (masterKey.length !== keyBytes) throw new RangeError('a master key has 32 bytes');
  const deriveKey = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), `serverctl ${purpose}`, keyBytes));
  const wrappingKey = deriveKey('secret wrapping');
  const head = Buffer.concat([Buffer.of(version), fingerprint(wrappingKey)]);

  return {
    deriveKey,
    seal(secret, place) {
      const dataKey = randomBytes(keyBytes);
      const aad = additionalData(place);
      const sealedKey = encrypt(wrappingKey, dataKey, Buffer.concat([head, aad]));
      return Buffer.concat([head, sealedKey, encrypt(dataKey, Buffer.from(secret), aad)]);
    },
    open(envelope, place) {
      const bytes = Buffer.from(envelope.buffer, envelope.byteOffset, envelope.length);
      const where = `${place.table}.${place.column}`;
      if (bytes.length < headBytes + sealedKeyBytes + nonceBytes + tagBytes || bytes[0] !== version)
        throw new AppError('secret_unreadable', { where, because: 'it is not an envelope that this version knows' });
      if (!bytes.subarray(0, headBytes).equals(head))
        throw new AppError('secret_unreadable', { where, because: 'it was written with another master key' });
      const aad = additionalData(place);
      const sealedKey = bytes.subarray(headBytes, headBytes + sealedKeyBytes);
      try {
        const dataKey = decrypt(wrappingKey, sealedKey, Buffer.concat([head, aad]));
        return decrypt(dataKey, bytes.subarray(headBytes + sealedKeyBytes), aad).toString('utf8');
      } catch (cause) {
        throw new AppError('secret_unreadable', { where, because: 'it was altered or moved from its place' }, cause);
      }
    },
  };
}

/** `table|row|column|version`, each part escaped so that no two places read alike. */
function additionalData(place: SecretPlace): Buffer {
  const parts = [place.table, place.row, place.column, String(place.version)];
  return Buffer.from(parts.map((part) => part.replace(/[\\|]/g, '\\$&')).join('|'));
}

/** Tells keys apart in an error's words; says nothing about the key. */
function fingerprint(key: Uint8Array): Buffer {
  return createHash('sha256').update('serverctl fingerprint').update(key).digest().subarray(0, fingerprintBytes);
}

function encrypt(key: Uint8Array, plain: Uint8Array, aad: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, key, nonce).setAAD(aad);
  return Buffer.concat([nonce, sealing.update(plain), sealing.final(), sealing.getAuthTag()]);
}

function decrypt(key: Uint8Array, sealed: Buffer, aad: Uint8Array): Buffer {
  const opening = createDecipheriv(cipher, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
  opening.setAAD(aad).setAuthTag(sealed.subarray(-tagBytes));
  return Buffer.concat([opening.update(sealed.subarray(nonceBytes, -tagBytes)), opening.final()]);
}
