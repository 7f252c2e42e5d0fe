import type {
  DnsName,
  DnsProvider,
  InstanceId,
  MemberId,
  PoolEvidence,
  PoolId,
  PromotionKind,
  RecordRef,
  TakeOver,
  WriteRequest,
} from '@serverctl/core';
import { createMemoryProvider, createMemoryZone, type MemoryZone } from '@serverctl/dns';
import {
  address6Of,
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
import { createCallBudget } from '../budget.ts';
import { createNameNotices } from '../name-notices.ts';
import type { Binding, CallLimit, Notice, PromotionRecord } from '../ports.ts';
import { createPublisher } from '../publisher.ts';
import { createToldBefore } from '../told-before.ts';
import { createVerifier } from '../verifier.ts';

/** The publisher alone, for tests: the store is told what to wish for, no failover loop decides. Members are numbered from 1. */
export type PublisherScene = Awaited<ReturnType<typeof openScene>>;

export interface SceneOptions {
  readonly names?: number;
  readonly limit?: CallLimit;
  /** The credential may not write marks (R18). */
  readonly canMark?: boolean;
  readonly takeOver?: TakeOver;
  /** The provider carries names of one zone together, so many in one write (R22). */
  readonly together?: number;
  /** Of a call for so many names. */
  readonly requestsFor?: (names: number) => NonNullable<DnsProvider['requestsPer']>;
  /** Of the credential’s calls, as the provider says. */
  readonly requestsPer?: DnsProvider['requestsPer'];
  /** Each name has an A and an AAAA, and each member but the third an IPv6 address. */
  readonly families?: boolean;
  /** The provider's edge answers for each A, and for whatever else its name has. */
  readonly proxied?: boolean;
  /** The provider acknowledges such a write, and makes none. */
  readonly losesWrite?: (request: WriteRequest) => boolean;
  /** In place of the one on the zone in memory. */
  readonly provider?: DnsProvider;
}

const poolId = id<PoolId>('p', 1);
export const us = 'cp0000000001' as InstanceId;

export async function openScene(options: SceneOptions = {}) {
  const { limit, canMark = true } = options;
  const clock = createFakeClock();
  const lease = memoryLease();
  const store = memoryStore(clock, lease);
  const zone = createMemoryZone('example.com' as DnsName);
  const behind = { isProxied: options.proxied ?? false };
  const resolver = memoryResolver({
    get: (name, type) => (behind.isProxied ? edgeAnswers[type] : zone.get(name, type)),
  });
  const notices = store.house.events;
  const calls: Call[] = [];
  const inner = options.provider ?? createMemoryProvider({ zone, instance: us, rights: { mark: canMark } });
  const provider = counted(
    proxying(losing(inner, options), behind),
    ({ verb, name }) => void calls.push({ verb, name, at: clock.now() }),
    options,
  );
  const providers = { instance: us, forCredential: async () => provider, limitOf: () => limit ?? null };
  const notifier = { notify: (notice: Notice) => void notices.push(notice) };
  const log = { info() {}, warn() {}, error() {} };
  const toldBefore = createToldBefore({ clock, lease, store, log });
  const nameNotices = createNameNotices(toldBefore, notifier);
  const verifier = createVerifier({ clock, resolver, notices: nameNotices, log });
  const parts = { clock, random: seededRandom(1), store, lease, providers, resolver, notifier, verifier, log };
  const budget = createCallBudget(clock, providers.limitOf);
  const publisher = createPublisher({ ...parts, budget, notices: nameNotices });
  const stop = new AbortController();
  const follow = () => void store.pools().then(publisher.follow);

  furnish(store, options);
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
    /** A person switches the edge on. */
    proxy() {
      behind.isProxied = true;
    },
    told: (kind: string) => notices.filter((notice) => notice.kind === kind).length,
    pool: () => store.house.pools.get(poolId),
    state: () => store.house.publications.at(-1)?.state,
    lastError: () => store.house.publications.findLast(({ error }) => error !== null)?.error?.code,
    count: (verb: Call['verb']) => calls.filter((call) => call.verb === verb).length,
    async close() {
      stop.abort();
      await clock.advance(200);
      await ended;
    },
  };
}

interface Call {
  readonly verb: 'read' | 'replace' | 'withdraw';
  readonly name: string;
  readonly at: number;
}

/** A call for several names is one, noted by all their names. */
function counted(
  inner: DnsProvider,
  note: (call: Omit<Call, 'at'>) => void,
  { together, requestsPer, requestsFor }: SceneOptions,
): DnsProvider {
  const write = (request: WriteRequest, signal: AbortSignal) =>
    'next' in request ? inner.replace(request, signal) : inner.withdrawAaaa(request, signal);
  const one: DnsProvider = {
    probe: inner.probe,
    read(ref, signal) {
      note({ verb: 'read', name: ref.name });
      return inner.read(ref, signal);
    },
    replace(request, signal) {
      note({ verb: 'replace', name: request.ref.name });
      return inner.replace(request, signal);
    },
    withdrawAaaa(request, signal) {
      note({ verb: 'withdraw', name: request.ref.name });
      return inner.withdrawAaaa(request, signal);
    },
    ...(requestsPer !== undefined && { requestsPer }),
    ...(inner.sharesMark !== undefined && { sharesMark: inner.sharesMark }),
  };
  if (together === undefined) return one;
  const names = (refs: readonly RecordRef[]) => refs.map(({ name }) => name).join(' ');
  return {
    ...one,
    zoneCalls: {
      mostWrites: together,
      ...(requestsFor !== undefined && { requestsFor }),
      read(refs, signal) {
        note({ verb: 'read', name: names(refs) });
        return Promise.allSettled(refs.map((ref) => inner.read(ref, signal)));
      },
      write(requests, signal) {
        note({ verb: 'replace', name: names(requests.map(({ ref }) => ref)) });
        return Promise.allSettled(requests.map((request) => write(request, signal)));
      },
    },
  };
}

const edgeAnswers = {
  A: { values: ['198.51.100.200'], ttlSeconds: 300 },
  AAAA: { values: ['2001:db8:ffff::200'], ttlSeconds: 300 },
} as const;

/** As a provider that acknowledges some writes and makes none. */
function losing(inner: DnsProvider, { losesWrite = () => false }: SceneOptions): DnsProvider {
  return {
    ...inner,
    replace: async (request, signal) =>
      losesWrite(request) ? { outcome: 'written', fencedBy: 'record-and-mark' } : inner.replace(request, signal),
  };
}

/** As a provider that may have an edge in front of each A. */
function proxying(inner: DnsProvider, behind: { readonly isProxied: boolean }): DnsProvider {
  return {
    ...inner,
    async read(ref, signal) {
      const view = await inner.read(ref, signal);
      return behind.isProxied && ref.type === 'A' ? { ...view, proxied: true } : view;
    },
  };
}

/** What anybody may do to the names' records in the zone. */
function recordsIn(zone: MemoryZone) {
  const markName = (number: number) => `_serverctl.${nameOf(number)}`;
  return {
    held: (number = 1) => zone.get(nameOf(number), 'A')?.values ?? [],
    held6: (number = 1) => zone.get(nameOf(number), 'AAAA')?.values ?? [],
    mark: (number = 1) => zone.get(markName(number), 'TXT')?.values[0] ?? null,
    putAddress: (address: string | null, number = 1) =>
      zone.put(nameOf(number), 'A', address === null ? [] : [address]),
    putAddress6: (address: string, number = 1) => zone.put(nameOf(number), 'AAAA', [address]),
    putMark: (text: string, number = 1) => zone.put(markName(number), 'TXT', [text]),
  };
}

function furnish({ house }: MemoryStore, { names = 1, families = false, takeOver }: SceneOptions): void {
  house.pools.set(poolId, buildPool());
  for (let number = 1; number <= 3; number += 1) {
    const publicIpv6 = families && number < 3 ? address6Of(number) : null;
    house.members.set(id<MemberId>('m', number), buildMember(number, { publicIpv6 }));
  }
  for (let number = 1; number <= names; number += 1) {
    const binding = buildBinding({ id: id('b', number), name: nameOf(number), takeOver: takeOver ?? null });
    const aaaa: Binding = { ...binding, id: id('c', number), type: 'AAAA' };
    for (const one of families ? [aaaa, binding] : [binding]) house.bindings.set(one.id, one);
  }
}

function promotionOf({ house }: MemoryStore, number: number, kind: PromotionKind): PromotionRecord {
  const pool = house.pools.get(poolId);
  const to = id<MemberId>('m', number);
  const hasIpv6 = house.members.get(to)?.publicIpv6 != null;
  const { epoch = 0, activeMemberId = null } = pool ?? {};
  return {
    id: id('q', house.promotions.length + 1),
    poolId,
    kind,
    cause: kind,
    from: activeMemberId,
    to,
    address: addressOf(number),
    address6: hasIpv6 ? address6Of(number) : null,
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
