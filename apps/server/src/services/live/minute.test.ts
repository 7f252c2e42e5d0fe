import type { Instant, MemberId } from '@serverctl/core';
import { createFakeClock } from '@serverctl/testkit';
import { expect, test } from 'vitest';
import { createMinute } from './minute.ts';

function open(isAlone = true) {
  const clock = createFakeClock();
  const heard = new Map<MemberId, Instant>();
  const world = { stores: true };
  const minute = createMinute({
    clock,
    isAlone,
    listener: { heard: () => heard, flushHealthy: () => world.stores },
  });
  const stop = new AbortController();
  const hear = (...ids: string[]) => {
    for (const id of ids) heard.set(id as MemberId, clock.now());
  };
  /** Seconds in which these beat, each a little before it is looked. */
  async function seconds(count: number, ...ids: string[]) {
    for (let second = 0; second < count; second += 1) {
      await clock.advance(900);
      hear(...ids);
      await clock.advance(100);
    }
  }
  const row = (id: string) => minute.read()?.of(id)?.replace(/^\.+/, '');
  return { clock, world, heard, minute, run: () => void minute.run(stop.signal), seconds, row };
}

test('each second is a letter, the newest last, and a row is a minute long', async () => {
  const { minute, run, seconds, row, clock } = open();
  run();
  await seconds(3, 'a');
  await seconds(4);
  await seconds(1, 'a');
  expect(row('a')).toBe('++++~--+');
  expect(minute.read()?.at).toEqual(clock.wallTime());
  await seconds(90, 'a');
  expect(minute.read()?.of('a')).toBe('+'.repeat(60));
});

test('who was never heard here has no row, and who is known no more loses theirs', async () => {
  const { minute, heard, run, seconds } = open();
  expect(minute.read()).toBeNull();
  run();
  await seconds(2, 'a');
  expect(minute.read()?.of('b')).toBeNull();
  heard.delete('a' as MemberId);
  await seconds(1);
  expect(minute.read()?.of('a')).toBeNull();
});

test('nothing is missed while beats are not stored (R2)', async () => {
  const { world, run, seconds, row } = open();
  run();
  await seconds(2, 'a');
  world.stores = false;
  await seconds(5);
  expect(row('a')).toBe('++xxxxx');
});

test('a process that may not be the only one says nothing of a silence', async () => {
  const { run, seconds, row } = open(false);
  run();
  await seconds(2, 'a');
  await seconds(6);
  await seconds(1, 'a');
  expect(row('a')).toBe('+++.....+');
});

test('what went by while the process stood still is not known, and what it had not heard yet is not missed', async () => {
  const clock = createFakeClock();
  const heard = new Map([['a' as MemberId, clock.now()]]);
  let slept: () => void = () => undefined;
  const minute = createMinute({
    clock: { ...clock, sleep: () => new Promise((resolve) => (slept = resolve)) },
    isAlone: true,
    listener: { heard: () => heard, flushHealthy: () => true },
  });
  void minute.run(new AbortController().signal);
  await clock.advance(5_000);
  slept();
  await clock.settle();
  expect(minute.read()?.of('a')).toBe(`${'.'.repeat(54)}+....x`);
});
