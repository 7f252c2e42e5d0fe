import { type Kysely, type Selectable, sql } from 'kysely';
import type { Database } from '../schema.ts';
import { dueIn, type StoredNotice, takenForSeconds } from './deliveries-queue.ts';

export type DeliveryRow = Selectable<Database['notification_delivery']>;

/*
 * A pending delivery is due at `next_attempt_at`. Whoever takes it moves that on for as long as an attempt may take, so that no other
 * replica takes it meanwhile, and that it comes back by itself when its taker dies. A due time further away than it was set is the work of a
 * wall clock that was put back, and is due now: whatever such a clock does, nothing waits longer than twice its pause.
 */

const isDue = sql<boolean>`(next_attempt_at <= clock_timestamp() OR next_attempt_at > clock_timestamp() + pause)`;

/** A delivery that its maker carries at once; one whose maker dies is taken up like any other. */
export function insertTest(
  db: Kysely<Database>,
  { id, channelId, notice }: { readonly id: string; readonly channelId: string; readonly notice: StoredNotice },
): Promise<DeliveryRow> {
  return db
    .insertInto('notification_delivery')
    .values({
      id,
      channel_id: channelId,
      kind: notice.kind,
      severity: notice.severity,
      notice: JSON.stringify(notice),
      happened_at: sql<Date>`clock_timestamp()` as unknown as Date,
      attempts: 1,
      ...dueIn(takenForSeconds),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Channels that something is due for, and not disabled. */
export async function dueChannels(db: Kysely<Database>): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('notification_delivery as delivery')
    .innerJoin('notification_channel as channel', 'channel.id', 'delivery.channel_id')
    .select('delivery.channel_id')
    .distinct()
    .where('delivery.state', '=', 'pending')
    .where('channel.disabled_at', 'is', null)
    .where(isDue)
    .execute();
  return rows.map(({ channel_id }) => channel_id);
}

/** Takes at most so many deliveries of one channel, the urgent and then the older ones first; each counts as an attempt from here on. */
export async function takeDeliveries(
  db: Kysely<Database>,
  channelId: string,
  most: number,
): Promise<readonly DeliveryRow[]> {
  const { rows } = await sql<DeliveryRow>`
    UPDATE notification_delivery AS delivery
    SET attempts = attempts + 1, next_attempt_at = clock_timestamp() + make_interval(secs => ${takenForSeconds}),
      pause = make_interval(secs => ${takenForSeconds})
    FROM (
      SELECT id FROM notification_delivery
      WHERE channel_id = ${channelId} AND state = 'pending' AND ${isDue}
      ORDER BY severity = 'critical' DESC, seq LIMIT ${most}
      FOR UPDATE SKIP LOCKED) AS due
    WHERE delivery.id = due.id RETURNING delivery.*`.execute(db);
  return rows;
}

/** How long until the next one is due, by the database's clock; null = none waits. */
export async function nextDueInMs(db: Kysely<Database>): Promise<number | null> {
  const { rows } = await sql<{ ms: number | null }>`
    SELECT (extract(epoch FROM min(delivery.next_attempt_at) - clock_timestamp()) * 1000)::float8 AS ms
    FROM notification_delivery AS delivery JOIN notification_channel AS channel ON channel.id = delivery.channel_id
    WHERE delivery.state = 'pending' AND channel.disabled_at IS NULL`.execute(db);
  return rows[0]?.ms ?? null;
}

/** What came of an attempt: over, or to be tried again in so many ms. Nothing for one that is over already, dropped or told otherwise. */
export async function noteAttempt(
  db: Kysely<Database>,
  id: string,
  { answer, next }: { readonly answer: string; readonly next: 'delivered' | 'failed' | { readonly inMs: number } },
): Promise<void> {
  const isOver = typeof next === 'string';
  await db
    .updateTable('notification_delivery')
    .set(
      isOver
        ? { answer, state: next, next_attempt_at: null, finished_at: sql<Date>`clock_timestamp()` }
        : { answer, ...dueIn(next.inMs / 1_000) },
    )
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .execute();
}

/** What was told past the database, of a delivery that was stored meanwhile. */
export async function noteToldDirectly(db: Kysely<Database>, id: string, answer: string): Promise<void> {
  const attempts = sql<number>`greatest(attempts, 1)`;
  await db
    .updateTable('notification_delivery')
    .set({ answer, attempts, state: 'delivered', next_attempt_at: null, finished_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .execute();
}

/** Ends what waits for a channel that is told nothing any more. */
export async function dropPending(db: Kysely<Database>, channelId: string, answer: string): Promise<void> {
  await db
    .updateTable('notification_delivery')
    .set({ answer, state: 'failed', next_attempt_at: null, finished_at: sql<Date>`clock_timestamp()` })
    .where('channel_id', '=', channelId)
    .where('state', '=', 'pending')
    .execute();
}

/** Ends the oldest of those that wait, what is critical last, where more than so many do. */
export async function dropExcess(db: Kysely<Database>, most: number, answer: string): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE notification_delivery SET state = 'failed', answer = ${answer}, next_attempt_at = NULL, finished_at = clock_timestamp()
    WHERE state = 'pending' AND id IN (
      SELECT id FROM (
        SELECT id, row_number() OVER (
          PARTITION BY channel_id ORDER BY severity = 'critical' DESC, seq DESC) AS place
        FROM notification_delivery WHERE state = 'pending') AS ranked
      WHERE place > ${most})`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** The newest deliveries of one channel first. */
export function listDeliveries(db: Kysely<Database>, channelId: string, limit: number): Promise<DeliveryRow[]> {
  return db
    .selectFrom('notification_delivery')
    .selectAll()
    .where('channel_id', '=', channelId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** The newest delivery of each channel. */
export async function lastDeliveries(db: Kysely<Database>): Promise<ReadonlyMap<string, DeliveryRow>> {
  const { rows } = await sql<DeliveryRow>`
    SELECT last.* FROM notification_channel AS channel, LATERAL (
      SELECT * FROM notification_delivery WHERE channel_id = channel.id
      ORDER BY created_at DESC, id DESC LIMIT 1) AS last`.execute(db);
  return new Map(rows.map((row) => [row.channel_id, row]));
}
