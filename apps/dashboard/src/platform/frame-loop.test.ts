import { expect, test } from 'vitest';
import { createFakeClock } from '../lib/testing/clock.ts';
import { createFrameLoop } from './frame-loop.ts';

test('however many ages tick, one frame draws them, five times a second, and none when nothing ticks', () => {
  const clock = createFakeClock();
  let frames = 0;
  const loop = createFrameLoop({
    after: clock.after,
    frame(then) {
      frames += 1;
      return clock.after(16, then);
    },
  });
  let ticks = 0;
  const ends = Array.from({ length: 1_000 }, () =>
    loop.onTick(() => {
      ticks += 1;
    }),
  );
  clock.advance(1_100);
  expect(frames).toBe(5);
  expect(ticks).toBe(5_000);
  for (const end of ends) end();
  clock.advance(10_000);
  expect(frames).toBeLessThanOrEqual(6);
});

test('asked for twice before the next frame, a task is done once', () => {
  const clock = createFakeClock();
  const loop = createFrameLoop({ after: clock.after, frame: (then) => clock.after(16, then) });
  let done = 0;
  const task = () => {
    done += 1;
  };
  loop.soon(task);
  loop.soon(task);
  clock.advance(16);
  expect(done).toBe(1);
});
