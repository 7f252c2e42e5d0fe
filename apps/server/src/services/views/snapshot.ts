import type { Judgement, PoolEvidence } from '@serverctl/core';
import type { Kysely, Transaction } from 'kysely';
import { type BindingRow, listBindings } from '../../db/repositories/bindings.ts';
import { type DriftFound, readDriftsFound } from '../../db/repositories/drifts-found.ts';
import {
  enrolledMembers,
  type LivenessAges,
  type LivenessRow,
  listMembers,
  type MemberRow,
  readLiveness,
} from '../../db/repositories/members.ts';
import { getPool, listPools, type PoolRow, readShownStatuses, readStatuses } from '../../db/repositories/pools.ts';
import { type PresentPromotion, presentPromotions } from '../../db/repositories/promotions.ts';
import type { Database } from '../../db/schema.ts';

/** Everything the views of one pool are made of, read at one moment. */
export interface PoolSnapshot<Evidence = ShownEvidence> {
  readonly pool: PoolRow;
  readonly members: readonly MemberRow[];
  readonly enrolled: ReadonlySet<string>;
  readonly liveness: ReadonlyMap<string, Heard>;
  readonly bindings: readonly BindingRow[];
  /** What was found at names in drift, by binding id. */
  readonly drifts: ReadonlyMap<string, DriftFound>;
  /** The promotion that made the present epoch, with the addresses that its names shall answer (R17); null while nobody is active. */
  readonly desired: PresentPromotion | null;
  /** Null until a failover loop has judged the pool. */
  readonly judged: Judged<Evidence> | null;
  readonly at: Date;
}

export type Heard = LivenessRow & LivenessAges;

/** What views of many pools show of the evidence, which is large. */
type ShownEvidence = Pick<PoolEvidence, 'listening'>;

interface Judged<Evidence> {
  readonly judgement: Judgement;
  readonly evidence: Evidence;
  readonly frozenTicks: number;
  readonly at: Date;
}

/** The pools with these ids, or all. */
export function readSnapshots(
  db: Kysely<Database>,
  now: Date,
  ids: 'all' | ReadonlySet<string>,
): Promise<PoolSnapshot[]> {
  const find = async (trx: Transaction<Database>) => {
    const pools = await listPools(trx);
    return ids === 'all' ? pools : pools.filter(({ id }) => ids.has(id));
  };
  return snapshotsOf(db, now, find, readShownStatuses);
}

/** One pool's snapshot, with its whole evidence. Throws `pool_not_found`. */
export async function readSnapshot(db: Kysely<Database>, now: Date, ref: string): Promise<PoolSnapshot<PoolEvidence>> {
  const find = async (trx: Transaction<Database>) => [await getPool(trx, ref)];
  const [snapshot] = await snapshotsOf<PoolEvidence>(db, now, find, readStatuses);
  if (snapshot === undefined) throw new Error('getPool throws before this');
  return snapshot;
}

/** From one snapshot of the database: no view shows an active member that its list lacks. */
function snapshotsOf<Evidence>(
  db: Kysely<Database>,
  now: Date,
  find: (trx: Transaction<Database>) => Promise<PoolRow[]>,
  statusesOf: typeof readStatuses | typeof readShownStatuses,
): Promise<PoolSnapshot<Evidence>[]> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      const pools = await find(trx);
      const only = pools.length === 1 ? pools[0]?.id : undefined;
      const members = Map.groupBy(await listMembers(trx, only), (member) => member.pool_id);
      const bindings = Map.groupBy(await listBindings(trx, only), (binding) => binding.pool_id);
      const hasDrift = [...bindings.values()].flat().some(({ state }) => state === 'drift');
      const drifts = hasDrift ? await readDriftsFound(trx, only) : new Map<string, DriftFound>();
      const desired = await presentPromotions(trx);
      const enrolled = await enrolledMembers(trx);
      const liveness = new Map((await readLiveness(trx)).map((row) => [row.member_id, row]));
      const statuses = new Map((await statusesOf(trx, only)).map((row) => [row.pool_id, row]));
      return pools.map((pool): PoolSnapshot<Evidence> => {
        const status = statuses.get(pool.id);
        return {
          pool,
          members: members.get(pool.id) ?? [],
          bindings: bindings.get(pool.id) ?? [],
          drifts,
          desired: desired.get(pool.id) ?? null,
          enrolled,
          liveness,
          at: now,
          // Written by our own loop from these very types; nobody else writes the table.
          judged:
            status === undefined
              ? null
              : ({ ...status, frozenTicks: status.frozen_ticks } as unknown as Judged<Evidence>),
        };
      });
    });
}
