import { isAppError } from '@serverctl/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSecretBox, type SecretPlace } from './secrets.ts';

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const secret = fc.string({ unit: 'grapheme', maxLength: 200 });
const word = fc.oneof(fc.constantFrom('a', 'a|b', 'a\\', '', '|'), fc.string({ maxLength: 12 }));
const place: fc.Arbitrary<SecretPlace> = fc.record({ table: word, row: word, column: word, version: fc.nat(3) });
const refusesToOpen = (run: () => unknown) => {
  let caught: unknown = null;
  try {
    run();
  } catch (error) {
    caught = error;
  }
  expect(isAppError(caught, 'secret_unreadable')).toBe(true);
};

describe('an envelope (R38)', () => {
  test('opens to what was sealed, in its own place', () => {
    fc.assert(
      fc.property(key, secret, place, (masterKey, plain, where) => {
        const secrets = createSecretBox(masterKey);
        expect(secrets.open(secrets.seal(plain, where), where)).toBe(plain);
      }),
    );
  });

  test('does not open in any other place', () => {
    fc.assert(
      fc.property(key, secret, place, place, (masterKey, plain, where, elsewhere) => {
        fc.pre(JSON.stringify(where) !== JSON.stringify(elsewhere));
        const secrets = createSecretBox(masterKey);
        refusesToOpen(() => secrets.open(secrets.seal(plain, where), elsewhere));
      }),
      { numRuns: 300 },
    );
  });

  test('does not open once any byte of it was changed, or it was cut', () => {
    fc.assert(
      fc.property(
        key,
        secret,
        place,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (masterKey, plain, where, at, flip) => {
          const secrets = createSecretBox(masterKey);
          const envelope = secrets.seal(plain, where);
          const index = at % envelope.length;
          const altered = Buffer.from(envelope);
          altered[index] = (altered[index] ?? 0) ^ flip;
          refusesToOpen(() => secrets.open(altered, where));
          refusesToOpen(() => secrets.open(envelope.subarray(0, index), where));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('does not open with another master key, and is never the same twice', () => {
    fc.assert(
      fc.property(key, key, secret, place, (masterKey, otherKey, plain, where) => {
        fc.pre(!Buffer.from(masterKey).equals(Buffer.from(otherKey)));
        const envelope = createSecretBox(masterKey).seal(plain, where);
        refusesToOpen(() => createSecretBox(otherKey).open(envelope, where));
        expect(createSecretBox(masterKey).seal(plain, where).equals(envelope)).toBe(false);
      }),
    );
  });

  test('shows nothing of the secret', () => {
    const secrets = createSecretBox(Buffer.alloc(32, 7));
    const envelope = secrets.seal('correct horse battery', { table: 't', row: 'r', column: 'c', version: 1 });
    expect(envelope.includes('correct horse')).toBe(false);
  });
});

test('a derived key is the same for the same purpose and another for another', () => {
  const [one, other] = [createSecretBox(Buffer.alloc(32, 1)), createSecretBox(Buffer.alloc(32, 2))];
  expect(one.deriveKey('session token')).toEqual(createSecretBox(Buffer.alloc(32, 1)).deriveKey('session token'));
  expect(one.deriveKey('session token')).not.toEqual(one.deriveKey('nonce'));
  expect(one.deriveKey('session token')).not.toEqual(other.deriveKey('session token'));
  expect(one.deriveKey('nonce')).toHaveLength(32);
});
