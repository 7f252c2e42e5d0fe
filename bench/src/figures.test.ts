import { expect, it } from 'vitest';
import { max, median, percentile, rounded } from './figures.ts';

const figures = [9, 1, 5, 3, 7, 100, 2, 8, 4, 6];

it('takes figures in any order and leaves them as they were', () => {
  const before = [...figures];
  expect([median(figures), percentile(figures, 0.95), max(figures)]).toEqual([5, 100, 100]);
  expect(figures).toEqual(before);
});

it('names only figures that were measured', () => {
  for (const share of [0, 0.1, 0.33, 0.5, 0.95, 1]) expect(figures).toContain(percentile(figures, share));
  expect(percentile(figures, 0)).toBe(1);
  expect(median([4])).toBe(4);
});

it('refuses an empty row and a share that is none', () => {
  expect(() => median([])).toThrow('Nothing was measured');
  expect(() => percentile(figures, 95)).toThrow('from 0 to 1');
});

it('rounds for people', () => {
  expect(rounded(12.3456, 1)).toBe(12.3);
});
