import { isAppError } from '@serverctl/core';
import { expect, test } from 'vitest';
import { createPasswords, hashParameters, judgePassword } from './passwords.ts';

/** Computes only when the test lets it, and says how much is asked for. */
function heldWork() {
  const waiting: (() => void)[] = [];
  const begun: string[] = [];
  const hold = async (password: string) => {
    begun.push(password);
    await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return {
    begun,
    finishOne: async () => {
      waiting.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
    hash: async (password: string) => {
      await hold(password);
      return `hash of ${password}`;
    },
    verify: async (_hash: string, password: string) => {
      await hold(password);
      return true;
    },
  };
}

const isLimited = (asked: Promise<unknown>) =>
  asked.then(() => false).catch((error) => isAppError(error, 'rate_limited'));

test('a password is kept as argon2id with the parameters of OWASP, and only itself matches', async () => {
  const passwords = createPasswords();
  const hash = await passwords.hash('seven herons over the quay');
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await passwords.verify(hash, 'seven herons over the quay')).toBe(true);
  expect(await passwords.verify(hash, 'seven herons over the quax')).toBe(false);
  expect(await passwords.hash('seven herons over the quay')).not.toBe(hash);
});

test('one password typed as other code points is the same', async () => {
  const passwords = createPasswords();
  expect(
    await passwords.verify(await passwords.hash('caf\u00e9 caf\u00e9 caf\u00e9'), 'cafe\u0301 cafe\u0301 cafe\u0301'),
  ).toBe(true);
});

test('nobody’s password is hashed like somebody’s, and never right', async () => {
  const verified: string[] = [];
  const work = { hash: async () => '', verify: async (hash: string) => verified.push(hash) > 0 };
  const passwords = createPasswords({ work });
  expect(await passwords.verify(null, 'whatever it is')).toBe(false);
  expect(verified).toEqual([expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$A{22}\$A{43}$/)]);
  expect(await createPasswords().verify(null, 'whatever it is')).toBe(false);
});

test('a hash of other parameters is to be made anew', async () => {
  const weaker = createPasswords({ parameters: { ...hashParameters, memoryCost: 8_192 } });
  const hash = await weaker.hash('seven herons over the quay');
  expect(weaker.isOutdated(hash)).toBe(false);
  expect(createPasswords().isOutdated(hash)).toBe(true);
  expect(await createPasswords().verify(hash, 'seven herons over the quay')).toBe(true);
});

test('two are computed at once, the next wait in a line, and who comes beyond it is told to come again', async () => {
  const work = heldWork();
  const passwords = createPasswords({ work, limits: { atOnce: 2, waiting: 3 } });
  const asked = ['a', 'b', 'c', 'd', 'e'].map((password) => passwords.hash(password));
  expect(await isLimited(passwords.hash('f'))).toBe(true);
  expect(work.begun).toEqual(['a', 'b']);
  for (let left = 5; left > 0; left -= 1) await work.finishOne();
  expect(work.begun).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(await Promise.all(asked)).toHaveLength(5);
});

test('a flood of strangers keeps nobody waiting whose session was proven', async () => {
  const work = heldWork();
  const passwords = createPasswords({ work, limits: { atOnce: 1, waiting: 2 } });
  const strangers = ['s1', 's2', 's3'].map((password) => passwords.verify('x', password));
  expect(await isLimited(passwords.verify('x', 's4'))).toBe(true);
  const proven = passwords.verify('x', 'mine', 'proven');
  for (let left = 4; left > 0; left -= 1) await work.finishOne();
  expect(work.begun).toEqual(['s1', 'mine', 's2', 's3']);
  await Promise.all([...strangers, proven]);
});

test('a computation that fails frees its place', async () => {
  const work = { hash: async () => Promise.reject(new Error('no memory')), verify: async () => true };
  const passwords = createPasswords({ work, limits: { atOnce: 1, waiting: 0 } });
  await expect(passwords.hash('a')).rejects.toThrow('no memory');
  expect(await passwords.verify('x', 'a')).toBe(true);
});

test('a password that is easy to guess is refused with a reason and without itself', () => {
  const judge = () => judgePassword('Password12345678', { email: 'a@example.com', name: 'A' });
  expect(judge).toThrow(expect.objectContaining({ code: 'password_compromised' }));
  try {
    judge();
  } catch (error) {
    expect(JSON.stringify(error)).not.toContain('12345678');
  }
});
