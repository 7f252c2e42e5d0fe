import type { DnsName, DnsProvider, InstanceId, MemberId, PoolEvidence, PoolId, PromotionKind } from '@serverctl/core';
import { createMemoryProvider, createMemoryZone } from '@serverctl/dns';
import {
  addressOf,
  buildBinding,
  buildMember,
  buildPool,
  createFakeClock,
  id,
  memoryLease,
  memoryResolver,
  memoryStore,
  seededRandom,
} from '../../../../testkit/src/index.ts';
import type { CallLimit, Notice } from './ports.ts';
import { createPublisher } from './publisher.ts';
import { createVerifier } from './verifier.ts';

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
  const calls: { readonly verb: 'read' | 'replace'; readonly at: number; readonly name: string }[] = [];
  const inner = createMemoryProvider({ zone, instance: us, rights: { mark: canMark } });
  const provider: DnsProvider = {
    probe: inner.probe,
    read(ref, signal) {
      calls.push({ verb: 'read', at: clock.now(), name: ref.name });
      return inner.read(ref, signal);
    },
    replace(request, signal) {
      calls.push({ verb: 'replace', at: clock.now(), name: request.ref.name });
      return inner.replace(request, signal);
    },
  };
  const providers = { instance: us, forCredential: async () => provider, limitOf: () => limit ?? null };
  const notifier = { notify: (notice: Notice) => void notices.push(notice) };
  const log = { info() {}, warn() {}, error() {} };
  const verifier = createVerifier({ clock, resolver, notifier, log });
  const random = seededRandom(1);
  const publisher = createPublisher({ clock, random, store, lease, providers, resolver, notifier, verifier, log });
  const stop = new AbortController();
  const follow = () => void store.pools().then(publisher.follow);

  store.house.pools.set(poolId, buildPool());
  for (let number = 1; number <= 3; number += 1)
    store.house.members.set(id<MemberId>('m', number), buildMember(number));
  for (let number = 1; number <= names; number += 1) {
    const binding = buildBinding({ id: id('b', number), name: nameOf(number), takeOver });
    store.house.bindings.set(binding.id, binding);
  }
  store.onChange(follow);
  const ended = publisher.run(stop.signal);
  lease.grant();

  const epoch = () => store.house.pools.get(poolId)?.epoch ?? 0;
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
    epoch,
    /** Records a promotion of the member, as the loop or a person does, and lets the publisher follow it. */
    async promote(number: number, kind: PromotionKind = 'failover') {
      const pool = store.house.pools.get(poolId);
      await store.promote(
        {
          id: id('q', epoch() + 1),
          poolId,
          kind,
          cause: kind,
          from: pool?.activeMemberId ?? null,
          to: id<MemberId>('m', number),
          address: addressOf(number),
          confirmedNames: [],
          expectedEpoch: epoch(),
          evidence: {} as PoolEvidence,
          decision: { kind: 'keep', because: 'active-healthy' },
          sentence: '',
          actor: 'test',
          reason: null,
          detectedAgoMs: null,
          lastHeartbeatAgoMs: null,
        },
        null,
      );
      publisher.promoted(poolId);
      await clock.advance(1);
    },
    /** The addresses that the zone holds for a name. */
    held: (number = 1) => zone.get(nameOf(number), 'A')?.values ?? [],
    mark: (number = 1) => zone.get(`_serverctl.${nameOf(number)}`, 'TXT')?.values[0] ?? null,
    putAddress: (address: string | null, number = 1) =>
      zone.put(nameOf(number), 'A', address === null ? [] : [address]),
    putMark: (text: string | null, number = 1) =>
      zone.put(`_serverctl.${nameOf(number)}`, 'TXT', text === null ? [] : [text]),
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

function nameOf(number: number): DnsName {
  return (number === 1 ? 'lb.example.com' : `lb${number}.example.com`) as DnsName;
}
