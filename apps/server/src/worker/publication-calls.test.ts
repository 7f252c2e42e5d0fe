import type { DnsProvider, InstanceId, RecordView } from '@serverctl/core';
import { afterEach, describe, expect, test } from 'vitest';
import { addressOf, buildBinding, createFakeClock, memoryLease } from '../../../../testkit/src/index.ts';
import { createCallBudget } from './budget.ts';
import { createProviderCalls } from './publication-calls.ts';
import { openScene, type PublisherScene } from './testing/publisher-scene.ts';
import { createZoneDesk } from './zone-desk.ts';

describe('in a publication', () => {
  let scene: PublisherScene;
  afterEach(() => scene.close());

  /** Published, and a calm read is under way that is never answered. */
  async function beginAmidCalmRead(together?: number): Promise<void> {
    scene = await openScene(together === undefined ? {} : { together });
    await scene.promote(1, 'first-publish');
    const before = scene.count('read');
    scene.zone.inject({ kind: 'delay', until: new Promise(() => {}) }, { verbs: ['read'] });
    while (scene.count('read') === before) await scene.clock.advance(100);
  }

  test.each([
    ['one by one', undefined],
    ['together', 10],
  ])('a failover waits for no calm read that is under way, of names that are read %s', async (_, together) => {
    await beginAmidCalmRead(together);
    const reads = scene.count('read');
    await scene.promote(2);
    expect([scene.held(), scene.count('read')]).toEqual([[addressOf(2)], reads + 1]);
  });

  test('what comes of a calm read that was given up is not looked at, and troubles nobody', async () => {
    await beginAmidCalmRead();
    await scene.promote(2);
    const { serial } = scene.zone;
    await scene.clock.advance(10_000);
    expect([scene.held(), scene.zone.serial, scene.lastError()]).toEqual([[addressOf(2)], serial, undefined]);
    expect([scene.state(), scene.count('replace')]).toEqual(['published', 2]);
  });
});

test('a calm read that obeys no signal is not waited for, and its late answer is nobody’s; a failover’s gives no way', async () => {
  const clock = createFakeClock();
  const lease = memoryLease();
  lease.grant();
  const reads: PromiseWithResolvers<RecordView>[] = [];
  const read = () => {
    const one = Promise.withResolvers<RecordView>();
    reads.push(one);
    return one.promise;
  };
  const provider = { read } as unknown as DnsProvider;
  const budget = createCallBudget(clock, () => null);
  const providers = {
    instance: 'cp0000000001' as InstanceId,
    forCredential: async () => provider,
    limitOf: () => null,
  };
  const calls = createProviderCalls({ providers, zones: createZoneDesk({ clock, budget, lease }) });
  const began = async (urgency: 'background' | 'failover') => {
    const pass = calls.pass(provider, buildBinding(), new AbortController().signal);
    expect(await pass.forRead(urgency)).toBe(true);
    const got = pass.read();
    await clock.settle();
    calls.giveWay();
    return { pass, got };
  };
  const view: RecordView = { rrset: null, mark: { kind: 'none' }, cname: false };

  const calm = await began('background');
  expect(await calm.got).toBeNull();
  calm.pass.leave();
  const urgent = await began('failover');
  for (const one of reads) one.resolve(view);
  expect([reads.length, await urgent.got, await calm.got]).toEqual([2, view, null]);
  urgent.pass.leave();
  await clock.advance(10_000);
});

test('what is announced while its pass has boarded holds nobody up before that pass is over', async () => {
  const clock = createFakeClock();
  const began = clock.now();
  const lease = memoryLease();
  lease.grant();
  const zoneCalls = { mostWrites: 10, read: () => new Promise(() => {}), write: async () => [] };
  const provider = { zoneCalls } as unknown as DnsProvider;
  const zones = createZoneDesk({ clock, budget: createCallBudget(clock, () => null), lease });
  const providers = {
    instance: 'cp0000000001' as InstanceId,
    forCredential: async () => provider,
    limitOf: () => null,
  };
  const open = () => createProviderCalls({ providers, zones });
  const { signal } = new AbortController();
  const binding = buildBinding();
  const boards = async (calls = open()) => {
    const pass = calls.pass(provider, binding, signal);
    const boarding = pass.forRead('failover').then(() => clock.now() - began);
    await clock.advance(100);
    return { pass, afterMs: await boarding };
  };
  const calls = open();
  calls.begins(binding, true);
  const first = await boards(calls);
  expect(first.afterMs).toBe(0);
  first.pass.read().catch(() => undefined); // it is given up
  await clock.advance(40);
  calls.announce(binding);
  expect((await boards()).afterMs).toBe(140 + 50); // behind the first one, and no longer
  await clock.advance(40);
  first.pass.leave();
  calls.ends(true);
  calls.begins(binding, false);
  expect((await boards()).afterMs).toBe(280 + 25 + 50);
});
