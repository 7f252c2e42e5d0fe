import type { Insertable, Transaction } from 'kysely';
import type { Database } from '../schema.ts';

/** One change of record, key, role, job or setting (I17), as it is kept for 400 days. */
export interface AuditInput {
  /** Who: `user:<e-mail address>`, `token:<name> of <owner>`, `host`, `link:<invitation id>`, `loop`, `agent:<member id>`, `system`. */
  readonly actor: string;
  /** What was done, verb last: `pool.create`, `member.remove`, `promotion.failover`. */
  readonly action: string;
  /** What it was done to: an id, or a name where there is no id. */
  readonly target: string;
  readonly poolId?: string | null;
  readonly reason?: string | null;
  readonly requestId?: string | null;
  /** Safe values only: never a secret (I16). */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Writes the audit entry of a change. Takes a transaction and nothing less, since it must be that of the change (R41). Returns its number. */
export async function writeAudit(trx: Transaction<Database>, entry: AuditInput): Promise<number> {
  const { seq } = await trx
    .insertInto('audit_entry')
    .values(auditRow(entry))
    .returning('seq')
    .executeTakeFirstOrThrow();
  return seq;
}

/** The entry as a row, for a statement that writes the change itself. */
export function auditRow(entry: AuditInput): Insertable<Database['audit_entry']> {
  return {
    actor: entry.actor,
    action: entry.action,
    target: entry.target,
    pool_id: entry.poolId ?? null,
    reason: entry.reason ?? null,
    request_id: entry.requestId ?? null,
    details: JSON.stringify(entry.details ?? {}),
  };
}
