import { expect, test } from 'vitest';
import { pool } from '../../lib/testing/pools.ts';
import { promotion } from '../../lib/testing/promotions.ts';
import { newestOf } from './newest-promotion.ts';

test('a list from before the pool’s epoch does not tell the last move', () => {
  const seventh = promotion({ epoch: 7 });
  expect(newestOf(pool({ epoch: 7 }), [seventh])).toBe(seventh);
  expect(newestOf(pool({ epoch: 8 }), [seventh])).toBeUndefined();
  expect(newestOf(pool({ epoch: 1 }), [])).toBeUndefined();
  // Newer than the pool that is shown, which follows.
  expect(newestOf(pool({ epoch: 6 }), [seventh])).toBe(seventh);
});

test('never moved is not the same as not read', () => {
  const fresh = pool({ epoch: 0, lastPromotion: null });
  expect(newestOf(fresh, [])).toBeNull();
  expect(newestOf(fresh, undefined)).toBeUndefined();
});
