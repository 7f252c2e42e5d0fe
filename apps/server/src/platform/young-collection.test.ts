import { getHeapSpaceStatistics } from 'node:v8';
import { expect, test } from 'vitest';
import { createYoungCollection } from './young-collection.ts';

const youngBytes = () =>
  getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_used_size ?? 0;

test('collects what nobody holds, and nothing below what is worth it', () => {
  const ifWorth = createYoungCollection(Number.POSITIVE_INFINITY);
  const collect = createYoungCollection(0);
  collect();
  const garbage = Array.from({ length: 5_000 }, (_, index) => ({ index, text: [index] }));
  garbage.length = 0;
  const full = youngBytes();
  ifWorth();
  expect(youngBytes()).toBeGreaterThanOrEqual(full);
  collect();
  expect(youngBytes()).toBeLessThan(full);
});
