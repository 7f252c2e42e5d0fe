import type { Removed } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { getMember, retireMember } from '../../db/repositories/members.ts';
import { lockPool, updatePool } from '../../db/repositories/pools.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { inTransaction } from '../transaction.ts';
import type { MemberRefs } from './member-service.ts';

/**
 * A standby goes: its key is revoked, its history stays. The active member goes only with `releaseRecord`: then nobody is active any more,
 * the records stay as they are, and the epoch keeps its value, so that the next first publish fences what was written before (R16).
 */
export async function removeMember(
  deps: ServiceDeps,
  caller: Caller,
  refs: MemberRefs,
  { releaseRecord }: { readonly releaseRecord: boolean },
): Promise<Removed> {
  return inTransaction(deps.db, async (trx) => {
    const pool = await lockPool(trx, refs.poolId);
    const member = await getMember(trx, pool.id, refs.memberId);
    const isActive = pool.active_member_id === member.id;
    if (isActive && !releaseRecord)
      throw new AppError('member_is_active', { member: member.hostname, pool: pool.name });
    if (isActive) await updatePool(trx, pool.id, { active_member_id: null });
    await retireMember(trx, member.id);
    await writeAudit(trx, {
      ...caller,
      action: 'member.remove',
      target: member.id,
      poolId: pool.id,
      details: { hostname: member.hostname, recordReleased: isActive },
    });
    await writeEvent(trx, {
      kind: 'member.removed',
      severity: isActive ? 'warning' : 'info',
      poolId: pool.id,
      memberId: member.id,
      sentence: isActive
        ? `${member.hostname}, the active member, was removed; its records stay as they are and are no longer managed.`
        : `${member.hostname} was removed from ${pool.name}.`,
    });
    return { removed: member.id };
  });
}
