import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../schema.ts';
import { listMembers, type MemberRow } from './members.ts';
import { listPools, type PoolRow } from './pools.ts';
import { type PresentAddresses, presentPromotions } from './promotions.ts';

/** Everything that the records are, at one moment. The credentials' secrets are never asked for. */
export interface RecordRows {
  readonly pools: readonly PoolRow[];
  readonly members: readonly MemberRow[];
  readonly names: readonly NameRow[];
  /** What the names of each pool shall answer, by pool id. */
  readonly desired: ReadonlyMap<string, PresentAddresses>;
}

export type NameRow = Awaited<ReturnType<typeof listNames>>[number];

export function readRecordRows(db: Kysely<Database>): Promise<RecordRows> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => ({
      pools: await listPools(trx),
      members: await listMembers(trx),
      names: await listNames(trx),
      desired: await presentPromotions(trx),
    }));
}

/** Managed names with their provider's settings, and the promotion whose write was acknowledged last. */
function listNames(trx: Transaction<Database>) {
  return trx
    .selectFrom('dns_binding as binding')
    .innerJoin('dns_credential as credential', 'credential.id', 'binding.credential_id')
    .leftJoin('promotion', (join) =>
      join.onRef('promotion.pool_id', '=', 'binding.pool_id').onRef('promotion.epoch', '=', 'binding.published_epoch'),
    )
    .leftJoin('promotion_step as step', (join) =>
      join
        .onRef('step.promotion_id', '=', 'promotion.id')
        .onRef('step.name', '=', 'binding.name')
        .onRef('step.type', '=', 'binding.type')
        .on('step.step', '=', 'acknowledged'),
    )
    .selectAll('binding')
    .select(['credential.settings', 'promotion.id as promotion_id', 'step.at as acknowledged_at'])
    .orderBy('binding.created_at')
    .orderBy('binding.name')
    .execute();
}
