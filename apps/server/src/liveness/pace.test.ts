import { isAppError } from '@serverctl/core';
import { beforeEach, expect, test } from 'vitest';
import { createFakeClock, type FakeClock } from '../../../../testkit/src/fake-clock.ts';
import { Pace } from './pace.ts';

let clock: FakeClock;
/** Watermarks given to the write, in order. */
let written: number[];
let answer: () => Promise<void>;
let pace: Pace;
let startedAt: number;

beforeEach(() => {
  clock = createFakeClock();
  written = [];
  answer = async () => {};
  pace = new Pace(clock, (watermarkMs) => {
    written.push(watermarkMs);
    return answer();
  });
  startedAt = clock.now();
});

test('when nothing happens a write proves the database four times a second (R2)', async () => {
  pace.start();
  await clock.advance(1_000);
  expect(written).toEqual([0, 250, 500, 750, 1_000].map((ms) => startedAt + ms));
  expect(pace.storedAgeMs()).toBe(0);
});

test('a change is written at once, without time passing, and many in one turn make one write', async () => {
  pace.start();
  await clock.advance(100);
  written.length = 0;
  for (let change = 0; change < 50; change++) pace.urge();
  await clock.settle();
  expect(written).toEqual([startedAt + 100]);
});

test('a storm of changes costs at most 40 writes a second beside the pulse', async () => {
  pace.start();
  for (let ms = 0; ms < 1_000; ms++) {
    pace.urge();
    await clock.advance(1);
  }
  expect(written.length).toBeLessThanOrEqual(46);
  expect(written.length).toBeGreaterThan(20);
});

test('a flush does not wait for the spacing of changes: a promotion waits for it (R2)', async () => {
  pace.start();
  await clock.advance(100);
  pace.urge();
  await clock.advance(6);
  pace.urge();
  const flush = pace.flush();
  await clock.settle();
  expect(written).toEqual([0, 100, 106].map((ms) => startedAt + ms));
  await flush;
  await clock.advance(1);
  void pace.flush();
  await clock.advance(3);
  expect(written).toHaveLength(3);
  await clock.advance(1);
  expect(written.at(-1)).toBe(startedAt + 111);
});

test('a storm of flushes costs at most 200 writes a second beside the pulse', async () => {
  pace.start();
  for (let ms = 0; ms < 1_000; ms++) {
    void pace.flush();
    await clock.advance(1);
  }
  expect(written.length).toBeLessThanOrEqual(206);
  expect(written.length).toBeGreaterThan(100);
});

test('one write is in flight at a time, and a flush waits for one that began after it was asked for', async () => {
  const first = Promise.withResolvers<void>();
  answer = () => first.promise;
  pace.start();
  let flushed = false;
  const flush = pace.flush().then(() => {
    flushed = true;
  });
  await clock.advance(900);
  expect(written).toHaveLength(1);
  expect(pace.storedAgeMs()).toBe(900);
  answer = async () => {};
  first.resolve();
  await flush;
  expect(flushed).toBe(true);
  expect(written).toHaveLength(2);
  expect(pace.storedAgeMs()).toBe(0);
});

test('a failed write rejects who waited for it, is tried again with the next pulse, and ages until it succeeds', async () => {
  answer = () => Promise.reject(new Error('gone'));
  pace.start();
  await clock.settle();
  const failed = pace.flush().catch((error: unknown) => error);
  await clock.advance(25);
  expect(isAppError(await failed, 'database_unavailable')).toBe(true);
  await clock.advance(1_475);
  expect(pace.storedAgeMs()).toBe(1_500);
  expect(written.length).toBeGreaterThanOrEqual(6);
  answer = async () => {};
  await clock.advance(250);
  expect(pace.storedAgeMs()).toBe(0);
});

test('after a blocked event loop the watermark stands still until a punctual pulse: unread sockets are not silence (R2)', async () => {
  pace.start();
  await clock.advance(250);
  await clock.block(5_000);
  expect(written.at(-1)).toBe(startedAt + 250);
  pace.urge();
  await clock.settle();
  expect(written.at(-1)).toBe(startedAt + 250);
  await clock.advance(250);
  expect(written.at(-1)).toBe(startedAt + 5_500);
});

test('a change that arrives first after a blocked event loop is written, but does not move the watermark', async () => {
  const silentTimers = createFakeClock();
  let now = silentTimers.now();
  pace = new Pace({ ...silentTimers, now: () => now }, async (watermarkMs) => void written.push(watermarkMs));
  pace.start();
  await clock.settle();
  const began = now;
  now += 5_000; // no timer has run yet
  pace.urge();
  await clock.settle();
  expect(written).toEqual([began, began]);
  await pace.stop();
});

test('after the stop nothing is written, and who waits is told', async () => {
  pace.start();
  await clock.advance(100);
  const stopped = pace.stop();
  await stopped;
  const count = written.length;
  pace.urge();
  await clock.advance(1_000);
  expect(written).toHaveLength(count);
  expect(isAppError(await pace.flush().catch((error: unknown) => error), 'not_listening')).toBe(true);
  expect(clock.pendingTimers).toBe(0);
});
