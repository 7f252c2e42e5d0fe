import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Database } from '../schema.ts';

/** How long sessions of one kind live: from their last use, and in all. */
export interface SessionLife {
  readonly idleSeconds: number;
  readonly mostSeconds: number;
}
export type SessionKind = 'browser' | 'command-line';

export interface SessionInput {
  readonly id: string;
  readonly userId: string;
  readonly tokenHash: Buffer;
  readonly kind: SessionKind;
  readonly peer: string;
  readonly userAgent: string;
}

const hourSeconds = 3_600;
const daySeconds = 24 * hourSeconds;
/** A person who sits at a browser comes back within the day; a command line is used now and then (NIST SP 800-63B-4 section 2.2.3 allows more). */
export const sessionLife: Readonly<Record<SessionKind, SessionLife>> = {
  browser: { idleSeconds: 12 * hourSeconds, mostSeconds: 7 * daySeconds },
  'command-line': { idleSeconds: 7 * daySeconds, mostSeconds: 30 * daySeconds },
};
/** So long a proof of who one is holds for dangerous actions. */
export const proofSeconds = 600;
/** A live session is written to at most so often. */
const seenSpacingSeconds = 60;

/** A statement's time is that of its transaction's beginning: another's may be a little ahead of it. */
const aheadSeconds = 60;

/*
 * All times are the database's: one clock for all processes. A session is live until the earlier of its idle end and its absolute one; what
 * is over is no session for anybody, whether or not retention has removed the row. When that clock is set back, times would lie ahead of it
 * and nothing would end for as long as it was set back: meanwhile such a session is not live, and such a proof is none.
 */
const idleSeconds = sql<number>`CASE session.kind
  WHEN 'browser' THEN ${sql.lit(sessionLife.browser.idleSeconds)}
  ELSE ${sql.lit(sessionLife['command-line'].idleSeconds)} END`;
const endsAt = sql<Date>`least(session.expires_at, session.last_seen_at + make_interval(secs => ${idleSeconds}))`;
const soon = sql<Date>`now() + make_interval(secs => ${sql.lit(aheadSeconds)})`;
const isLive = sql<boolean>`(${endsAt} > now() AND session.last_seen_at <= ${soon} AND session.created_at <= ${soon})`;
const proofEndsAt = sql<Date | null>`CASE
  WHEN session.stepped_up_at > now() - make_interval(secs => ${sql.lit(proofSeconds)}) AND session.stepped_up_at <= now()
  THEN session.stepped_up_at + make_interval(secs => ${sql.lit(proofSeconds)}) END`;

const shown = [
  'session.id',
  'session.user_id',
  'session.kind',
  'session.peer',
  'session.user_agent',
  'session.created_at',
  'session.last_seen_at',
  endsAt.as('ends_at'),
  proofEndsAt.as('proof_ends_at'),
] as const;

/** One live session, as it is shown; never its token's hash. */
export type SessionRow = Pick<
  Selectable<Database['session']>,
  'id' | 'user_id' | 'kind' | 'peer' | 'user_agent' | 'created_at' | 'last_seen_at'
> & {
  /** The earlier of its idle end and its absolute one. */
  readonly ends_at: Date;
  /** Null when the last proof is too old. */
  readonly proof_ends_at: Date | null;
};

/** Begins a session; signing in is itself a proof of who one is, and that they are here. */
export async function insertSession(trx: Transaction<Database>, input: SessionInput): Promise<SessionRow> {
  await trx.updateTable('user').set({ last_seen_at: sql<Date>`now()` }).where('id', '=', input.userId).execute();
  await trx
    .insertInto('session')
    .values({
      id: input.id,
      user_id: input.userId,
      token_sha256: input.tokenHash,
      kind: input.kind,
      peer: input.peer,
      user_agent: input.userAgent,
      stepped_up_at: sql<Date>`now()`,
      expires_at: sql<Date>`now() + make_interval(secs => ${sessionLife[input.kind].mostSeconds})`,
    })
    .execute();
  return trx.selectFrom('session').select(shown).where('id', '=', input.id).executeTakeFirstOrThrow();
}

/** The live session with its user, who is not disabled; null = none. */
export async function findSession(
  db: Kysely<Database>,
  tokenHash: Buffer,
): Promise<(SessionRow & { readonly email: string }) | null> {
  const row = await db
    .selectFrom('session')
    .innerJoin('user', 'user.id', 'session.user_id')
    .select([...shown, 'user.email'])
    .where('session.token_sha256', '=', tokenHash)
    .where('user.disabled_at', 'is', null)
    .where(isLive)
    .executeTakeFirst();
  return row ?? null;
}

/** Live ones, the last used first. */
export function listSessions(db: Kysely<Database>, userId: string): Promise<SessionRow[]> {
  return db
    .selectFrom('session')
    .select(shown)
    .where('user_id', '=', userId)
    .where(isLive)
    .orderBy('last_seen_at', 'desc')
    .orderBy('id')
    .execute();
}

/** Notes that a session was used, at most once a minute, whoever asks how often. */
export async function touchSession(db: Kysely<Database>, id: string): Promise<void> {
  await db
    .updateTable('session')
    .set({ last_seen_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('last_seen_at', '<', sql<Date>`now() - make_interval(secs => ${seenSpacingSeconds})`)
    .execute();
}

/** Notes a new proof; null when the session has ended. */
export async function proveSession(trx: Transaction<Database>, id: string): Promise<SessionRow | null> {
  await trx
    .updateTable('session')
    .set({ stepped_up_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where(isLive)
    .execute();
  const row = await trx.selectFrom('session').select(shown).where('id', '=', id).where(isLive).executeTakeFirst();
  return row ?? null;
}

/** Gives a live session another token: the one before is worth nothing from then on. Its kind, or null when it has ended. */
export async function replaceSessionToken(
  trx: Transaction<Database>,
  id: string,
  tokenHash: Buffer,
): Promise<SessionKind | null> {
  const row = await trx
    .updateTable('session')
    .set({ token_sha256: tokenHash })
    .where('id', '=', id)
    .where(isLive)
    .returning('kind')
    .executeTakeFirst();
  return row === undefined ? null : (row.kind as SessionKind);
}

/** Ends one of the user's; false when it was not there. */
export async function deleteSession(trx: Transaction<Database>, userId: string, id: string): Promise<boolean> {
  const gone = await trx
    .deleteFrom('session')
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .returning(isLive.as('live'))
    .executeTakeFirst();
  return gone?.live === true;
}

/** Ends the user's sessions but one. Returns how many live ones ended. */
export async function deleteSessionsOf(
  trx: Transaction<Database>,
  userId: string,
  exceptId: string | null,
): Promise<number> {
  const gone = await trx
    .deleteFrom('session')
    .where('user_id', '=', userId)
    .$if(exceptId !== null, (some) => some.where('id', '<>', exceptId ?? ''))
    .returning(isLive.as('live'))
    .execute();
  return gone.filter(({ live }) => live).length;
}

/** Ends what goes beyond so many of the user's sessions, those used longest ago. Returns how many live ones ended. */
export async function deleteSessionsBeyond(trx: Transaction<Database>, userId: string, most: number): Promise<number> {
  const kept = trx
    .selectFrom('session')
    .select('id')
    .where('user_id', '=', userId)
    .where(isLive)
    .orderBy('last_seen_at', 'desc')
    .orderBy('created_at', 'desc')
    .limit(most);
  const gone = await trx
    .deleteFrom('session')
    .where('user_id', '=', userId)
    .where('id', 'not in', kept)
    .returning(isLive.as('live'))
    .execute();
  return gone.filter(({ live }) => live).length;
}

/** For each user with live ones: how many, and when the last was used. */
export async function summariseSessions(
  db: Kysely<Database>,
): Promise<ReadonlyMap<string, { readonly sessions: number; readonly lastSeenAt: Date }>> {
  const rows = await db
    .selectFrom('session')
    .select(['user_id', sql<number>`count(*)::int`.as('sessions'), sql<Date>`max(last_seen_at)`.as('last_seen_at')])
    .where(isLive)
    .groupBy('user_id')
    .execute();
  return new Map(rows.map((row) => [row.user_id, { sessions: row.sessions, lastSeenAt: row.last_seen_at }]));
}
