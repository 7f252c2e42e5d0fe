import { expect, test } from 'vitest';
import { createAwakeTime } from './awake-time.ts';

function awake() {
  const at = { monotonic: 5_000, wall: 1_000_000 };
  const time = createAwakeTime(
    () => at.monotonic,
    () => at.wall,
  );
  const slept: number[] = [];
  const forget = time.onSlept((ms) => slept.push(ms));
  const pass = (monotonic: number, wall = monotonic) => {
    at.monotonic += monotonic;
    at.wall += wall;
    return time.nowMs();
  };
  return { time, slept, forget, pass };
}

test('hours in which the computer slept have gone by, and whoever listens is told of them once', () => {
  const { slept, pass } = awake();
  expect(pass(1_000)).toBe(6_000);
  expect(pass(0, 7_200_000)).toBe(7_206_000);
  expect(pass(1_000)).toBe(7_207_000);
  expect(slept).toEqual([7_200_000]);
});

test('a clock that is put back, or follows a little, changes nothing; it never runs backwards', () => {
  const { slept, pass } = awake();
  expect(pass(1_000, -3_600_000)).toBe(6_000);
  expect(pass(1_000, 2_900)).toBe(7_000);
  expect(pass(1_000, 3_000)).toBe(8_000);
  expect(slept).toEqual([]);
});

test('who listens no longer is not told', () => {
  const { slept, forget, pass } = awake();
  forget();
  pass(0, 60_000);
  expect(slept).toEqual([]);
});
