import { AppError, type BindingId } from '@serverctl/core';
import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../testkit/src/index.ts';
import type { PoolStore, PublicationUpdate } from './ports.ts';
import { createRecorder } from './recorder.ts';

function recording() {
  const clock = createFakeClock();
  const away: { now: 'database_unavailable' | 'binding_not_found' | null } = { now: null };
  const stored: PublicationUpdate['state'][] = [];
  const store = {
    async recordPublication({ state }: PublicationUpdate) {
      if (away.now !== null) throw new AppError(away.now);
      stored.push(state);
      return 7_000;
    },
  } as unknown as PoolStore;
  const log = { info() {}, warn() {}, error() {} };
  const stopping = new AbortController();
  const recorder = createRecorder(clock, store, log, stopping.signal);
  const record = (state: PublicationUpdate['state']) =>
    recorder.record({
      bindingId: 'b1' as BindingId,
      state,
      epoch: 2,
      address: null,
      error: null,
      servers: [],
      step: null,
    });
  return { clock, stored, away, record, stop: () => stopping.abort() };
}

test('what is being published is stored with what came of it, in order: no row competes with the DNS call', async () => {
  const { clock, stored, record } = recording();
  void record('publishing');
  await clock.advance(5);
  expect(stored).toEqual([]);
  void record('verifying');
  await clock.settle();
  expect(stored).toEqual(['publishing', 'verifying']);
  await clock.advance(1_000);
  expect(stored).toHaveLength(2);
});

test('a name that is being published for longer says so', async () => {
  const { clock, stored, record } = recording();
  void record('publishing');
  await clock.advance(50);
  expect(stored).toEqual(['publishing']);
});

test('what is held back holds up no stop: no timer is left, nothing is stored after it', async () => {
  const { clock, stored, record, stop } = recording();
  void record('publishing');
  void record('publishing');
  expect(clock.pendingTimers).toBe(1);
  stop();
  expect(clock.pendingTimers).toBe(0);
  void record('publishing');
  expect(clock.pendingTimers).toBe(0);
  await clock.advance(1_000);
  expect(stored).toEqual([]);
});

test('what the store says of an update comes back, however long it was away', async () => {
  const { clock, away, record } = recording();
  away.now = 'database_unavailable';
  const said: number[] = [];
  void record('published').then((leftMs) => said.push(leftMs));
  await clock.advance(60_000);
  expect(said).toEqual([]);
  away.now = null;
  await clock.advance(1_000);
  expect(said).toEqual([7_000]);
});

test('nothing is left of an update that is never stored: nobody waits for it', async () => {
  const { clock, away, record, stop } = recording();
  away.now = 'binding_not_found';
  expect(await record('published')).toBe(0);
  away.now = 'database_unavailable';
  const waiting = Array.from({ length: 66 }, () => record('published'));
  expect(await waiting[1]).toBe(0); // the oldest of more than 64; the first is on its way
  stop();
  await clock.settle();
  expect(await Promise.all([...waiting, record('published')])).toEqual(Array.from({ length: 67 }, () => 0));
});
