import { AppError, type InstanceId } from '@serverctl/core';
import { writeName } from '../wire/name.ts';
import { type TsigAlgorithm, type TsigKey, tsigAlgorithms } from '../wire/tsig.ts';
import { WireError } from '../wire/wire-error.ts';
import { createWriter } from '../wire/writer.ts';

/** A TSIG key as an operator has it. */
export interface Rfc2136Key {
  /** Compared in lower case, with or without the trailing dot. */
  readonly name: string;
  /** `hmac-sha256`, `hmac-sha384` or `hmac-sha512`. */
  readonly algorithm: string;
  /** Base64, at least 16 bytes. */
  readonly secret: string;
}

/** Where the primary is, which key signs, and the chance and time that signing needs. */
export interface Rfc2136Options {
  /** The primary's address, or a name that `resolveHost` turns into one. */
  readonly host: string;
  readonly port: number;
  /** `tcp` by default: no acknowledgement is lost or invented. `udp` saves a round trip and falls back to TCP. */
  readonly transport?: 'tcp' | 'udp';
  readonly key: Rfc2136Key;
  /** Whose marks are ours. */
  readonly instance: InstanceId;
  /** The wall clock in Unix milliseconds: TSIG signs the time (RFC 8945 section 4.2). */
  readonly wallClock: () => number;
  /** A random number of 16 bits for each message. */
  readonly randomId: () => number;
  /** Resolves and checks the host before each call (R40); rejects what may not be asked. Default: the host must be an address. */
  readonly resolveHost?: (host: string, port: number, signal: AbortSignal) => Promise<string>;
}

const shortestSecretBytes = 16;
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** The key ready to sign with. Throws `tsig_algorithm_unsupported`, `tsig_secret_invalid` or `tsig_key_name_invalid`. */
export function prepareKey(key: Rfc2136Key): TsigKey {
  const algorithm = key.algorithm.toLowerCase().replace(/\.$/, '');
  if (!isAlgorithm(algorithm)) throw new AppError('tsig_algorithm_unsupported', { algorithm: key.algorithm });
  const text = key.secret.replace(/\s/g, '');
  const secret = new Uint8Array(Buffer.from(text, 'base64'));
  if (!base64.test(text) || text.length % 4 !== 0 || secret.length < shortestSecretBytes) {
    throw new AppError('tsig_secret_invalid', { bytes: secret.length });
  }
  return { name: keyName(key.name), algorithm, secret };
}

function isAlgorithm(text: string): text is TsigAlgorithm {
  return Object.hasOwn(tsigAlgorithms, text);
}

/** A key's name is any DNS name, also of a single label: what the server's configuration calls it, not a host. */
function keyName(name: string): string {
  const invalid = (cause?: unknown) => new AppError('tsig_key_name_invalid', { field: 'keyName' }, cause);
  const lower = name.trim().toLowerCase().replace(/\.$/, '');
  try {
    writeName(createWriter(), lower);
  } catch (error) {
    if (error instanceof WireError) throw invalid(error);
    throw error;
  }
  if (lower === '') throw invalid();
  return lower;
}
