import type { AllowInput, MemberView } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import type { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { getMember, readLiveness, updateMember } from '../../db/repositories/members.ts';
import { lockPool } from '../../db/repositories/pools.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { inTransaction } from '../transaction.ts';
import { refusalOf } from '../views/member-view.ts';
import { checkedSettings, columnsOf, getMemberView, type MemberRefs } from './member-service.ts';
import { settingsIn } from './set-member.ts';

/**
 * The host is seen from a new address, as after a change of its NAT: allows exactly that one beside the others. Only what its last beat was
 * refused for can be allowed here, so nobody allows an address unseen. Throws `member_not_refused`,
 * `member_refused_for_hostname`, or `egress_invalid` when the list is full.
 */
export async function allowAddress(
  deps: ServiceDeps,
  caller: Caller,
  refs: MemberRefs,
  { address }: z.output<typeof AllowInput>,
): Promise<MemberView> {
  const ids = await inTransaction(deps.db, async (trx) => {
    const pool = await lockPool(trx, refs.poolId);
    const member = await getMember(trx, pool.id, refs.memberId);
    const [liveness] = await readLiveness(trx, member.id);
    const refusal = refusalOf(liveness);
    if (refusal?.because === 'hostname') {
      throw new AppError('member_refused_for_hostname', { member: member.hostname, seen: refusal.seen });
    }
    const seen = refusal?.seen ?? null;
    if (seen === null || (address !== undefined && address.toLowerCase() !== seen)) {
      throw new AppError('member_not_refused', { member: member.hostname, seen });
    }
    const before = settingsIn(member);
    const after = checkedSettings(before, { allowedEgress: [...before.allowedEgress, seen] });
    await updateMember(trx, member.id, columnsOf(after));
    await writeAudit(trx, {
      ...caller,
      action: 'member.allow',
      target: member.id,
      poolId: pool.id,
      details: { address: seen, before: before.allowedEgress },
    });
    const sentence = `${member.hostname} may be seen from ${seen} from now on.`;
    const event = { kind: 'member.changed', severity: 'info', sentence } as const;
    await writeEvent(trx, { ...event, poolId: pool.id, memberId: member.id });
    return { poolId: pool.id, memberId: member.id };
  });
  return getMemberView(deps, ids);
}
