import type { MemberView, ReasonInput } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import type { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { getMember } from '../../db/repositories/members.ts';
import { lockPool } from '../../db/repositories/pools.ts';
import { clearQuarantine } from '../../db/repositories/quarantine.ts';
import { byWhom } from '../by-whom.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { inTransaction } from '../transaction.ts';
import { getMemberView, type MemberRefs } from './member-service.ts';

/** A person found out which of two hosts is the member (R35): it is judged like any other again. Throws `member_not_quarantined`. */
export async function clearMemberQuarantine(
  deps: ServiceDeps,
  caller: Caller,
  refs: MemberRefs,
  { reason }: z.output<typeof ReasonInput>,
): Promise<MemberView> {
  const about = await inTransaction(deps.db, async (trx) => {
    const pool = await lockPool(trx, refs.poolId);
    const member = await getMember(trx, pool.id, refs.memberId);
    if (member.quarantined_at === null) throw new AppError('member_not_quarantined', { member: member.hostname });
    await clearQuarantine(trx, member.id);
    await writeAudit(trx, {
      ...caller,
      action: 'member.clear-quarantine',
      target: member.id,
      poolId: pool.id,
      reason,
      details: { since: member.quarantined_at.toISOString(), wasBecause: member.quarantine_reason },
    });
    const sentence = `The quarantine of ${member.hostname} was cleared by ${byWhom(caller)}: ${reason}`;
    const about = { poolId: pool.id, memberId: member.id };
    await writeEvent(trx, {
      kind: 'member.quarantine-cleared',
      severity: 'info',
      sentence,
      details: { reason },
      ...about,
    });
    return about;
  });
  return getMemberView(deps, about);
}
