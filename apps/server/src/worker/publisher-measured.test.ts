import { AppError, type BindingId } from '@serverctl/core';
import { afterEach, expect, test } from 'vitest';
import { id } from '../../../../testkit/src/index.ts';
import { timelineOf } from '../../../../testkit/src/memory-publication.ts';
import { openScene, type PublisherScene } from './testing/publisher-scene.ts';

let scene: PublisherScene;
afterEach(() => scene.close());

const minute = 60_000;
const name = id<BindingId>('b', 1);

/** Member 2 is active under epoch 2, its record has replaced that of member 1; both with a TTL of 60 s. */
async function moved(): Promise<void> {
  scene = await openScene();
  await scene.promote(1, 'first-publish');
  await scene.clock.advance(30 * minute);
  await scene.promote(2);
  await scene.clock.advance(1_000);
}

async function changeTtl(ttlSeconds: number): Promise<void> {
  const binding = scene.store.house.bindings.get(name);
  if (binding === undefined) throw new Error('no name');
  scene.store.house.bindings.set(name, { ...binding, ttlSeconds });
  scene.publisher.follow(await scene.store.pools());
  await scene.clock.advance(1_000);
  expect(scene.zone.get(binding.name, 'A')?.ttlSeconds).toBe(ttlSeconds);
}

const acknowledged = () => scene.store.house.publications.findLast(({ step }) => step === 'acknowledged');
const stepAt = (epoch: number, step: string) => timelineOf(scene.store.house, name).steps.get(`${epoch} ${step}`);

test('a write that keeps the address replaces a TTL and no answer: its promotion has none that runs out, nor later on', async () => {
  await moved();
  expect(acknowledged()).toMatchObject({ epoch: 2, previousTtlSeconds: 60, oldAnswerTtlSeconds: 60 });
  await scene.clock.advance(10 * minute);
  await scene.promote(2, 'adoption');
  await scene.clock.advance(10 * minute);
  expect(acknowledged()).toMatchObject({ epoch: 3, previousTtlSeconds: 60, oldAnswerTtlSeconds: null });
  expect(stepAt(3, 'all-answered')).toBeDefined();
  await changeTtl(300);
  await scene.clock.advance(10 * minute);
  expect(acknowledged()).toMatchObject({ epoch: 3, previousTtlSeconds: 60, oldAnswerTtlSeconds: null });
  expect(scene.store.house.publications.some(({ step, epoch }) => step === 'old-ttl-elapsed' && epoch === 3)).toBe(
    false,
  );
});

test('a TTL that is changed while the old answer runs out neither shortens nor lengthens what is left of it', async () => {
  await moved();
  const answeredAt = stepAt(2, 'all-answered') ?? Number.NaN;
  await changeTtl(30);
  await scene.clock.advance(5_000);
  await changeTtl(300);
  await scene.clock.advance(10 * minute);
  expect(stepAt(2, 'all-answered')).toBe(answeredAt);
  expect(stepAt(2, 'old-ttl-elapsed')).toBe(answeredAt + minute);
});

test('the old answer of a write that an outage kept from being stored runs out by when it was stored, and that is kept', async () => {
  scene = await openScene();
  await scene.promote(1, 'first-publish');
  await scene.clock.advance(30 * minute);
  const { store, clock } = scene;
  const { recordPublication } = store;
  store.recordPublication = () => Promise.reject(new AppError('database_unavailable'));
  await scene.promote(2);
  await clock.advance(5 * minute);
  expect(stepAt(2, 'acknowledged')).toBeUndefined();
  store.recordPublication = recordPublication;
  await clock.advance(2_000);
  const storedAt = stepAt(2, 'acknowledged') ?? Number.NaN;
  await clock.advance(minute - 3_000);
  expect(stepAt(2, 'old-ttl-elapsed')).toBeUndefined();
  await clock.advance(5_000);
  expect(stepAt(2, 'old-ttl-elapsed')).toBe(storedAt + minute);
});
