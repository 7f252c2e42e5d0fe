import type { DnsName, InstanceId } from '@serverctl/core';
import { createMemoryProvider, createMemoryZone } from '@serverctl/dns';
import { expect, test } from 'vitest';
import {
  addressOf,
  buildBinding,
  buildMember,
  buildPool,
  createFakeClock,
  id,
  memoryLease,
  memoryLiveness,
  memoryResolver,
  memoryStore,
  seededRandom,
} from '../../../../testkit/src/index.ts';
import { memoryPreflights } from '../../../../testkit/src/memory-preflights.ts';
import { createWorker } from './worker.ts';

test('on a clean stop the lease is given back only when no DNS call is in flight any more (R15)', async () => {
  const clock = createFakeClock();
  const lease = memoryLease();
  const store = memoryStore(clock);
  const zone = createMemoryZone('example.com' as DnsName);
  const member = buildMember(1);
  store.house.members.set(member.id, member);
  store.house.pools.set(member.poolId, buildPool({ epoch: 1, activeMemberId: member.id }));
  store.house.bindings.set(buildBinding().id, buildBinding());
  store.desired = async () => {
    const binding = buildBinding();
    return { binding, address: addressOf(1), epoch: 1, promotionId: id('q', 1), pausedEpoch: null };
  };
  let inFlight = 0;
  const inner = createMemoryProvider({ zone, instance: 'cp0000000001' as InstanceId });
  const deaf = {
    ...inner,
    read: async () => {
      inFlight += 1;
      await clock.sleep(50);
      inFlight -= 1;
      return { rrset: null, mark: { kind: 'none' as const }, cname: false };
    },
  };
  let inFlightAtRelease: number | null = null;
  lease.keep = (signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        inFlightAtRelease = inFlight;
        void clock.sleep(500).then(resolve);
      });
    });
  lease.grant();
  const log = { info() {}, warn() {}, error() {} };
  const worker = createWorker({
    clock,
    random: seededRandom(1),
    store,
    liveness: memoryLiveness(clock),
    lease,
    providers: { instance: 'cp0000000001' as InstanceId, forCredential: async () => deaf, limitOf: () => null },
    resolver: memoryResolver(zone),
    notifier: { notify() {} },
    eventLoop: { worstDelayMs: () => 0 },
    log,
  });
  const stop = new AbortController();
  let ended = false;
  const running = worker.run(stop.signal).then(() => {
    ended = true;
  });
  await clock.advance(10);
  expect(inFlight).toBe(1);
  stop.abort();
  await clock.advance(30);
  expect([inFlightAtRelease, ended]).toEqual([null, false]);
  await clock.advance(200);
  expect([inFlightAtRelease, ended]).toEqual([0, false]);
  await clock.advance(500);
  await running;
  expect([inFlightAtRelease, inFlight, ended]).toEqual([0, 0, true]);
  expect(zone.get('lb.example.com', 'A')).toBeNull();
});

test('credentials are tried under the worker’s lease, and no look is in flight when it is given back (R15, R23)', async () => {
  const clock = createFakeClock();
  const lease = memoryLease();
  const store = memoryStore(clock);
  const zone = createMemoryZone('example.com' as DnsName);
  store.house.bindings.set(buildBinding().id, buildBinding());
  let inFlight = 0;
  let inFlightAtRelease: number | null = null;
  const inner = createMemoryProvider({ zone, instance: 'cp0000000001' as InstanceId });
  const deaf = {
    ...inner,
    probe: async () => {
      inFlight += 1;
      await clock.sleep(50);
      inFlight -= 1;
      return { canEdit: true, canMark: true, soaSerial: null, skewSeconds: null };
    },
  };
  lease.keep = (signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        inFlightAtRelease = inFlight;
        resolve();
      });
    });
  lease.grant();
  const preflights = memoryPreflights(store.house, lease, clock);
  const worker = createWorker({
    clock,
    random: { ...seededRandom(1), fraction: () => 0 },
    store,
    preflights,
    liveness: memoryLiveness(clock),
    lease,
    providers: { instance: 'cp0000000001' as InstanceId, forCredential: async () => deaf, limitOf: () => null },
    resolver: memoryResolver(zone),
    notifier: { notify() {} },
    eventLoop: { worstDelayMs: () => 0 },
    log: { info() {}, warn() {}, error() {} },
  });
  const stop = new AbortController();
  const running = worker.run(stop.signal);
  await clock.advance(10);
  expect(inFlight).toBe(1);
  stop.abort();
  await clock.advance(300);
  await running;
  expect([inFlightAtRelease, preflights.kept.size]).toEqual([0, 0]);
});
