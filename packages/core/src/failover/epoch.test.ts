import { expect, it } from 'vitest';
import { mayWrite, nextEpoch } from './epoch.ts';

it('an epoch rises above the pool’s and above any mark seen (R16, R25)', () => {
  expect(nextEpoch(0)).toBe(1);
  expect(nextEpoch(7, [3, 12])).toBe(13);
  expect(nextEpoch(7, [3])).toBe(8);
});

it('no call starts under a superseded epoch, nor under one that does not exist yet', () => {
  expect([mayWrite(7, 7), mayWrite(6, 7), mayWrite(8, 7)]).toEqual([true, false, false]);
});
