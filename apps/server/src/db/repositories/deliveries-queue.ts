import {
  type ChannelChoice,
  type EventKind,
  type EventSeverity,
  endedBy,
  eventCatalogue,
  hears,
  threadOf,
} from '@serverctl/core';
import { type Insertable, sql, type Transaction } from 'kysely';
import type { Database } from '../schema.ts';

/** What of a channel says whether it hears of an event; nothing when there is no channel. */
export interface Choice {
  readonly id: string | null;
  readonly least_severity: string;
  readonly kinds: string[] | null;
  readonly pool_ids: string[] | null;
}

/** A notice as a delivery keeps it: everything that is sent, so that a retry says the same as the first attempt. */
export interface StoredNotice {
  readonly kind: EventKind;
  readonly severity: EventSeverity;
  readonly poolId: string | null;
  readonly memberId: string | null;
  /** The pool's name and the member's hostname at that time. */
  readonly pool: string | null;
  readonly member: string | null;
  readonly sentence: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** What it shares with what it ends, or is ended by. */
  readonly thread?: string;
  /** The delivery to the same channel that this one ends. */
  readonly ends?: string;
}

export interface ToQueue {
  readonly id: string;
  readonly happenedAt: Date;
  readonly told: ReadonlyMap<string, string>;
  /** Channels that are just being told past the database: theirs wait for what comes of it. */
  readonly underWay: ReadonlySet<string>;
  readonly notice: Omit<StoredNotice, 'thread' | 'ends'>;
}

/**
 * For so long an attempt that is under way keeps a delivery from everybody else: the longest is a mail's, 5 s for the look-up and 20 s for
 * the conversation, and what came of it has to be noted too.
 */
export const takenForSeconds = 60;

/** A delivery for each of these channels that hears of the event; those that were told already are only noted. */
export async function queueDeliveries(
  trx: Transaction<Database>,
  choices: readonly Choice[],
  to: ToQueue,
): Promise<void> {
  const { notice } = to;
  const heard = choices.flatMap(choiceOf).map((channel) => ({ id: channel.id, how: hears(channel, notice) }));
  const candidates = heard.filter(({ how }) => how !== 'no');
  if (candidates.length === 0) return;
  const thread = threadOf(notice);
  const isEnd = endedBy(notice.kind).length > 0;
  const open = isEnd ? await openTroubles(trx, notice.kind, thread, candidates) : new Map<string, string>();
  const rows = candidates
    .filter(({ id, how }) => how === 'yes' || open.has(id))
    .map(({ id }) => rowOf(id, to, isThreaded(notice.kind) ? { ...notice, thread, ...endOf(open.get(id)) } : notice));
  if (rows.length === 0) return;
  await trx
    .insertInto('notification_delivery')
    .values(rows)
    .onConflict((known) => known.column('id').doNothing())
    .execute();
}

/** What a receiver sees as `webhook-id`: the same over retries, another for each channel. */
export function deliveryId(noticeId: string, channelId: string): string {
  return `${noticeId}_${channelId}`;
}

function choiceOf({ id, least_severity, kinds, pool_ids }: Choice): ChannelChoice[] {
  return id === null ? [] : [{ id, leastSeverity: least_severity as EventSeverity, kinds, poolIds: pool_ids }];
}

function rowOf(channelId: string, { id, happenedAt, told, underWay }: ToQueue, notice: StoredNotice) {
  const answer = told.get(channelId);
  const state =
    answer === undefined
      ? dueIn(underWay.has(channelId) ? takenForSeconds : 0)
      : { state: 'delivered', attempts: 1, answer, finished_at: sql<Date>`clock_timestamp()` };
  return {
    id: deliveryId(id, channelId),
    channel_id: channelId,
    kind: notice.kind,
    severity: notice.severity,
    thread: notice.thread ?? null,
    notice: JSON.stringify(notice),
    happened_at: happenedAt,
    ...state,
  } as unknown as Insertable<Database['notification_delivery']>;
}

/** When it is due, and how far ahead that is (`isDue` of deliveries.ts). */
export function dueIn(seconds: number) {
  const pause = sql<string>`make_interval(secs => ${seconds})`;
  return { next_attempt_at: sql<Date>`clock_timestamp() + ${pause}`, pause };
}

/** The last word of the thread in each channel, where it is trouble: by channel the delivery that told it. */
async function openTroubles(
  trx: Transaction<Database>,
  kind: EventKind,
  thread: string,
  channels: readonly { readonly id: string }[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ channel_id: string; id: string; kind: string }>`
    SELECT last.channel_id, last.id, last.kind FROM unnest(${channels.map(({ id }) => id)}::text[]) AS channel,
    LATERAL (
      SELECT channel_id, id, kind FROM notification_delivery
      WHERE channel_id = channel AND thread = ${thread}
      ORDER BY seq DESC LIMIT 1) AS last`.execute(trx);
  return new Map(rows.filter((row) => row.kind !== kind).map((row) => [row.channel_id, row.id]));
}

function isThreaded(kind: EventKind): boolean {
  return eventCatalogue[kind].recoveredBy !== undefined || endedBy(kind).length > 0;
}

function endOf(delivery: string | undefined): { readonly ends?: string } {
  return delivery === undefined ? {} : { ends: delivery };
}
