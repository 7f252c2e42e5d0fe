import { expect, test } from 'vitest';
import { checkLeaseTimes, dividedLeaseTimes, type LeaseTimes, usualLeaseTimes } from './lease-times.ts';

test('divided times keep their proportions, and fit together as the usual ones do', () => {
  expect(dividedLeaseTimes(20)).toEqual({
    leaseMs: 400,
    renewMs: 100,
    selfStopMs: 250,
    sleptMs: 40,
    callLimitMs: 200,
    marginMs: 10,
    takeoverMs: 500,
  });
  for (const divisor of [1, 2, 3, 7, 20]) expect(checkLeaseTimes(dividedLeaseTimes(divisor))).toBeNull();
});

test.each<[string, Partial<LeaseTimes>, RegExp]>([
  ['a renewal no more often than the self-stop', { renewMs: 5_000 }, /would end between two renewals/],
  ['a lease shorter than its self-stop', { leaseMs: 4_999 }, /would still act without it/],
  ['a takeover while the last call may run', { takeoverMs: 8_000 }, /two could write at once/],
  ['a takeover without the margin', { takeoverMs: 9_500 }, /200 ms must lie between/],
  ['a later self-stop alone', { selfStopMs: 5_001 }, /two could write at once/],
  ['a longer sleep that nobody notices alone', { sleptMs: 801 }, /two could write at once/],
  ['a longer call alone', { callLimitMs: 4_001 }, /two could write at once/],
  ['no time between renewals', { renewMs: 0 }, /greater than zero/],
  ['no time for a difference of clocks', { sleptMs: 0 }, /greater than zero/],
  ['a time that is no number', { takeoverMs: Number.NaN }, /two could write at once/],
])('refused in words: %s', (_name, change, reason) => {
  expect(checkLeaseTimes({ ...usualLeaseTimes, ...change })).toMatch(reason);
});

test('times exactly at their limits are allowed', () => {
  expect(checkLeaseTimes({ ...usualLeaseTimes, leaseMs: 5_000, renewMs: 4_999 })).toBeNull();
});
