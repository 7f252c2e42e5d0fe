import type { BindingId, MemberId, Pool, PoolId, PromotionId } from '@serverctl/core';
import { addressOf, buildBinding, buildMember, buildPool, id } from '../../../builders.ts';
import { type KeptPromotion, type MemoryHouse, newHouse } from '../../../memory-house.ts';
import type { FaultEvent } from '../../fault-event.ts';
import type { DnsCall, HeardEvent, Observer } from '../../observer.ts';
import type { HostTruth, ReplicaTruth, Truth } from '../../truth.ts';
import type { Invariant } from '../invariant.ts';
import { judgeAll } from '../judge-all.ts';
import { bindingTruth, type StageRecords } from './stage-binding.ts';

/*
 * A made-up world for one invariant: two members (active 1, standby 2) and a bystander (3) in one pool with one name, replicas r1 and r2.
 * A test moves its truth and tells its events by hand.
 */

export const pool = id<PoolId>('p', 1);
export const name = id<BindingId>('b', 1);
export const member = (number: number) => id<MemberId>('m', number);
const none = () => 0;
export const fence = (term: number) => ({
  holder: `holder-${term}`,
  term,
  rowsFromMs: 0,
  rowsByMs: none,
  ageMs: none,
});

/** What a test may change. */
export interface Stage extends StageRecords {
  readonly hosts: Map<MemberId, HostTruth>;
  readonly replicas: Map<string, ReplicaTruth>;
  readonly faults: FaultEvent[];
  healedAt: number | null;
  readonly judge: Observer;
  /** Sentences of the breaches so far. */
  readonly breaches: readonly string[];
  beat(number: number, at: number, change?: Partial<HeardEvent>): void;
  /** One beat a second of each of them, from `from` on, up to and with `to`. */
  beats(numbers: readonly number[], from: number, to: number): void;
  fault(change: Partial<FaultEvent>, at: number): void;
  lead(replica: string, term: number | null, at: number): void;
  /** r1 reads the name at its provider. */
  read(at: number): void;
  promote(change: Partial<KeptPromotion>, at: number, by?: string | null): void;
  changePool(change: Partial<Pool>): void;
}

export function setStage(invariant: Invariant): Stage {
  const breaches: string[] = [];
  const judge = judgeAll([invariant], (_broken, _at, sentence) => breaches.push(sentence));
  const house = furnished();
  const hosts = new Map([...house.members.keys()].map((memberId) => [memberId, hostOf(memberId)]));
  const replicas = new Map(['r1', 'r2'].map((replica) => [replica, replicaOf(replica)]));
  const stage: Stage = {
    house,
    hosts,
    replicas,
    faults: [],
    held: [addressOf(1)],
    heldIpv6: [],
    markedEpoch: null,
    together: false,
    limit: null,
    healedAt: null,
    judge,
    breaches,
    beat(number, at, change = {}) {
      const beat = {
        memberId: member(number),
        host: `h${number}`,
        boot: 1,
        seq: Math.ceil(at),
        replica: 'r1',
        ...change,
      };
      judge.onBeatSent?.(beat, change.sentAt ?? at);
      judge.onBeatHeard?.({ ...beat, verdict: 'new', refusal: null, sentAt: at, ...change }, at);
    },
    beats(numbers, from, to) {
      for (let at = from; at <= to; at += 1_000) for (const number of numbers) stage.beat(number, at);
    },
    fault(change, at) {
      const fault = { ...usualFault, ...change };
      if (fault.phase === 'begin') stage.faults.push(fault);
      judge.onFault?.(fault, at);
      judge.onEvent?.(at, 0);
    },
    lead(replica, term, at) {
      const held = term === null ? null : fence(term);
      replicas.set(replica, { ...replicaOf(replica), fence: held });
      judge.onLease?.(replica, held, at);
      judge.onEvent?.(at, 0);
    },
    read(at) {
      const asked = { verb: 'read', bindingId: name, poolId: pool, epoch: null, address: null } as const;
      judge.onDnsCallStarted?.({ ...asked, call: at, replica: 'r1', fence: null, startedAt: at, wish: null }, at);
    },
    promote(change, at, by = 'r1') {
      const promotion = { ...promotionOf(house, at), ...change };
      house.promotions.push(promotion);
      stage.changePool({ epoch: promotion.epoch, activeMemberId: promotion.to });
      judge.onPromotion?.(promotion, { replica: by, fence: by === null ? null : fence(1), calledAt: at }, at);
    },
    changePool(change) {
      const present = house.pools.get(pool);
      if (present !== undefined) house.pools.set(pool, { ...present, ...change });
    },
  };
  judge.onBegin?.(truthOf(stage));
  return stage;
}

function furnished(): MemoryHouse {
  const house = newHouse();
  house.pools.set(
    pool,
    buildPool({ failoverDelayMs: 10_000, haproxyGraceMs: 1_000, epoch: 1, activeMemberId: member(1) }),
  );
  house.bindings.set(name, buildBinding());
  for (const number of [1, 2, 3]) {
    const built = buildMember(number, { poolId: pool });
    house.members.set(built.id, built);
    house.enrolledAt.set(built.id, -3_600_000);
  }
  house.promotions.push({
    ...promotionOf(house, 0),
    epoch: 1,
    to: member(1),
    kind: 'first-publish',
    address: addressOf(1),
  });
  return house;
}

function truthOf(stage: Stage): Truth {
  const { house } = stage;
  const binding = (bindingId: BindingId) => bindingTruth(stage, bindingId);
  return {
    now: () => 0,
    instance: 'cp0000000001' as Truth['instance'],
    house: stage.house,
    get replicas() {
      return [...stage.replicas.values()];
    },
    host: (memberId) => stage.hosts.get(memberId) ?? hostOf(memberId),
    get hosts() {
      return [...stage.hosts.values()];
    },
    linked: () => true,
    lastHeardAt: () => null,
    lastSentAt: () => null,
    binding,
    get bindings() {
      return [...house.bindings.keys()].map(binding);
    },
    get faults() {
      return stage.faults;
    },
    healedAt: () => stage.healedAt,
  };
}

export function hostOf(memberId: MemberId, change: Partial<HostTruth> = {}): HostTruth {
  const since = { powered: 0, agent: 0, haproxy: 0 };
  const host = `h${Number(memberId.slice(1))}`;
  return {
    host,
    memberId,
    powered: true,
    agent: 'running',
    haproxy: 'running',
    packageLock: false,
    since,
    declares: { ipv4: null, ipv6: null },
    serves: true,
    ...change,
  };
}

function replicaOf(replica: string): ReplicaTruth {
  return {
    name: replica,
    state: 'running',
    fence: null,
    databaseReachable: true,
    providerReachable: true,
    judgedAt: null,
    statistics: null,
  };
}

const usualFault: FaultEvent = {
  id: 1,
  kind: 'active-power',
  phase: 'begin',
  side: 'host',
  poolId: null,
  memberId: member(1),
  replica: null,
  momentary: false,
};

/** A failover from 1 to 2 for lost heartbeats, with evidence that says what the house says. */
function promotionOf(house: MemoryHouse, at: number): KeptPromotion {
  const present = house.pools.get(pool) ?? buildPool();
  return {
    id: `f${at}` as PromotionId,
    poolId: pool,
    kind: 'failover',
    cause: 'heartbeat-lost',
    from: member(1),
    to: member(2),
    address: addressOf(2),
    address6: null,
    confirmedNames: [],
    expectedEpoch: present.epoch,
    evidence: {
      pool: present,
      members: [],
      listening: {
        blindBecause: null,
        blindForMs: 0,
        heardMembers: 2,
        enrolledMembers: 3,
        nobodyHeardForMs: 0,
        nobodyHeardAfterMs: 30_000,
      },
      automaticPromotionAgesMs: [],
      lastPromotionAgeMs: null,
      minuteOfDay: 0,
      fleet: { zones: [], poolCount: 1, promotionAgesMs: [], brakesReleasedForMs: null },
      maintenanceLeftMs: null,
      unpublished: null,
    },
    decision: { kind: 'promote', from: member(1), to: member(2), because: 'heartbeat-lost' },
    sentence: '',
    actor: 'loop',
    reason: null,
    detectedAgoMs: null,
    lastHeartbeatAgoMs: null,
    epoch: present.epoch + 1,
    at,
  };
}

/** A replace of the pool's name. */
export function callOf(change: Partial<DnsCall> = {}): DnsCall {
  const startedAt = change.startedAt ?? 1_000;
  return {
    call: 1,
    replica: 'r1',
    verb: 'replace',
    bindingId: name,
    poolId: pool,
    epoch: 1,
    address: addressOf(1),
    fence: fence(1),
    startedAt,
    wish: { readAt: startedAt - 1, answeredAt: startedAt },
    ...change,
  };
}
