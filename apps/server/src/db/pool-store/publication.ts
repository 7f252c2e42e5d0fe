import { AppError, type BindingId, type Ipv4, type PromotionId } from '@serverctl/core';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { DesiredRecord, PublicationUpdate } from '../../worker/ports.ts';
import { writeAudit } from '../repositories/audit.ts';
import type { Database } from '../schema.ts';
import { toBinding } from './rows.ts';

/**
 * What the name shall answer now: the address that the present epoch's promotion was decided with. An address that changes afterwards,
 * by the agent's word or where we see it from, waits for the next promotion: no record moves without a decision (R16, R17).
 */
export async function readDesired(kysely: Kysely<Database>, bindingId: BindingId): Promise<DesiredRecord | null> {
  const row = await kysely
    .selectFrom('dns_binding as binding')
    .innerJoin('pool', 'pool.id', 'binding.pool_id')
    .innerJoin('promotion', (join) =>
      join
        .onRef('promotion.pool_id', '=', 'pool.id')
        .onRef('promotion.epoch', '=', 'pool.epoch')
        .onRef('promotion.to_member_id', '=', 'pool.active_member_id'),
    )
    .selectAll('binding')
    .select(['pool.epoch as desired_epoch', 'pool.paused_epoch'])
    .select(['promotion.id as promotion_id', 'promotion.address'])
    .where('binding.id', '=', bindingId)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    binding: toBinding(row),
    address: row.address as Ipv4,
    epoch: row.desired_epoch,
    promotionId: row.promotion_id as PromotionId,
    pausedEpoch: row.paused_epoch,
  };
}

/**
 * Keeps how publishing went. The report of a superseded epoch still completes its own promotion's timeline and says what the provider
 * holds, but no longer what the name's state is.
 */
export function recordPublication(kysely: Kysely<Database>, update: PublicationUpdate): Promise<void> {
  return kysely.transaction().execute(async (trx) => {
    const binding = await trx
      .selectFrom('dns_binding')
      .innerJoin('pool', 'pool.id', 'dns_binding.pool_id')
      .select(['dns_binding.pool_id', 'dns_binding.name', 'dns_binding.published_epoch', 'pool.epoch'])
      .where('dns_binding.id', '=', update.bindingId)
      .forUpdate('dns_binding')
      .executeTakeFirst();
    if (binding === undefined) throw new AppError('binding_not_found', { binding: update.bindingId });
    if (update.step === 'acknowledged' && update.epoch >= binding.published_epoch)
      await trx
        .updateTable('dns_binding')
        .set({ published_epoch: update.epoch, published_address: update.address, take_over: false })
        .where('id', '=', update.bindingId)
        .execute();
    if (update.repaired === true)
      await writeAudit(trx, {
        actor: 'loop',
        action: 'record.repair',
        target: binding.name,
        poolId: binding.pool_id,
        details: { address: update.address, epoch: update.epoch },
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
    await completeSteps(trx, update, binding);
  });
}

/** A step is measured once, the first time it is reported. */
async function completeSteps(
  trx: Transaction<Database>,
  { step, epoch }: PublicationUpdate,
  { pool_id, name }: { pool_id: string; name: string },
): Promise<void> {
  if (step === null) return;
  await sql`
    INSERT INTO promotion_step (promotion_id, step, name, at)
    SELECT id, ${step}, ${name}, clock_timestamp()
    FROM promotion WHERE pool_id = ${pool_id} AND epoch = ${epoch}
    ON CONFLICT DO NOTHING`.execute(trx);
}
