import type { BindingId } from '@serverctl/core';
import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../testkit/src/index.ts';
import type { PoolStore, PublicationUpdate } from './ports.ts';
import { createRecorder } from './recorder.ts';

function recording() {
  const clock = createFakeClock();
  const stored: PublicationUpdate['state'][] = [];
  const store = {
    recordPublication: async ({ state }: PublicationUpdate) => void stored.push(state),
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
  return { clock, stored, record, stop: () => stopping.abort() };
}

test('what is being published is stored with what came of it, in order: no row competes with the DNS call', async () => {
  const { clock, stored, record } = recording();
  record('publishing');
  await clock.advance(5);
  expect(stored).toEqual([]);
  record('verifying');
  await clock.settle();
  expect(stored).toEqual(['publishing', 'verifying']);
  await clock.advance(1_000);
  expect(stored).toHaveLength(2);
});

test('a name that is being published for longer says so', async () => {
  const { clock, stored, record } = recording();
  record('publishing');
  await clock.advance(50);
  expect(stored).toEqual(['publishing']);
});

test('what is held back holds up no stop: no timer is left, nothing is stored after it', async () => {
  const { clock, stored, record, stop } = recording();
  record('publishing');
  record('publishing');
  expect(clock.pendingTimers).toBe(1);
  stop();
  expect(clock.pendingTimers).toBe(0);
  record('publishing');
  expect(clock.pendingTimers).toBe(0);
  await clock.advance(1_000);
  expect(stored).toEqual([]);
});
