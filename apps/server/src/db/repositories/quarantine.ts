import type { MemberId, PoolId } from '@serverctl/core';
import { sql, type Transaction } from 'kysely';
import type { Database } from '../schema.ts';
import { writeAudit } from './audit.ts';
import { writeEvent } from './events.ts';

/** How two hosts with one key were told apart (R35). */
export type QuarantineReason = 'two-runs' | 'two-sequences';

const words: Readonly<Record<QuarantineReason, string>> = {
  'two-runs': 'two runs of its agent take boots from each other in turn',
  'two-sequences': 'two sequences of heartbeats rise in turn within one boot',
};

/**
 * Quarantines the member, once, with audit entry and event in the change's transaction (R35, I17): it is no candidate and gets no jobs,
 * and keeps the active role if it has it. False when it is quarantined already, or gone.
 */
export async function quarantineMember(
  trx: Transaction<Database>,
  memberId: MemberId,
  reason: QuarantineReason,
): Promise<boolean> {
  const { rows } = await sql<{ pool_id: PoolId; hostname: string }>`
    UPDATE member SET quarantined_at = now(), quarantine_reason = ${words[reason]}
    WHERE id = ${memberId} AND quarantined_at IS NULL AND removed_at IS NULL
    RETURNING pool_id, hostname`.execute(trx);
  const [member] = rows;
  if (member === undefined) return false;
  const { pool_id: poolId, hostname } = member;
  const details = { reason };
  await writeAudit(trx, { actor: 'system', action: 'member.quarantine', target: memberId, poolId, details });
  const sentence = `Two hosts use the key of ${hostname}: ${words[reason]}. It is quarantined: no candidate until the right host is enrolled again, or a person clears it.`;
  await writeEvent(trx, { kind: 'member.quarantined', severity: 'critical', poolId, memberId, sentence, details });
  return true;
}

/**
 * Ends a quarantine and forgets what led to it. Whoever asks writes the audit entry of the act that it is part of. False when there was
 * none.
 */
export async function clearQuarantine(trx: Transaction<Database>, memberId: string): Promise<boolean> {
  const { rows } = await sql`
    UPDATE member SET quarantined_at = NULL, quarantine_reason = NULL, boot_lines = '[]'
    WHERE id = ${memberId} AND quarantined_at IS NOT NULL RETURNING id`.execute(trx);
  return rows.length > 0;
}
