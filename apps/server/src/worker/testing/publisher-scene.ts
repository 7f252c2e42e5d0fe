import type { DnsName, DnsProvider, InstanceId, MemberId, PoolEvidence, PoolId, PromotionKind } from '@serverctl/core';
import { createMemoryProvider, createMemoryZone, type MemoryZone } from '@serverctl/dns';
import {
  addressOf,
  buildBinding,
  buildMember,
  buildPool,
  createFakeClock,
  id,
  type MemoryStore,
  memoryLease,
  memoryResolver,
  memoryStore,
  seededRandom,
} from '../../../../../testkit/src/index.ts';
import type { CallLimit, Notice, PromotionRecord } from '../ports.ts';
import { createPublisher } from '../publisher.ts';
import { createVerifier } from '../verifier.ts';

/** The publisher alone, for tests: the store is told what to wish for, no failover loop decides. Members are numbered from 1. */
export type PublisherScene = Awaited<ReturnType<typeof openScene>>;

export interface SceneOptions {
  readonly names?: number;
  readonly limit?: CallLimit;
  /** The credential may not write marks (R18). */
  readonly canMark?: boolean;
  readonly takeOver?: boolean;
}

const poolId = id<PoolId>('p', 1);
export const us = 'cp0000000001' as InstanceId;

export async function openScene({ names = 1, limit, canMark = true, takeOver = false }: SceneOptions = {}) {
  const clock = createFakeClock();
  const lease = memoryLease();
  const store = memoryStore(clock, lease);
  const zone = createMemoryZone('example.com' as DnsName);
  const resolver = memoryResolver(zone);
  const notices: Notice[] = [];
  const calls: Call[] = [];
  const inner = createMemoryProvider({ zone, instance: us, rights: { mark: canMark } });
  const provider = counted(inner, ({ verb, name }) => void calls.push({ verb, name, at: clock.now() }));
  const providers = { instance: us, forCredential: async () => provider, limitOf: () => limit ?? null };
  const notifier = { notify: (notice: Notice) => void notices.push(notice) };
  const log = { info() {}, warn() {}, error() {} };
  const verifier = createVerifier({ clock, resolver, notifier, log });
  const random = seededRandom(1);
  const publisher = createPublisher({ clock, random, store, lease, providers, resolver, notifier, verifier, log });
  const stop = new AbortController();
  const follow = () => void store.pools().then(publisher.follow);

  furnish(store, names, takeOver);
  store.onChange(follow);
  const ended = publisher.run(stop.signal);
  lease.grant();

  return {
    clock,
    lease,
    store,
    zone,
    resolver,
    publisher,
    notices,
    calls,
    poolId,
    epoch: () => store.house.pools.get(poolId)?.epoch ?? 0,
    /** Records a promotion of the member, as the loop or a person does, and lets the publisher follow it. */
    async promote(number: number, kind: PromotionKind = 'failover') {
      await store.operator.promote(promotionOf(store, number, kind));
      publisher.promoted(poolId);
      await clock.advance(1);
    },
    ...recordsIn(zone),
    told: (kind: string) => notices.filter((notice) => notice.kind === kind).length,
    pool: () => store.house.pools.get(poolId),
    state: () => store.house.publications.at(-1)?.state,
    lastError: () => store.house.publications.findLast(({ error }) => error !== null)?.error?.code,
    count: (verb: 'read' | 'replace') => calls.filter((call) => call.verb === verb).length,
    async close() {
      stop.abort();
      await clock.advance(200);
      await ended;
    },
  };
}

interface Call {
  readonly verb: 'read' | 'replace';
  readonly name: string;
  readonly at: number;
}

function counted(inner: DnsProvider, note: (call: Omit<Call, 'at'>) => void): DnsProvider {
  return {
    probe: inner.probe,
    read(ref, signal) {
      note({ verb: 'read', name: ref.name });
      return inner.read(ref, signal);
    },
    replace(request, signal) {
      note({ verb: 'replace', name: request.ref.name });
      return inner.replace(request, signal);
    },
  };
}

/** What anybody may do to the names' records in the zone. */
function recordsIn(zone: MemoryZone) {
  const markName = (number: number) => `_serverctl.${nameOf(number)}`;
  return {
    held: (number = 1) => zone.get(nameOf(number), 'A')?.values ?? [],
    mark: (number = 1) => zone.get(markName(number), 'TXT')?.values[0] ?? null,
    putAddress: (address: string | null, number = 1) =>
      zone.put(nameOf(number), 'A', address === null ? [] : [address]),
    putMark: (text: string, number = 1) => zone.put(markName(number), 'TXT', [text]),
  };
}

function furnish({ house }: MemoryStore, names: number, takeOver: boolean): void {
  house.pools.set(poolId, buildPool());
  for (let number = 1; number <= 3; number += 1) house.members.set(id<MemberId>('m', number), buildMember(number));
  for (let number = 1; number <= names; number += 1) {
    const binding = buildBinding({ id: id('b', number), name: nameOf(number), takeOver });
    house.bindings.set(binding.id, binding);
  }
}

function promotionOf({ house }: MemoryStore, number: number, kind: PromotionKind): PromotionRecord {
  const pool = house.pools.get(poolId);
  const { epoch = 0, activeMemberId = null } = pool ?? {};
  return {
    id: id('q', house.promotions.length + 1),
    poolId,
    kind,
    cause: kind,
    from: activeMemberId,
    to: id<MemberId>('m', number),
    address: addressOf(number),
    confirmedNames: [],
    expectedEpoch: epoch,
    evidence: { pool } as PoolEvidence,
    decision: { kind: 'keep', because: 'active-healthy' },
    sentence: '',
    actor: 'test',
    reason: null,
    detectedAgoMs: null,
    lastHeartbeatAgoMs: null,
  };
}

function nameOf(number: number): DnsName {
  return (number === 1 ? 'lb.example.com' : `lb${number}.example.com`) as DnsName;
}
