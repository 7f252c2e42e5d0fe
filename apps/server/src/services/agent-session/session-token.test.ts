import type { MemberId } from '@serverctl/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../../testkit/src/fake-clock.ts';
import { systemRandom } from '../../platform/random.ts';
import { SessionTokens, sessionLifetimeSeconds } from './session-token.ts';

const memberId = '0123456789ab' as MemberId;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.';

test('a token altered in any one character opens nothing, here or at another replica (R35)', () => {
  const clock = createFakeClock();
  const key = systemRandom.bytes(32);
  const issuer = new SessionTokens(key, clock);
  const replica = new SessionTokens(key, clock);
  const token = issuer.issue(memberId, 'k23456789abc', 4);
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom(...alphabet), (place, character) => {
      fc.pre(token[place] !== character);
      const altered = token.slice(0, place) + character + token.slice(place + 1);
      expect([issuer.recall(altered), issuer.open(altered), replica.open(altered)]).toEqual([null, null, null]);
    }),
    { numRuns: 2_000 },
  );
  expect(replica.recall(token)).toBeNull();
  expect(replica.open(token)).toEqual(issuer.recall(token));
  expect(replica.recall(token)).toMatchObject({ memberId, keyId: 'k23456789abc', boot: 4 });
});

test('a token opens until its time is over, and not with another key', async () => {
  const clock = createFakeClock();
  const tokens = new SessionTokens(systemRandom.bytes(32), clock);
  const token = tokens.issue(memberId, 'k23456789abc', 1);
  expect(new SessionTokens(systemRandom.bytes(32), clock).open(token)).toBeNull();
  await clock.advance(sessionLifetimeSeconds * 1_000 - 1);
  expect(tokens.recall(token)).not.toBeNull();
  await clock.advance(1);
  expect([tokens.recall(token), tokens.open(token)]).toEqual([null, null]);
});

test('the tokens of removed members are forgotten', () => {
  const tokens = new SessionTokens(systemRandom.bytes(32), createFakeClock());
  const token = tokens.issue(memberId, 'k23456789abc', 1);
  tokens.retain(() => false);
  expect(tokens.recall(token)).toBeNull();
});
