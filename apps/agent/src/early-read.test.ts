import { expect, test } from 'vitest';
import { createEarlyRead } from './early-read.ts';
import { FakeClock } from './testing/fake-clock.ts';

function reading() {
  const clock = new FakeClock();
  let reads = 0;
  const early = createEarlyRead(clock, 250, async () => {
    reads += 1;
    return reads;
  });
  return { clock, early, reads: () => reads };
}

test('what was begun is what is read, without another read, for as long as it is good', async () => {
  const { clock, early, reads } = reading();
  early.begin();
  early.begin();
  await clock.advance(250);
  expect(await early.read()).toBe(1);
  expect(reads()).toBe(1);
});

test('what was begun too long ago is read anew', async () => {
  const { clock, early } = reading();
  early.begin();
  await clock.advance(251);
  expect(await early.read()).toBe(2);
});

test('without a beginning it reads when asked', async () => {
  const { clock, early } = reading();
  expect(await early.read()).toBe(1);
  await clock.advance(1_000);
  expect(await early.read()).toBe(2);
});
