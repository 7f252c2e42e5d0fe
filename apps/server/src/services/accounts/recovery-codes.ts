import { idAlphabet } from '@serverctl/core';
import type { Random } from '../../platform/random.ts';
import { sha256Of } from './secret.ts';

/*
 * Recovery codes: ten of 80 bits, each instead of one code of the authenticator, once. So much chance is not found by trying, and needs no
 * slow hash. They are written in groups, in an alphabet without letters that look like others.
 */

export const recoveryCodeCount = 10;
const characters = 16;
const groups = /.{4}/g;

export function newRecoveryCodes(random: Random): readonly string[] {
  return Array.from({ length: recoveryCodeCount }, () => {
    const code = [...random.bytes(characters)].map((byte) => idAlphabet[byte % idAlphabet.length]).join('');
    return (code.match(groups) ?? []).join('-');
  });
}

/** What is kept of a code. How it was typed does not matter: groups, spaces, capitals, and letters that stand for digits (Crockford). */
export function recoveryCodeDigest(code: string): Buffer {
  const plain = code.toLowerCase().replace(/o/g, '0').replace(/[il]/g, '1');
  return sha256Of(plain.replace(/[^0-9a-z]/g, ''));
}
