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
  const recorder = createRecorder(clock, store, log, new AbortController().signal);
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
  return { clock, stored, record };
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
