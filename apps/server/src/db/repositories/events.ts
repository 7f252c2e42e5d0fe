import type { Kysely } from 'kysely';
import type { Severity } from '../../worker/ports.ts';
import type { Database } from '../schema.ts';

/** Something people want to know; the event log keeps it for 90 days and `serverctl watch` shows it. */
export interface EventInput {
  readonly kind: string;
  readonly severity: Severity;
  readonly poolId?: string | null;
  readonly memberId?: string | null;
  readonly sentence: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Writes one event, in the change's transaction where there is one; readers are told at commit by NOTIFY `event`. Returns its number. */
export async function writeEvent(trx: Kysely<Database>, event: EventInput): Promise<number> {
  const { seq } = await trx
    .insertInto('event')
    .values({
      kind: event.kind,
      severity: event.severity,
      pool_id: event.poolId ?? null,
      member_id: event.memberId ?? null,
      sentence: event.sentence,
      details: JSON.stringify(event.details ?? {}),
    })
    .returning('seq')
    .executeTakeFirstOrThrow();
  return seq;
}
