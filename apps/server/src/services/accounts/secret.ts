import { createHash } from 'node:crypto';
import type { Random } from '../../platform/random.ts';
import { secretPrefixes } from './principal.ts';

const secretBytes = 32;

/** 256 bits of chance behind the prefix of their kind. They are nowhere but with their holder: the database has `sha256Of` (I16). */
export function newSecret(random: Random, kind: keyof typeof secretPrefixes): string {
  return secretPrefixes[kind] + Buffer.from(random.bytes(secretBytes)).toString('base64url');
}

/** Of the whole secret, prefix included. So much chance needs no slow hash. */
export function sha256Of(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
