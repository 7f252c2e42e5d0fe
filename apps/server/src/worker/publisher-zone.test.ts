import { AppError } from '@serverctl/core';
import { afterEach, describe, expect, test } from 'vitest';
import { addressOf, id } from '../../../../testkit/src/index.ts';
import { openScene, type PublisherScene } from './testing/publisher-scene.ts';

/* R22: where a provider carries many names of one zone in one request, they travel together. */

let scene: PublisherScene;
afterEach(() => scene.close());

const allHeld = (names: number, member: number) =>
  Array.from({ length: names }, (_, index) => scene.held(index + 1)[0]).every((held) => held === addressOf(member));
const sizes = (verb: 'read' | 'replace', since = 0) =>
  scene.calls.filter((call) => call.verb === verb && call.at >= since).map(({ name }) => name.split(' ').length);

async function published(options: Parameters<typeof openScene>[0]) {
  scene = await openScene(options);
  await scene.promote(1, 'first-publish');
  await scene.clock.advance(5_000);
  return scene.clock.now();
}

describe('many names of one zone', () => {
  test('are read in one call and written in as few as the provider carries', async () => {
    const since = await published({ names: 50, together: 20 });
    await scene.promote(2);
    await scene.clock.advance(1_000);
    expect(allHeld(50, 2)).toBe(true);
    expect([sizes('read', since), sizes('replace', since)]).toEqual([[50], [20, 20, 10]]);
  });

  test('take no more places in the budget than they are calls', async () => {
    const limit = { calls: 12, perMs: 300_000 };
    const since = await published({ names: 50, together: 50, limit, requestsPer: { read: 1, write: 2 } });
    await scene.promote(2);
    await scene.clock.advance(1_000);
    expect(allHeld(50, 2)).toBe(true);
    expect([sizes('read', since), sizes('replace', since)]).toEqual([[50], [50]]);
  });

  test('take as many places as they are requests, where few are looked at one by one', async () => {
    const limit = { calls: 12, perMs: 300_000 };
    const requestsFor = (names: number) => ({ read: names, write: names + 1 });
    const since = await published({ names: 2, together: 50, limit, requestsFor });
    await scene.promote(2);
    await scene.clock.advance(1_000);
    expect([sizes('read', since), sizes('replace', since)]).toEqual([[2], [2]]); // 5 of 12 before, 5 now
    await scene.promote(3);
    await scene.clock.advance(1_000);
    expect(allHeld(2, 2)).toBe(true); // 2 are left
  });

  test('that reconcile at nearly the same time are read together', async () => {
    const since = await published({ names: 50, together: 50 });
    await scene.clock.advance(35_000);
    const reads = sizes('read', since);
    expect(reads.reduce((sum, size) => sum + size, 0)).toBeGreaterThanOrEqual(50);
    expect(reads.length).toBeLessThanOrEqual(8);
  });

  test('that wait for the budget go with the one call that gets it', async () => {
    const limit = { calls: 4, perMs: 60_000 };
    await published({ names: 6, together: 6, limit });
    await scene.promote(2);
    await scene.clock.advance(100);
    await scene.promote(3); // nothing is left until the window has passed
    await scene.clock.advance(61_000);
    expect(allHeld(6, 3)).toBe(true);
  });

  test('whose write gets no place in time are told as blocked, and go with the next call that may be made', async () => {
    await published({ names: 4, together: 2, limit: { calls: 3, perMs: 300_000 } });
    await scene.clock.advance(301_000);
    await scene.promote(2);
    await scene.clock.advance(15_000);
    expect([allHeld(4, 2), scene.told('dns.blocked')]).toEqual([false, 2]);
    await scene.clock.advance(310_000);
    expect(allHeld(4, 2)).toBe(true);
  });

  test('one that drifts, or is refused, holds no other one back', async () => {
    const since = await published({ names: 5, together: 5 });
    const refuse = () => {
      throw new AppError('dns_ttl_refused');
    };
    scene.zone.inject({ kind: 'drift', change: refuse }, { verbs: ['replace'] }); // the first of the call
    await scene.promote(2);
    await scene.clock.advance(1_000);
    const held = [1, 2, 3, 4, 5].map((number) => scene.held(number)[0]);
    expect(held.filter((address) => address === addressOf(2))).toHaveLength(4);
    await scene.clock.advance(31_000); // what is refused is looked at again after 30 s
    expect(allHeld(5, 2)).toBe(true);
    expect(sizes('replace', since)[0]).toBe(5);
  });

  test('a call that fails as a whole is each name’s failure, and all are tried again', async () => {
    await published({ names: 5, together: 5 });
    scene.zone.inject({ kind: 'lose-reply' }, { verbs: ['replace'], times: 5 });
    await scene.promote(2);
    await scene.clock.advance(10_000);
    expect(allHeld(5, 2)).toBe(true);
    expect(scene.state()).not.toBe('unknown-outcome');
  });
});

describe('one that waits for another', () => {
  test('a name whose wish cannot be read in time misses the call, and comes with the next one', async () => {
    const since = await published({ names: 3, together: 3 });
    const { desired } = scene.store;
    let isSlow = true;
    let asked = 0;
    scene.store.desired = async (bindingId) => {
      if (bindingId === id('b', 2)) asked += 1;
      if (bindingId === id('b', 2) && asked === 2 && isSlow) {
        isSlow = false;
        await scene.clock.sleep(500);
      }
      return desired(bindingId);
    };
    await scene.promote(2);
    await scene.clock.advance(400);
    expect([scene.held(1), scene.held(2), scene.held(3)]).toEqual([[addressOf(2)], [addressOf(1)], [addressOf(2)]]);
    await scene.clock.advance(1_000);
    expect(allHeld(3, 2)).toBe(true);
    expect(sizes('replace', since)).toEqual([2, 1]);
  });

  test('a lease that is lost between the look and the call sends nothing (R15)', async () => {
    const since = await published({ names: 3, together: 3 });
    const { desired } = scene.store;
    scene.store.desired = async (bindingId) => {
      const wish = await desired(bindingId);
      if (sizes('read', since).length > 0 && bindingId === id('b', 3)) scene.lease.lose();
      return wish;
    };
    await scene.promote(2);
    await scene.clock.advance(10_000);
    expect(sizes('replace', since)).toEqual([]);
    expect(allHeld(3, 1)).toBe(true);
  });

  test('a call that is never answered is ended after 4 s for all that are in it, and they are read again', async () => {
    await published({ names: 3, together: 3 });
    scene.zone.inject({ kind: 'delay', until: new Promise(() => {}) }, { verbs: ['replace'], times: 3 });
    await scene.promote(2);
    await scene.clock.advance(4_200);
    expect(allHeld(3, 1)).toBe(true);
    await scene.clock.advance(10_000);
    expect(allHeld(3, 2)).toBe(true);
  });
});
