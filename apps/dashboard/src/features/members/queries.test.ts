import { expect, test } from 'vitest';
import { lookAgainInMs } from './queries.ts';

test('a host is looked for each second, and more and more seldom while nobody answers: every 8 s at last', () => {
  const waits: number[] = [];
  let nowMs = 100_000;
  for (let turn = 0; turn < 6; turn += 1) {
    const waitMs = lookAgainInMs({
      status: turn === 0 ? 'success' : 'error',
      dataUpdatedAt: 100_000,
      errorUpdatedAt: nowMs,
    });
    waits.push(waitMs);
    nowMs += waitMs;
  }
  expect(waits).toEqual([1_000, 1_000, 2_000, 4_000, 8_000, 8_000]);
  expect(lookAgainInMs({ status: 'success', dataUpdatedAt: nowMs, errorUpdatedAt: nowMs - 1_000 })).toBe(1_000);
});
