import { type DnsName, minuteMs, type PromotionKind, secondMs } from '@serverctl/core';
import { type ApiHttp, createCloudflareProvider } from '@serverctl/dns';
import { createNodeHttp } from '@serverctl/dns/testing';
import {
  addressOf,
  buildBinding,
  buildMember,
  buildPool,
  createFakeClock,
  type FakeClock,
  id,
  type MemoryStore,
  memoryLease,
  memoryStore,
  seededRandom,
} from '@serverctl/testkit';
import { callLimits } from '../../apps/server/src/services/dns-providers/limits.ts';
import { createCallBudget } from '../../apps/server/src/worker/budget.ts';
import { createNameNotices } from '../../apps/server/src/worker/name-notices.ts';
import type { PromotionRecord } from '../../apps/server/src/worker/ports.ts';
import { createPublisher } from '../../apps/server/src/worker/publisher.ts';
import { createToldBefore } from '../../apps/server/src/worker/told-before.ts';
import { createVerifier } from '../../apps/server/src/worker/verifier.ts';
import { startEmulated } from './emulated.ts';
import { instance } from './fleet.ts';
import { resolverOf } from './house.ts';

/** By how much the old write is late. */
export const lateByMs = 10 * minuteMs;
const zoneName = 'late.test' as DnsName;
const name = `lb.${zoneName}` as DnsName;
const poolId = id<PromotionRecord['poolId']>('p', 1);
const stepMs = secondMs / 2;
/** Longer than it may take to be corrected. */
const patienceMs = minuteMs;

/**
 * A write to Cloudflare that is applied ten minutes after it was sent, long after a newer one: how long the zone is wrong, in virtual ms. The
 * publisher and the emulator share one clock that is moved on; requests between them are real.
 */
export async function correctLateWrite(): Promise<number> {
  const clock = createFakeClock();
  const emulated = await startEmulated(zoneName, { now: clock.now, sleep: (ms) => clock.sleep(ms) });
  const wire = countRequests(createNodeHttp(emulated.emulator.apiBase));
  const store = furnish(clock);
  const stopPublisher = openPublisher(clock, store, emulated.held, wire.http, emulated.token);
  const pass = (ms: number) => passTime(clock, ms, wire.isBusy);
  const leadsTo = (member: number) => emulated.held(name).join() === addressOf(member);
  const publish = async (member: number) => {
    await promote(store, member);
    for (let passed = 0; !leadsTo(member) && passed < patienceMs; passed += stepMs) await pass(stepMs);
    if (!leadsTo(member))
      throw new Error(`${name} does not lead to member ${member} after ${patienceMs / secondMs} s.`);
  };
  try {
    await publish(1);
    emulated.emulator.inject({ kind: 'late', ms: lateByMs }, { methods: ['PATCH'] });
    const sentBefore = emulated.emulator.calls().patch;
    await promote(store, 2);
    while (emulated.emulator.calls().patch === sentBefore) await pass(stepMs);
    await publish(3);
    let wrongSince: number | null = null;
    emulated.onChange((_, held) => {
      if (held.join() === addressOf(2)) wrongSince = clock.now();
    });
    const giveUpAt = clock.now() + lateByMs + patienceMs;
    while (wrongSince === null && clock.now() < giveUpAt) await pass(stepMs);
    if (wrongSince === null) throw new Error('The late write was never applied: nothing was measured.');
    while (!leadsTo(3) && clock.now() - wrongSince < patienceMs) await pass(stepMs);
    return leadsTo(3) ? clock.now() - wrongSince : Number.POSITIVE_INFINITY;
  } finally {
    await stopPublisher();
    await emulated.emulator.stop();
  }
}

function furnish(clock: FakeClock): MemoryStore {
  const store = memoryStore(clock);
  store.house.pools.set(poolId, buildPool());
  for (const member of [1, 2, 3].map((number) => buildMember(number))) store.house.members.set(member.id, member);
  const binding = buildBinding({ name, zone: zoneName });
  store.house.bindings.set(binding.id, binding);
  return store;
}

function openPublisher(
  clock: FakeClock,
  store: MemoryStore,
  held: (name: string) => readonly string[],
  http: ApiHttp,
  token: string,
) {
  const lease = memoryLease();
  const log = { info() {}, warn() {}, error() {} };
  const resolver = resolverOf(held);
  const provider = createCloudflareProvider({ http, token, instance });
  const providers = { instance, forCredential: async () => provider, limitOf: () => callLimits.cloudflare };
  const notifier = { notify() {} };
  const notices = createNameNotices(createToldBefore({ clock, lease, store, log }), notifier);
  const verifier = createVerifier({ clock, resolver, notices, log });
  const budget = createCallBudget(clock, providers.limitOf);
  const publisher = createPublisher({
    ...{ clock, random: seededRandom(1), store, lease, providers, resolver, notifier, verifier, log, budget, notices },
  });
  const stop = new AbortController();
  store.onChange(() => void store.pools().then(publisher.follow));
  const running = publisher.run(stop.signal);
  lease.grant();
  return async () => {
    stop.abort();
    await clock.advance(secondMs);
    await running;
  };
}

function promote({ house, operator }: MemoryStore, member: number): Promise<unknown> {
  const pool = house.pools.get(poolId) ?? buildPool();
  const kind: PromotionKind = pool.epoch === 0 ? 'first-publish' : 'switchover';
  return operator.promote({
    id: id('e', pool.epoch + 1),
    ...{ poolId, kind, cause: kind, from: pool.activeMemberId },
    to: buildMember(member).id,
    address: addressOf(member),
    address6: null,
    confirmedNames: [],
    expectedEpoch: pool.epoch,
    evidence: { pool } as PromotionRecord['evidence'], // nothing here reads more of it
    decision: { kind: 'keep', because: 'active-healthy' },
    ...{ sentence: '', actor: 'bench', reason: null, detectedAgoMs: null, lastHeartbeatAgoMs: null },
  });
}

/** Counts the requests that are under way, so that no virtual time passes while one is on the wire. */
function countRequests(inner: ApiHttp) {
  let underWay = 0;
  const http: ApiHttp = {
    async request(asked) {
      underWay += 1;
      try {
        return await inner.request(asked);
      } finally {
        underWay -= 1;
      }
    },
  };
  return { http, isBusy: () => underWay > 0 };
}

/** A request that is held on purpose stays under way: longer than this no other one takes. */
const wireMs = 300;

async function passTime(clock: FakeClock, ms: number, isBusy: () => boolean): Promise<void> {
  await clock.advance(ms);
  const began = performance.now();
  do await clock.settle();
  while (isBusy() && performance.now() - began < wireMs);
}
