import type { MemberMaintained, MemberMaintenanceInput, MemberView } from '@serverctl/contract';
import { AppError, minuteMs, type PromotionId } from '@serverctl/core';
import type { Transaction } from 'kysely';
import type { z } from 'zod';
import { promoteWithin } from '../../db/pool-store/promote.ts';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { endMemberMaintenance, setMemberMaintenance } from '../../db/repositories/maintenance.ts';
import { getMember } from '../../db/repositories/members.ts';
import { getPool, lockPool } from '../../db/repositories/pools.ts';
import type { Database } from '../../db/schema.ts';
import { byWhom } from '../by-whom.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { checkedMaintenance, minutesText } from '../pools/maintenance.ts';
import { asTheyStand } from '../promotions/as-they-stand.ts';
import { readPromotionView } from '../promotions/read-promotions.ts';
import { personsPromotion } from '../promotions/record-promotion.ts';
import { inTransaction } from '../transaction.ts';
import { getMemberView, type MemberRefs } from './member-service.ts';
import { planSwitchFirst, type SwitchFirst } from './switch-first.ts';

/*
 * A member goes into maintenance (R13); it is no candidate then, and as the active one nothing moves the records away from it:
 *
 *   a standby                             | in maintenance
 *   active, in maintenance already        | extended, whoever was asked before
 *   active, nothing said                  | maintenance_on_active, with who would take its place
 *   active, stay                          | in maintenance, the records stay
 *   active, switch                        | a switchover to the next ready standby and the maintenance, both or neither
 */

type Input = z.output<typeof MemberMaintenanceInput>;

/**
 * Throws `maintenance_invalid`, `maintenance_on_active`, `pool_changed`, or why nobody can take over (`no_ready_standby`, `pool_paused` …).
 * With `preview` nothing changes.
 */
export async function maintainMember(
  deps: ServiceDeps,
  caller: Caller,
  refs: MemberRefs,
  input: Input,
): Promise<MemberMaintained> {
  const { minutes, reason } = checkedMaintenance(input);
  if (input.preview) return previewMaintenance(deps, refs, input);
  const { poolId, memberId, preview, switched } = await inTransaction(deps.db, async (trx) => {
    const pool = await lockPool(trx, refs.poolId);
    const member = await getMember(trx, pool.id, refs.memberId);
    const isActive = pool.active_member_id === member.id;
    const move = isActive ? await planSwitchFirst({ db: trx, clock: deps.clock }, member, input) : null;
    const switched = move === null ? null : await switchOver(deps, trx, caller, move);
    await setMemberMaintenance(trx, member.id, { forMs: minutes * minuteMs, reason });
    await writeAudit(trx, {
      ...caller,
      action: 'member.maintenance',
      target: member.id,
      poolId: pool.id,
      reason,
      details: {
        minutes,
        replaced: member.maintenance_until?.toISOString() ?? null,
        onActive: isActive ? (input.onActive ?? null) : null,
      },
    });
    const sentence = `${member.hostname} is in maintenance for ${minutesText(minutes)}, by ${byWhom(caller)}: ${reason}`;
    await writeEvent(trx, {
      kind: 'member.maintenance',
      severity: isActive && switched === null ? 'warning' : 'info',
      poolId: pool.id,
      memberId: member.id,
      sentence,
      details: { reason },
    });
    return { poolId: pool.id, memberId: member.id, preview: move?.preview ?? null, switched };
  });
  return {
    member: await getMemberView(deps, { poolId, memberId }),
    preview,
    promotion: switched === null ? null : await readPromotionView(deps, poolId, switched),
  };
}

async function switchOver(
  deps: Pick<ServiceDeps, 'random'>,
  trx: Transaction<Database>,
  caller: Caller,
  { wish }: SwitchFirst,
): Promise<PromotionId> {
  const promotion = personsPromotion(deps, caller, wish);
  await promoteWithin(trx, promotion);
  return promotion.id;
}

/** What a switch would move; nothing is changed. */
async function previewMaintenance(deps: ServiceDeps, refs: MemberRefs, input: Input): Promise<MemberMaintained> {
  const pool = await getPool(deps.db, refs.poolId);
  const member = await getMember(deps.db, pool.id, refs.memberId);
  const move = pool.active_member_id === member.id ? await planSwitchFirst(deps, member, input) : null;
  const view = await getMemberView(deps, { poolId: pool.id, memberId: member.id });
  const preview = move === null ? null : await asTheyStand(deps, pool.id, move.preview);
  return { member: view, preview, promotion: null };
}

/**
 * Ends a member's maintenance; its silence and trouble start at zero then. It goes by the row, as `stopPoolMaintenance` does. The audit log
 * says who did it; that it is over is told by the failover loop, as of one that expires. Throws `not_in_maintenance`.
 */
export async function stopMemberMaintenance(deps: ServiceDeps, caller: Caller, refs: MemberRefs): Promise<MemberView> {
  const ids = await inTransaction(deps.db, async (trx) => {
    const pool = await lockPool(trx, refs.poolId);
    const { id, hostname, maintenance_until: until } = await getMember(trx, pool.id, refs.memberId);
    if (until === null) throw new AppError('not_in_maintenance', { member: hostname });
    await endMemberMaintenance(trx, id);
    await writeAudit(trx, {
      ...caller,
      action: 'member.maintenance-end',
      target: id,
      poolId: pool.id,
      details: { wouldHaveLastedUntil: until.toISOString() },
    });
    return { poolId: pool.id, memberId: id };
  });
  return getMemberView(deps, ids);
}
