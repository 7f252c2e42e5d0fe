import { expect, test } from 'vitest';
import { ceilingOf } from './budget-shares.ts';

test('the ceiling: two calls a promotion from three quarters of the limit', () => {
  const ceilings = [{ calls: 1_200, perMs: 300_000 }, { calls: 10, perMs: 1_000 }, { calls: 1, perMs: 1_000 }, null];
  expect(ceilings.map((limit) => ceilingOf(limit))).toEqual([450, 3, 0, null]);
  expect(ceilings.map((limit) => ceilingOf(limit, { read: 1, write: 2 }))).toEqual([300, 2, 0, null]);
});
