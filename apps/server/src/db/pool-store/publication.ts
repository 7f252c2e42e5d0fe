import {
  AppError,
  type BindingId,
  desiredAddress,
  type Ipv4,
  type Ipv6,
  type Ipv6Policy,
  type PromotionId,
} from '@serverctl/core';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { DesiredRecord, PublicationUpdate } from '../../worker/ports.ts';
import { writeAudit } from '../repositories/audit.ts';
import type { Database } from '../schema.ts';
import { toBinding } from './rows.ts';

/**
 * What the names shall answer now: the address that the present epoch's promotion was decided with. An address that changes afterwards,
 * by the agent's word or where we see it from, waits for the next promotion: no record moves without a decision (R16, R17).
 */
export async function readDesired(
  kysely: Kysely<Database>,
  bindingIds: readonly BindingId[],
): Promise<ReadonlyMap<BindingId, DesiredRecord>> {
  const rows = await kysely
    .selectFrom('dns_binding as binding')
    .innerJoin('pool', 'pool.id', 'binding.pool_id')
    .innerJoin('promotion', (join) =>
      join
        .onRef('promotion.pool_id', '=', 'pool.id')
        .onRef('promotion.epoch', '=', 'pool.epoch')
        .onRef('promotion.to_member_id', '=', 'pool.active_member_id'),
    )
    .selectAll('binding')
    .select(['pool.epoch as desired_epoch', 'pool.paused_epoch', 'pool.ipv6'])
    .select(['promotion.id as promotion_id', 'promotion.address', 'promotion.address6'])
    .select(({ exists, selectFrom }) =>
      exists(
        selectFrom('dns_binding as sibling')
          .select('sibling.id')
          .whereRef('sibling.pool_id', '=', 'binding.pool_id')
          .whereRef('sibling.name', '=', 'binding.name')
          .where('sibling.type', '=', 'A')
          .where('sibling.published_epoch', '>', 0),
      ).as('has_published_a'),
    )
    .where(sql<boolean>`binding.id = ANY(${bindingIds})`)
    .execute();
  return new Map(
    rows.flatMap((row) => {
      const binding = toBinding(row);
      const promoted = { address: row.address as Ipv4 | null, address6: row.address6 as Ipv6 | null };
      const address = desiredAddress(binding, promoted, {
        ipv6: row.ipv6 as Ipv6Policy,
        hasPublishedA: row.has_published_a === true,
      });
      if (address === undefined) return [];
      const wish: DesiredRecord = {
        binding,
        address,
        epoch: row.desired_epoch,
        promotionId: row.promotion_id as PromotionId,
        pausedEpoch: row.paused_epoch,
      };
      return [[binding.id, wish] as const];
    }),
  );
}

/**
 * Keeps how publishing went. The report of a superseded epoch still completes its own promotion's timeline and says what the provider
 * holds, but no longer what the name's state is. Resolves as `PoolStore.recordPublication` says.
 */
export function recordPublication(kysely: Kysely<Database>, update: PublicationUpdate): Promise<number> {
  return kysely.transaction().execute(async (trx) => {
    const binding = await trx
      .selectFrom('dns_binding')
      .innerJoin('pool', 'pool.id', 'dns_binding.pool_id')
      .select(['dns_binding.pool_id', 'dns_binding.name', 'dns_binding.type'])
      .select(['dns_binding.published_epoch', 'pool.epoch'])
      .where('dns_binding.id', '=', update.bindingId)
      .forUpdate('dns_binding')
      .executeTakeFirst();
    if (binding === undefined) throw new AppError('binding_not_found', { binding: update.bindingId });
    if (update.step === 'acknowledged' && update.epoch >= binding.published_epoch)
      await trx
        .updateTable('dns_binding')
        .set({
          published_epoch: update.epoch,
          published_address: update.address,
          take_over: false,
          take_over_mark: null,
          old_ttl_until: oldTtlUntil(update.previousTtlSeconds),
          ...(update.epoch > binding.published_epoch && oldAnswerUntil(update)),
        })
        .where('id', '=', update.bindingId)
        .execute();
    if (update.repaired === true)
      await writeAudit(trx, {
        actor: 'loop',
        action: 'record.repair',
        target: binding.name,
        poolId: binding.pool_id,
        details: { type: binding.type, address: update.address, epoch: update.epoch },
      });
    if (update.epoch >= binding.epoch)
      await trx
        .updateTable('dns_binding')
        .set({
          state: update.state,
          servers: JSON.stringify(update.servers),
          error: update.error === null ? null : JSON.stringify(update.error),
          changed_at: sql`clock_timestamp()`,
        })
        .where('id', '=', update.bindingId)
        .execute();
    return completeSteps(trx, update, binding);
  });
}

/** Never earlier than an earlier write left it: what that one replaced may still be in a cache. */
function oldTtlUntil(replacedTtlSeconds: number | null = null) {
  return sql<Date | null>`greatest(old_ttl_until, clock_timestamp() + make_interval(secs => ${replacedTtlSeconds}))`;
}

/** Of the first acknowledgement under an epoch. One that replaced no answer leaves those that an earlier one did. */
function oldAnswerUntil({ oldAnswerTtlSeconds = null }: PublicationUpdate) {
  return oldAnswerTtlSeconds === null ? {} : { old_answer_until: oldTtlUntil(oldAnswerTtlSeconds) };
}

interface Named {
  readonly pool_id: string;
  readonly name: string;
  readonly type: string;
}

/** A step is measured once, the first time it is reported. */
async function completeSteps(
  trx: Transaction<Database>,
  { step, epoch, bindingId }: PublicationUpdate,
  { pool_id, name, type }: Named,
): Promise<number> {
  if (step === null) return 0;
  if (step === 'old-ttl-elapsed') return oldAnswerElapsed(trx, bindingId, epoch);
  await sql`
    INSERT INTO promotion_step (promotion_id, step, name, type, at)
    SELECT id, ${step}, ${name}, ${type}, clock_timestamp()
    FROM promotion WHERE pool_id = ${pool_id} AND epoch = ${epoch}
    ON CONFLICT DO NOTHING`.execute(trx);
  return 0;
}

/**
 * Of the answer that the epoch's first write replaced, and under the time up to which a cache could keep it: later writes under the epoch
 * are verified anew, and may report it later. It is reported by what the provider acknowledged and kept by when that was stored: a second's
 * difference is taken, and where storing took longer, as after an outage, it waits for what is left.
 */
async function oldAnswerElapsed(trx: Transaction<Database>, bindingId: string, epoch: number): Promise<number> {
  const { rows } = await sql<{ left_ms: number }>`
    WITH elapsing AS MATERIALIZED (
      SELECT written.promotion_id, written.name, written.type, binding.old_answer_until AS until,
        answered.at - written.at AS answered_after, clock_timestamp() AS now
      FROM dns_binding AS binding
      JOIN promotion ON promotion.pool_id = binding.pool_id AND promotion.epoch = binding.published_epoch
      JOIN promotion_step AS written ON written.promotion_id = promotion.id AND written.step = 'acknowledged'
        AND written.name = binding.name AND written.type = binding.type
      JOIN promotion_step AS answered ON answered.promotion_id = promotion.id AND answered.step = 'all-answered'
        AND answered.name = binding.name AND answered.type = binding.type
      WHERE binding.id = ${bindingId} AND binding.published_epoch = ${epoch} AND binding.old_answer_until > written.at
    ), kept AS (
      INSERT INTO promotion_step (promotion_id, step, name, type, at)
      SELECT promotion_id, 'old-ttl-elapsed', name, type, least(now, until + answered_after)
      FROM elapsing WHERE until < now + interval '1 second'
      ON CONFLICT DO NOTHING
    )
    SELECT (extract(epoch FROM until - now) * 1000)::float8 AS left_ms
    FROM elapsing WHERE until >= now + interval '1 second'`.execute(trx);
  return rows[0]?.left_ms ?? 0;
}
