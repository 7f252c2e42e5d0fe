import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { addressBits, parseIp } from '@serverctl/core';
import type { Random } from '../platform/random.ts';
import * as der from './der.ts';

/*
 * The two kinds of certificate that the private CA needs (RFC 5280), ECDSA on P-256. Written here, because the library for it wants a global patched
 * and brings fifteen packages into the process that holds the keys. OpenSSL reads back what was written, at every start and in the tests.
 */

const dayMs = 24 * 3_600_000;
/** Hosts' clocks differ from ours: what is made now was valid yesterday. */
const backdateMs = dayMs;
const caDays = 3_652;
/** All of it, the day before included, stays below the 398 days that the strictest clients accept. */
const serverDays = 396;

const oids = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

export interface Issuing {
  readonly random: Random;
  readonly now: Date;
}

export interface Issuer {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

export function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

/** A CA that signs servers and nothing below it (pathLen 0), for ten years. */
export function issueCa(key: KeyObject, { random, now }: Issuing): X509Certificate {
  const publicKey = createPublicKey(key);
  // The number tells two control planes' CAs apart in a list.
  const name = commonName(`ServerCTL CA ${Buffer.from(random.bytes(4)).toString('hex')}`);
  return issue(
    {
      random,
      issuer: name,
      subject: name,
      notBefore: new Date(now.getTime() - backdateMs),
      notAfter: new Date(now.getTime() + caDays * dayMs),
      publicKey,
      extensions: [
        extension(oids.basicConstraints, der.sequence(der.booleanTrue(), der.integer(Uint8Array.of(0))), 'critical'),
        extension(oids.keyUsage, der.bitString(Uint8Array.of(0b0000_0100), 2), 'critical'), // keyCertSign
        extension(oids.subjectKeyId, der.octetString(keyId(publicKey))),
      ],
    },
    key,
  );
}

/** A server's certificate for these host names and addresses; it never outlives its CA. */
export function issueServer(
  key: KeyObject,
  issuer: Issuer,
  hosts: readonly string[],
  { random, now }: Issuing,
): X509Certificate {
  const publicKey = createPublicKey(key);
  const notAfter = Math.min(now.getTime() + serverDays * dayMs, issuer.certificate.validToDate.getTime());
  return issue(
    {
      random,
      issuer: subjectOf(issuer.certificate),
      subject: commonName('ServerCTL'),
      notBefore: new Date(now.getTime() - backdateMs),
      notAfter: new Date(notAfter),
      publicKey,
      extensions: [
        extension(oids.basicConstraints, der.sequence(), 'critical'),
        extension(oids.keyUsage, der.bitString(Uint8Array.of(0b1000_0000), 7), 'critical'), // digitalSignature
        extension(oids.extendedKeyUsage, der.sequence(der.objectId(oids.serverAuth))),
        extension(oids.subjectAltName, der.sequence(...hosts.map(generalName))),
        extension(oids.subjectKeyId, der.octetString(keyId(publicKey))),
        extension(oids.authorityKeyId, der.sequence(der.implicit(0, keyId(createPublicKey(issuer.key))))),
      ],
    },
    issuer.key,
  );
}

/** What `curl --pinnedpubkey` compares: SHA-256 over the SubjectPublicKeyInfo, in base64. */
export function publicKeyPin(certificate: X509Certificate): string {
  return createHash('sha256').update(spkiOf(certificate.publicKey)).digest('base64');
}

interface Certificate {
  readonly random: Random;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Uint8Array[];
}

function issue(certificate: Certificate, signingKey: KeyObject): X509Certificate {
  const algorithm = der.sequence(der.objectId(oids.ecdsaWithSha256));
  const toBeSigned = der.sequence(
    der.explicit(0, der.integer(Uint8Array.of(2))), // version 3
    der.integer(serialNumber(certificate.random)),
    algorithm,
    certificate.issuer,
    der.sequence(der.time(certificate.notBefore), der.time(certificate.notAfter)),
    certificate.subject,
    spkiOf(certificate.publicKey),
    der.explicit(3, der.sequence(...certificate.extensions)),
  );
  const signature = sign('sha256', toBeSigned, signingKey);
  return new X509Certificate(der.sequence(toBeSigned, algorithm, der.bitString(signature)));
}

/** 127 bits of chance, and never zero. */
function serialNumber(random: Random): Uint8Array {
  const bytes = Uint8Array.from(random.bytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function commonName(text: string): Buffer {
  return der.sequence(der.setOf(der.sequence(der.objectId(oids.commonName), der.utf8String(text))));
}

/** The CA's own name as we once wrote it, so that issuer and subject are the same bytes. */
function subjectOf(ca: X509Certificate): Buffer {
  return commonName(ca.subject.replace(/^CN=/, ''));
}

function extension(oid: string, value: Uint8Array, critical?: 'critical'): Buffer {
  return der.sequence(
    der.objectId(oid),
    ...(critical === undefined ? [] : [der.booleanTrue()]),
    der.octetString(value),
  );
}

/** RFC 5280, section 4.2.1.6: dNSName is [2], iPAddress is [7] with four or sixteen bytes. */
function generalName(host: string): Buffer {
  return parseIp(host) === null ? der.implicit(2, Buffer.from(host, 'ascii')) : der.implicit(7, addressBytes(host));
}

/** In network order; the caller knows that it is an address. */
function addressBytes(text: string): Buffer {
  const { family, value } = parseIp(text) ?? { family: 4, value: 0n };
  return Buffer.from(value.toString(16).padStart(addressBits[family] / 4, '0'), 'hex');
}

function keyId(publicKey: KeyObject): Buffer {
  return createHash('sha256').update(spkiOf(publicKey)).digest().subarray(0, 20);
}

function spkiOf(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' });
}
