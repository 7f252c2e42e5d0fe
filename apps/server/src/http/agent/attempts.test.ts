import { isAppError } from '@serverctl/core';
import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../../testkit/src/fake-clock.ts';
import { Attempts } from './attempts.ts';

const isLimited = (attempts: Attempts, peer: string) => {
  try {
    attempts.take(peer);
    return false;
  } catch (error) {
    return isAppError(error, 'rate_limited');
  }
};

test('a bucket empties, fills with time, and never beyond its size', async () => {
  const clock = createFakeClock();
  const attempts = new Attempts(clock, { burst: 2, everyMs: 250, most: 10 });
  expect([1, 2, 3].map(() => isLimited(attempts, 'a'))).toEqual([false, false, true]);
  await clock.advance(250);
  expect([1, 2].map(() => isLimited(attempts, 'a'))).toEqual([false, true]);
  await clock.advance(3_600_000);
  attempts.giveBack('a', 100);
  expect([1, 2, 3].map(() => isLimited(attempts, 'a'))).toEqual([false, false, true]);
});

test('the place idle longest is forgotten first: strangers cannot fill our memory', () => {
  const attempts = new Attempts(createFakeClock(), { burst: 1, everyMs: 1_000_000, most: 2 });
  for (const peer of ['a', 'b']) expect(isLimited(attempts, peer)).toBe(false);
  expect(isLimited(attempts, 'a')).toBe(true);
  expect(isLimited(attempts, 'c')).toBe(false);
  expect(isLimited(attempts, 'a')).toBe(true);
  expect(isLimited(attempts, 'b')).toBe(false);
});

test('all addresses of one IPv6 host are one place, whoever gets one back included, and those of another are not', () => {
  const attempts = new Attempts(createFakeClock(), { burst: 3, everyMs: 1_000, most: 10 });
  const peers = [1, 2, 3, 4].map((n) => `2001:db8:1:2::${n}`);
  expect(peers.map((peer) => isLimited(attempts, peer))).toEqual([false, false, false, true]);
  expect(isLimited(attempts, '2001:db8:1:3::1')).toBe(false);
  attempts.giveBack('2001:db8:1:2:ffff::5', 1);
  expect(peers.map((peer) => isLimited(attempts, peer))).toEqual([false, true, true, true]);
});
