import { z } from 'zod';
import { Timestamp } from './common.ts';
import { EventView } from './history.ts';
import { MemberTraffic, PoolView } from './pools.ts';

/*
 * `GET /api/v1/live`: what a page shows, as it changes, by server-sent events (WHATWG HTML, section 9.2). Each message has a name and one JSON
 * object; each object says in `at` when its data was read, by the server's clock, so that ages go on counting without another message.
 *
 *   open ──→ snapshot ──→ event … (what a resumed stream missed) ──→ pool · gone · beats · plane · event …  ──→ bye ──→ closed
 *
 * `plane` comes every second, whether the database answers or not: a stream that says nothing for 5 s is broken. Messages build on each other:
 * a `pool` replaces what was known of that pool, `beats` lays newer ages over it. A client that reads slowly is spared what is outdated.
 */

/** Where to go on. A reconnecting browser says it in `Last-Event-ID`, which counts more than this. */
export const LiveQuery = z.strictObject({
  after: z.coerce
    .number<number>()
    .int()
    .min(0)
    .optional()
    .describe('The id of the last message: events that followed it come first. Left out, only new ones come.'),
});
export type LiveQuery = z.input<typeof LiveQuery>;

/** The last minute as the process heard it that tells this, so that a strip is full at once. */
const LiveStrips = z.object({
  at: Timestamp.describe('Of the newest letter; each one before it is a second older.'),
  rows: z
    .record(z.string(), z.string().max(60))
    .describe(
      'By member id, a letter a second: `+` on time, `~` late, `-` missed, `x` could not be heard, `.` not known here. Who was never heard by that process is left out.',
    ),
});
export type LiveStrips = z.infer<typeof LiveStrips>;

/** All pools that the caller may read; what was known before is void. Its id is the number that the events after it begin at. */
export const LiveSnapshot = z.object({
  at: Timestamp,
  pools: z.array(PoolView),
  eventsMissed: z
    .boolean()
    .describe(
      'True: too much happened since the id that was asked for; read `GET /api/v1/events` for what lies between.',
    ),
  strips: LiveStrips.nullable().describe('Null = this process hears nobody, or has just begun.'),
});
export type LiveSnapshot = z.infer<typeof LiveSnapshot>;

/** One pool, whole: it is new to the caller, or something in it changed besides ages and traffic. */
export const LivePool = z.object({ at: Timestamp, pool: PoolView });
export type LivePool = z.infer<typeof LivePool>;

/** A pool that is no more, or that the caller may no longer read. */
export const LiveGone = z.object({ at: Timestamp, poolId: z.string() });
export type LiveGone = z.infer<typeof LiveGone>;

/** How the members of one pool are heard, by member id. */
export const PoolBeats = z.object({
  ages: z
    .record(z.string(), z.number().int().nullable())
    .describe('Of every member: milliseconds since its last heartbeat, as of `at`; null = never heard.'),
  traffic: z
    .record(z.string(), MemberTraffic.nullable())
    .optional()
    .describe('Of members whose HAProxy was read anew; what is not named stays, and its reading grows older.'),
});
export type PoolBeats = z.infer<typeof PoolBeats>;

/** Heartbeats of all pools that the caller may read, by pool id; once a second. */
export const LiveBeats = z.object({ at: Timestamp, pools: z.record(z.string(), PoolBeats) });
export type LiveBeats = z.infer<typeof LiveBeats>;

const planeCheck = z.object({ ok: z.boolean(), sentence: z.string() });
const leader = z.object({
  holder: z.string().describe('The process that leads, by the name that it gave itself when it started.'),
  term: z.number().int().describe('How often the lease was taken, this time included.'),
  since: Timestamp.nullable().describe(
    'When it was first seen to lead by the process that tells this; null = it led before that one looked.',
  ),
});

/** Whether the control plane may be believed; once a second, also while its database does not answer. */
export const LivePlane = z.object({
  at: Timestamp,
  version: z.string(),
  listening: planeCheck.describe('Whether members could have been heard lately (R2); while not, nobody ages.'),
  lease: planeCheck
    .extend({ leader: leader.nullable().describe('Null = nobody leads, or nobody can tell now.') })
    .describe('Whether a failover loop leads, and in which process.'),
  database: planeCheck.extend({
    answeredInMs: z.number().nullable().describe('Milliseconds for one small question; null = no answer yet.'),
  }),
  members: z
    .object({ heard: z.number().int(), enrolled: z.number().int() })
    .nullable()
    .describe('Of the whole fleet: heard within the last 3 s, of all that are enrolled. Null = not read yet.'),
  readAt: Timestamp.nullable().describe('When pools were last read: older than a few seconds, what is shown is stale.'),
});
export type LivePlane = z.infer<typeof LivePlane>;

/** One entry of the event log that the caller may see. Its id is its `seq`. */
export const LiveEvent = z.object({ at: Timestamp, event: EventView });
export type LiveEvent = z.infer<typeof LiveEvent>;

/** Why a stream ended: the last message, where there is time for one. */
export const liveEnds = ['session-ended', 'permission-denied', 'too-slow', 'server-stops'] as const;
/** `session-ended` and `permission-denied` are for people: connecting again is refused. After the others it goes on. */
export const LiveBye = z.object({ at: Timestamp, because: z.enum(liveEnds), sentence: z.string() });
export type LiveBye = z.infer<typeof LiveBye>;

/** What each named message carries. */
export const liveMessages = {
  snapshot: LiveSnapshot,
  pool: LivePool,
  gone: LiveGone,
  beats: LiveBeats,
  plane: LivePlane,
  event: LiveEvent,
  bye: LiveBye,
} as const;
/** The messages by name, as they are received. */
export type LiveMessages = { readonly [Name in keyof typeof liveMessages]: z.infer<(typeof liveMessages)[Name]> };
