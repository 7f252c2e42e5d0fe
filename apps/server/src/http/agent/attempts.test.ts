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
  const attempts = new Attempts(clock, { burst: 2, perSecond: 4, addresses: 10 });
  expect([1, 2, 3].map(() => isLimited(attempts, 'a'))).toEqual([false, false, true]);
  await clock.advance(250);
  expect([1, 2].map(() => isLimited(attempts, 'a'))).toEqual([false, true]);
  await clock.advance(3_600_000);
  attempts.giveBack('a', 100);
  expect([1, 2, 3].map(() => isLimited(attempts, 'a'))).toEqual([false, false, true]);
});

test('the address idle longest is forgotten first: strangers cannot fill our memory', () => {
  const attempts = new Attempts(createFakeClock(), { burst: 1, perSecond: 0.001, addresses: 2 });
  for (const peer of ['a', 'b']) expect(isLimited(attempts, peer)).toBe(false);
  expect(isLimited(attempts, 'a')).toBe(true);
  expect(isLimited(attempts, 'c')).toBe(false);
  expect(isLimited(attempts, 'a')).toBe(true);
  expect(isLimited(attempts, 'b')).toBe(false);
});
