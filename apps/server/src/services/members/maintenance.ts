import type { MemberMaintained, MemberMaintenanceInput, MemberView } from '@serverctl/contract';
import { AppError, judgeSwitchover, minuteMs, type PoolEvidence } from '@serverctl/core';
import type { Transaction } from 'kysely';
import type { z } from 'zod';
import { promoteWithin } from '../../db/pool-store/promote.ts';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { endMemberMaintenance, setMemberMaintenance } from '../../db/repositories/maintenance.ts';
import { getMember, type MemberRow } from '../../db/repositories/members.ts';
import { lockPool } from '../../db/repositories/pools.ts';
import type { Database } from '../../db/schema.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { checkedMaintenance, minutesText } from '../pools/maintenance.ts';
import { freshEvidence } from '../promotions/fresh-evidence.ts';
import { readMaintenanceLeft } from '../promotions/maintenance-left.ts';
import { readPromotionView } from '../promotions/read-promotions.ts';
import { personsPromotion, tellChannels } from '../promotions/record-promotion.ts';
import type { Settled } from '../records/settle.ts';
import { inTransaction } from '../transaction.ts';
import { getMemberView, type MemberRefs } from './member-service.ts';

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

/** Throws `maintenance_invalid`, `maintenance_on_active`, or why nobody can take over (`no_ready_standby`, `pool_paused` …). */
export async function maintainMember(
  deps: ServiceDeps,
  caller: Caller,
  refs: MemberRefs,
  input: Input,
): Promise<MemberMaintained> {
  const { minutes, reason } = checkedMaintenance(input);
  const { poolId, memberId, switched } = await inTransaction(deps.db, async (trx) => {
    const pool = await lockPool(trx, refs.poolId);
    const member = await getMember(trx, pool.id, refs.memberId);
    const isActive = pool.active_member_id === member.id;
    const switched = isActive ? await switchFirst(deps, trx, caller, member, input) : null;
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
    const sentence = `${member.hostname} is in maintenance for ${minutesText(minutes)}: ${reason}`;
    const event = { kind: 'member.maintenance', poolId: pool.id, memberId: member.id, sentence, details: { reason } };
    await writeEvent(trx, { ...event, severity: isActive && switched === null ? 'warning' : 'info' });
    return { poolId: pool.id, memberId: member.id, switched };
  });
  if (switched !== null) tellChannels(deps, switched.promotion, switched.epoch);
  return {
    member: await getMemberView(deps, { poolId, memberId }),
    promotion: switched === null ? null : await readPromotionView(deps, poolId, switched.promotion.id),
  };
}

/** What happens to the records before the active member's maintenance begins; null = they stay. */
async function switchFirst(
  deps: Pick<ServiceDeps, 'random'>,
  trx: Transaction<Database>,
  caller: Caller,
  member: MemberRow,
  { onActive, reason }: Input,
): Promise<Settled | null> {
  const evidence = await freshEvidence(trx, member.pool_id);
  if (onActive === undefined) {
    if (isMaintained(evidence, member)) return null;
    throw onActiveUnsaid(evidence, member);
  }
  if (onActive === 'stay') return null;
  const wish = judgeSwitchover(evidence, 'next', { confirmNotReady: false });
  if (wish.kind === 'refuse') throw new AppError(wish.code, wish.details);
  const { from, to, sentence } = wish;
  const promotion = personsPromotion(deps, caller, { kind: 'switchover', evidence, from, to, sentence, reason });
  return { promotion, epoch: await promoteWithin(trx, promotion) };
}

function isMaintained({ members }: PoolEvidence, { id }: MemberRow): boolean {
  return (members.find((member) => member.id === id)?.maintenanceLeftMs ?? null) !== null;
}

function onActiveUnsaid(evidence: PoolEvidence, { hostname }: MemberRow): AppError {
  const wish = judgeSwitchover(evidence, 'next', { confirmNotReady: false });
  const next = wish.kind === 'ok' ? evidence.members.find((member) => member.id === wish.to) : undefined;
  const because =
    wish.kind === 'ok'
      ? `switch makes ${next?.hostname ?? wish.to} active first; stay leaves the records at ${hostname}`
      : `stay leaves the records at ${hostname}; switch cannot be chosen now: ${new AppError(wish.code).message}`;
  return new AppError('maintenance_on_active', { member: hostname, next: next?.hostname ?? null, because });
}

/** Ends a member's maintenance before its time; its silence and trouble start at zero then. Throws `not_in_maintenance`. */
export async function stopMemberMaintenance(deps: ServiceDeps, caller: Caller, refs: MemberRefs): Promise<MemberView> {
  const ids = await inTransaction(deps.db, async (trx) => {
    const pool = await lockPool(trx, refs.poolId);
    const { id, hostname, maintenance_until: until } = await getMember(trx, pool.id, refs.memberId);
    const { memberMs } = await readMaintenanceLeft(trx, pool.id);
    if (!memberMs.has(id)) throw new AppError('not_in_maintenance', { member: hostname });
    await endMemberMaintenance(trx, id);
    await writeAudit(trx, {
      ...caller,
      action: 'member.maintenance-end',
      target: id,
      poolId: pool.id,
      details: { wouldHaveLastedUntil: until?.toISOString() ?? null },
    });
    const sentence = `A person ended the maintenance of ${hostname}.`;
    const event = { kind: 'member.maintenance-ended', severity: 'info', sentence } as const;
    await writeEvent(trx, { ...event, poolId: pool.id, memberId: id });
    return { poolId: pool.id, memberId: id };
  });
  return getMemberView(deps, ids);
}
