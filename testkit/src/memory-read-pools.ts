import type { Instant, Member, MemberId, Pool, PoolId } from '@serverctl/core';
import type {
  Binding,
  PoolWithMembers,
  PresentPromotion,
  RecentPromotion,
} from '../../apps/server/src/worker/ports.ts';
import { type KeptPromotion, type MemoryHouse, maintenanceOf, type Span, stampOf } from './memory-house.ts';
import { withAddresses } from './memory-promote.ts';
import type { PromotionIndex } from './memory-promotions.ts';

/*
 * All pools as the loop reads them. What a pool says, all but ages, are the same objects while it says the same, as PostgreSQL's reader has it
 * by a digest of its text (db/pool-store/read-pools.ts): so verdicts are kept in a simulation as they are there. Compared is what the objects
 * are made of. A row of the house is never changed in place, so that it is the same row is enough.
 */

/** Returns the reader. What it keeps is what each pool said last. */
export function memoryPoolsReader(
  house: MemoryHouse,
  promotions: PromotionIndex,
): (now: Instant) => readonly PoolWithMembers[] {
  let known: ReadonlyMap<PoolId, Kept> = new Map();
  return (now) => {
    const before = known;
    const members = Map.groupBy(house.members.values(), ({ poolId }) => poolId);
    const bindings = Map.groupBy(house.bindings.values(), ({ poolId }) => poolId);
    const pools = [...house.pools.values()].map((pool) => ({
      pool,
      members: members.get(pool.id) ?? [],
      bindings: bindings.get(pool.id) ?? [],
      present: promotions.present(pool),
      recent: promotions.recent(pool.id, now),
    }));
    const read = pools.map((rows) => ({ rows, kept: keptOf(house, rows, before.get(rows.pool.id)) }));
    known = new Map(read.map(({ rows, kept }) => [rows.pool.id, kept]));
    return read.map(({ rows, kept }) => withAges(house, rows, kept.said, now));
  };
}

/** A pool with its rows of the house. */
interface OwnRows {
  readonly pool: Pool;
  readonly members: readonly Member[];
  readonly bindings: readonly Binding[];
  readonly present: KeptPromotion | undefined;
  readonly recent: readonly RecentPromotion[];
}

interface Kept {
  readonly madeOf: readonly unknown[];
  readonly said: Said;
}

type Said = Pick<PoolWithMembers, 'pool' | 'members' | 'bindings' | 'present' | 'quarantined'>;

function keptOf(house: MemoryHouse, rows: OwnRows, before: Kept | undefined): Kept {
  const madeOf = sourcesOf(house, rows);
  return before !== undefined && isSame(before.madeOf, madeOf) ? before : { madeOf, said: saidOf(house, rows) };
}

/** What stands in PostgreSQL's text. A list begins with its length, so that none runs into the next. */
function sourcesOf(house: MemoryHouse, { pool, members, bindings, present, recent }: OwnRows): readonly unknown[] {
  const sources: unknown[] = [pool, stampOfAny(house.poolMaintenance.get(pool.id)), members.length];
  for (const member of members) {
    const { id } = member;
    sources.push(member, house.reportedIpv4.get(id), house.reportedIpv6.get(id), house.enrolledAt.has(id));
    sources.push(house.quarantined.has(id), stampOfAny(house.memberMaintenance.get(id)));
  }
  sources.push(bindings.length, ...bindings, present);
  for (const { epoch, acknowledged } of recent) sources.push(epoch, acknowledged);
  return sources;
}

function stampOfAny(span: Span | undefined): string | null {
  return span === undefined ? null : stampOf(span);
}

function isSame(before: readonly unknown[], after: readonly unknown[]): boolean {
  return before.length === after.length && before.every((source, place) => source === after[place]);
}

function saidOf(house: MemoryHouse, { pool, members, bindings, present }: OwnRows): Said {
  return {
    pool,
    members: members.map((member) => withAddresses(house, member)),
    bindings,
    present: present === undefined ? null : presentOf(present),
    quarantined: new Set(members.flatMap(({ id }) => (house.quarantined.has(id) ? [id] : []))),
  };
}

function presentOf({ id, kind, from: left, address, address6 }: KeptPromotion): PresentPromotion {
  return { id, kind, from: left, addresses: { ipv4: address, ipv6: address6 } };
}

function withAges(house: MemoryHouse, { pool, members, recent }: OwnRows, said: Said, now: Instant): PoolWithMembers {
  return {
    ...said,
    enrolledForMs: perMember(members, (id) => {
      const at = house.enrolledAt.get(id);
      return at === undefined ? null : Math.max(0, now - at);
    }),
    recentPromotions: recent,
    maintenance: maintenanceOf(house.poolMaintenance.get(pool.id), now),
    memberMaintenance: perMember(members, (id) => maintenanceOf(house.memberMaintenance.get(id), now)),
  };
}

function perMember<Value>(members: readonly Member[], measure: (id: MemberId) => Value | null) {
  const values = new Map<MemberId, Value>();
  for (const { id } of members) {
    const value = measure(id);
    if (value !== null) values.set(id, value);
  }
  return values;
}
