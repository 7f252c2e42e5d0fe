import { AppError, type BindingId } from '@serverctl/core';
import { afterEach, describe, expect, test } from 'vitest';
import { addressOf, id } from '../../../../testkit/src/index.ts';
import type { DesiredRecord } from './ports.ts';
import { openScene, type PublisherScene } from './testing/publisher-scene.ts';

/* R22: names of one promotion in one zone travel together, whenever their reads of the database come back. */

let scene: PublisherScene;
afterEach(() => scene.close());

type Answer = (wish: () => Promise<DesiredRecord | null>) => Promise<DesiredRecord | null>;

const bindingOf = (number: number) => id<BindingId>('b', number);
const after =
  (ms: number): Answer =>
  async (wish) => {
    await scene.clock.sleep(ms);
    return wish();
  };

/** Published names; from now on the wish of each is read as its number's answer says, else at once. */
async function published(
  names: number,
  answers: Readonly<Record<number, Answer>> = {},
  families = false,
): Promise<void> {
  scene = await openScene({ names, together: 10, families });
  await scene.promote(1, 'first-publish');
  await scene.clock.advance(5_000);
  answering(answers);
}

function answering(answers: Readonly<Record<number, Answer>>): void {
  const { store } = scene;
  const desired = store.desired.bind(store);
  const byId = new Map(Object.entries(answers).map(([number, answer]) => [bindingOf(Number(number)), answer]));
  store.desired = (binding) => byId.get(binding)?.(() => desired(binding)) ?? desired(binding);
}

/** Each call for them since they were promoted: how many names, and how many ms later. */
async function promoted(
  promote = () => scene.promote(2),
): Promise<readonly (readonly [verb: string, names: number, afterMs: number])[]> {
  const since = scene.clock.now();
  await promote();
  await scene.clock.advance(300);
  return scene.calls
    .filter(({ at }) => at >= since)
    .map(({ verb, name, at }) => [verb, name.split(' ').length, at - since] as const);
}

test('two names whose wishes are read 5 ms apart share one call', async () => {
  await published(2, { 2: after(5) });
  expect(await promoted()).toEqual([
    ['read', 2, 5],
    ['replace', 2, 10], // each was looked at once more
  ]);
  expect([scene.held(1), scene.held(2)]).toEqual([[addressOf(2)], [addressOf(2)]]);
});

test('so they do where another process promoted them', async () => {
  await published(2, { 2: after(5) });
  scene.publisher.promoted = () => {}; // nobody here did
  expect((await promoted())[0]).toEqual(['read', 2, 5]);
});

test('so they do at the begin of a term, when they are found to be behind', async () => {
  await published(2, { 2: after(5) });
  scene.lease.lose();
  await scene.promote(2);
  await scene.clock.advance(1_000);
  expect((await promoted(async () => void scene.lease.grant()))[0]).toEqual(['read', 2, 5]);
});

test('a lone one waits for nobody', async () => {
  await published(1, { 1: after(5) });
  expect((await promoted())[0]).toEqual(['read', 1, 5]);
});

describe('a name that was on its way and does not come', () => {
  test('holds the others up for 25 ms at most', async () => {
    await published(2, { 1: after(5), 2: after(200) });
    expect((await promoted())[0]).toEqual(['read', 1, 30]);
  });

  const gone: readonly [string, Answer][] = [
    ['its wish could not be read', () => Promise.reject(new Error('the database is away'))],
    ['nothing is desired of it any more', async () => null],
    [
      'the pool was paused for it',
      async (wish) => {
        const found = await wish();
        return found && { ...found, pausedEpoch: found.epoch };
      },
    ],
    [
      'the database was put back, and its pool is being paused for that',
      async (wish) => {
        const found = await wish();
        scene.store.pause = () => scene.clock.sleep(60).then(() => true);
        return found && { ...found, epoch: found.epoch - 2 };
      },
    ],
  ];
  test.each(gone)('holds nobody up any longer once it is known: %s', async (_, answer) => {
    await published(2, { 1: after(2), 2: (wish) => scene.clock.sleep(8).then(() => answer(wish)) });
    expect((await promoted())[0]).toEqual(['read', 1, 8]);
  });
});

test('a time that the provider named to one of them is waited for by both, and no longer (R22)', async () => {
  await published(2);
  const slowDown = () => {
    throw new AppError('dns_rate_limited', { retryAfterSeconds: 60 });
  };
  scene.zone.inject({ kind: 'drift', change: slowDown }, { verbs: ['read'] });
  const before = scene.count('read');
  while (scene.count('read') === before) await scene.clock.advance(1_000);
  answering({ 1: after(5), 2: after(5) });
  expect(await promoted()).toEqual([]);
  await scene.clock.advance(62_000);
  expect([scene.held(1), scene.held(2)]).toEqual([[addressOf(2)], [addressOf(2)]]);
});

describe('nor does one that comes later', () => {
  test('since it was removed meanwhile', async () => {
    const removed: Answer = async (wish) => {
      const found = await wish();
      await scene.clock.sleep(4);
      scene.store.house.bindings.delete(bindingOf(2));
      scene.publisher.follow(await scene.store.pools());
      await scene.clock.sleep(4);
      return found;
    };
    await published(2, { 1: after(2), 2: removed });
    expect((await promoted())[0]).toEqual(['read', 1, 8]);
  });

  test('since it is an AAAA that follows its A', async () => {
    await published(2, { 1: after(5), 2: after(5) }, true);
    expect((await promoted()).slice(0, 2)).toEqual([
      ['read', 2, 5],
      ['replace', 2, 10],
    ]);
  });

  test('since the lease was away for a moment', async () => {
    let isLost = false;
    const losing: Answer = async (wish) => {
      if (isLost) return wish();
      isLost = true;
      await scene.clock.sleep(8);
      scene.lease.lose();
      void scene.clock.sleep(10).then(scene.lease.grant);
      return wish();
    };
    await published(2, { 1: after(2), 2: losing });
    expect((await promoted())[0]).toEqual(['read', 2, 20]);
  });
});

test.each([
  ['here', true],
  ['by another process', false],
])(
  'one that is amid a calm look when its pool is promoted %s comes along, and is not held up by that look',
  async (_, isHere) => {
    await published(2);
    if (isHere)
      scene.publisher.follow = () => {}; // the database tells of it later
    else scene.publisher.promoted = () => {};
    const since = scene.clock.now();
    let isAsked = false;
    answering({
      async 2(wish) {
        const old = await wish();
        isAsked = true;
        await scene.clock.sleep(5);
        return old;
      },
    });
    while (!isAsked) await scene.clock.advance(1);
    scene.calls.length = 0;
    const calls = await promoted();
    expect(scene.clock.now() - since).toBeLessThan(31_000); // that look was the reconcile read's
    expect(calls.slice(0, 1)).toEqual([['read', 2, expect.any(Number)]]);
    expect(calls[0]?.[2]).toBeLessThanOrEqual(20);
  },
);
