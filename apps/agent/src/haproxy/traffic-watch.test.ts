import { expect, it, onTestFinished } from 'vitest';
import { FakeClock, settled } from '../testing/fake-clock.ts';
import type { Reading } from './stats.ts';
import { watchTraffic } from './traffic-watch.ts';

const reading = (sessions: number): Reading => ({
  kind: 'read',
  traffic: { version: '3.0', uptimeSeconds: 1, sessions, sessionRate: 0, requestRate: 0 },
});

/** A watch on a clock of the test, over an HAProxy that says `says.now`. */
function watching(fraction = 0.5) {
  const clock = new FakeClock();
  const says: { now: Reading | Promise<Reading>; times: number } = { now: reading(1), times: 0 };
  const read = async () => {
    says.times += 1;
    return says.now;
  };
  const watch = watchTraffic({ clock, random: { fraction: () => fraction }, read });
  onTestFinished(() => watch.stop());
  return { clock, says, watch };
}

it('reads at once and then every 5 s, and tells each reading once', async () => {
  const { clock, says, watch } = watching();
  await settled();
  expect(watch.take()?.sessions).toBe(1);
  expect(watch.take()).toBeNull();
  says.now = reading(2);
  await clock.advance(4_999);
  expect(watch.take()).toBeNull();
  await clock.advance(1);
  expect(watch.take()?.sessions).toBe(2);
});

it.each([
  [0, 4_500],
  [1, 5_500],
])('spreads hosts out by a tenth: at chance %d the next reading comes after %d ms', async (fraction, ms) => {
  const { clock, says } = watching(fraction);
  await clock.advance(ms - 1);
  expect(says.times).toBe(1);
  await clock.advance(1);
  expect(says.times).toBe(2);
});

it('never has two readings at once, however long one takes', async () => {
  const { clock, says, watch } = watching();
  await settled();
  const late = Promise.withResolvers<Reading>();
  says.now = late.promise;
  await clock.advance(3_600_000);
  expect(says.times).toBe(2);
  late.resolve(reading(3));
  await settled();
  expect(watch.take()?.sessions).toBe(3);
});

it('asks a HAProxy that is silent less and less, and as often as before once it answers', async () => {
  const { clock, says } = watching();
  says.now = { kind: 'silent' };
  await clock.advance(5_000);
  says.times = 0;
  await clock.advance(3_600_000);
  expect(says.times).toBeLessThanOrEqual(63);
  expect(says.times).toBeGreaterThanOrEqual(60);
  says.now = reading(1);
  await clock.advance(60_000);
  says.times = 0;
  await clock.advance(30_000);
  expect(says.times).toBe(6);
});

it('a reading that no beat took is not told once HAProxy says nothing any more', async () => {
  const { clock, says, watch } = watching();
  await settled();
  says.now = { kind: 'nothing' };
  await clock.advance(5_000);
  expect(watch.take()).toBeNull();
});

it('ends for good, also in the middle of a reading', async () => {
  const { clock, says, watch } = watching();
  const late = Promise.withResolvers<Reading>();
  says.now = late.promise;
  await clock.advance(5_000);
  watch.stop();
  watch.take();
  late.resolve(reading(9));
  await clock.advance(60_000);
  expect(says.times).toBe(2);
  expect(watch.take()).toBeNull();
});
