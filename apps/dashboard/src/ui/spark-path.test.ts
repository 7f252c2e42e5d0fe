import { expect, test } from 'vitest';
import { sparkPaths } from './spark-path.ts';

const frame = { fromMs: 0, toMs: 100_000, width: 100, height: 16 };
const at = (seconds: number, value: number) => ({ atMs: seconds * 1_000, value });

test('readings that follow each other are one line, and a gap stays a gap', () => {
  const { line } = sparkPaths([at(0, 10), at(5, 5), at(40, 5), at(45, 0)], frame);
  expect(line).toBe('M0 1.5L5 8M40 8L45 14.5');
});

test('a single reading is a dot, and what lies outside of the frame is left out', () => {
  expect(sparkPaths([at(-5, 99), at(50, 1)], frame).line).toBe('M50 1.5h1');
  expect(sparkPaths([], frame)).toEqual({ line: '', fill: '' });
});
