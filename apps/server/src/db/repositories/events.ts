import { type EventKind, type EventSeverity, eventCatalogue } from '@serverctl/core';
import { sql, type Transaction } from 'kysely';
import type { Database } from '../schema.ts';
import { type Choice, queueDeliveries } from './deliveries-queue.ts';
import { heldFloor } from './event-order.ts';

/** Something people want to know; the event log keeps it for 90 days and `serverctl watch` shows it. */
export interface EventInput {
  readonly kind: EventKind;
  readonly severity: EventSeverity;
  readonly poolId?: string | null;
  readonly memberId?: string | null;
  readonly sentence: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** For the event log alone: no channel is told. */
  readonly quiet?: boolean;
}

/** What is known of an event that was on its way to people before it could be written. */
export interface EventAhead {
  /** What receivers know it by. */
  readonly noticeId: string;
  readonly happenedAt: Date;
  /** Channels that were told already, and what they answered. */
  readonly told: ReadonlyMap<string, string>;
  /** Channels that are just being told. */
  readonly underWay: ReadonlySet<string>;
}

/** What the statement below says of the event's surroundings, once for each channel. */
interface Written extends Choice {
  readonly seq: number;
  readonly notice_id: string;
  readonly happened_at: Date;
  readonly pool: string | null;
  readonly member: string | null;
}

/**
 * Writes one event, and a delivery for each channel that shall hear of it, with the change: all or nothing.
 * Readers are told at commit by NOTIFY `event`, and of nothing above this event before that (event-order.ts). Nobody waits for a channel here, not even for one that is being removed (SKIP LOCKED): a
 * promotion writes its event so as well. Returns the event's number: of a notice that was written before, though nobody heard of that
 * commit, the number that it has, and nothing is written.
 */
export async function writeEvent(trx: Transaction<Database>, event: EventInput, ahead?: EventAhead): Promise<number> {
  const poolId = event.poolId ?? null;
  const memberId = event.memberId ?? null;
  const details = event.details ?? {};
  const { rows } = await sql<Written>`
    WITH floor AS MATERIALIZED (${heldFloor}),
    written AS (
      INSERT INTO event (kind, severity, pool_id, member_id, sentence, details, notice_id)
      SELECT ${event.kind}, ${event.severity}, ${poolId}, ${memberId}, ${event.sentence}, ${JSON.stringify(details)}::jsonb,
        ${ahead?.noticeId ?? null} FROM floor
      ON CONFLICT (notice_id) WHERE notice_id IS NOT NULL DO NOTHING
      RETURNING seq, at)
    SELECT written.seq,
      coalesce(${ahead?.noticeId ?? null}::text, replace(gen_random_uuid()::text, '-', '')) AS notice_id,
      coalesce(${ahead?.happenedAt ?? null}::timestamptz, written.at) AS happened_at,
      (SELECT name FROM pool WHERE id = ${poolId}) AS pool,
      (SELECT hostname FROM member WHERE id = ${memberId}) AS member,
      channel.id, channel.least_severity, channel.kinds, channel.pool_ids
    FROM written LEFT JOIN (
      SELECT id, least_severity, kinds, pool_ids FROM notification_channel
      WHERE disabled_at IS NULL FOR KEY SHARE SKIP LOCKED) AS channel ON true`.execute(trx);
  const [first] = rows;
  if (first === undefined) return seqOfNotice(trx, ahead);
  if (event.quiet === true || eventCatalogue[event.kind].isQuiet === true) return first.seq;
  await queueDeliveries(trx, rows, {
    id: first.notice_id,
    happenedAt: first.happened_at,
    told: ahead?.told ?? new Map(),
    underWay: ahead?.underWay ?? new Set(),
    notice: {
      kind: event.kind,
      severity: event.severity,
      sentence: event.sentence,
      poolId,
      memberId,
      details,
      pool: first.pool,
      member: first.member,
    },
  });
  return first.seq;
}

/** Its deliveries were committed with it. */
async function seqOfNotice(trx: Transaction<Database>, ahead: EventAhead | undefined): Promise<number> {
  if (ahead === undefined) throw new Error('an event was not written');
  const { seq } = await trx
    .selectFrom('event')
    .select('seq')
    .where('notice_id', '=', ahead.noticeId)
    .executeTakeFirstOrThrow();
  return seq;
}
