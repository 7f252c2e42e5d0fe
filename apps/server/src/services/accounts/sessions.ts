import type { SessionView } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import type { Transaction } from 'kysely';
import { type AuditInput, writeAudit } from '../../db/repositories/audit.ts';
import {
  deleteSession,
  deleteSessionsBeyond,
  deleteSessionsOf,
  findSession,
  insertSession,
  listSessions,
  type SessionKind,
  type SessionRow,
} from '../../db/repositories/sessions.ts';
import { noteSignInPlace } from '../../db/repositories/sign-in-places.ts';
import type { Database } from '../../db/schema.ts';
import { newId } from '../../platform/random.ts';
import type { ServiceDeps } from '../deps.ts';
import { placeOf } from '../place-of.ts';
import { inTransaction } from '../transaction.ts';
import type { Principal } from './principal.ts';
import { newSecret, sha256Of } from './secret.ts';

/*
 * Sessions of users. A session begins with a sign-in, under a token that was made for it: none that a client brought along is ever taken up
 * (no fixation). It ends when its user ends it, changes the password, is disabled or removed, or when its time is over
 * (db/repositories/sessions.ts). Each request looks it up, so its end counts at once.
 */

/** A signed-in user, who may change what is their own. */
export type SignedInUser = Extract<Principal, { kind: 'user' }>;

/** Who asks for what, from where: for audit entries and limits. */
export interface AskedFrom {
  readonly peer: string;
  readonly userAgent: string;
  readonly requestId: string;
}

export interface SessionBegun {
  readonly session: SessionView;
  /** Shown to nobody but its holder, once. */
  readonly token: string;
  /** How many others ended since the user has too many. */
  readonly endedBeyond: number;
}

/** A client that signs in each minute has a month of sessions; those used longest ago end. */
const mostSessions = 50;

/** Throws `only_for_users`: a token or the host has no account of its own. */
export function signedInUser(principal: Principal): SignedInUser {
  if (principal.kind !== 'user') throw new AppError('only_for_users');
  return principal;
}

/** Begins a session in the transaction of the sign-in; the caller writes the audit entry. */
export async function beginSession(
  { random }: Pick<ServiceDeps, 'random'>,
  trx: Transaction<Database>,
  input: { readonly userId: string; readonly kind: SessionKind } & AskedFrom,
): Promise<SessionBegun> {
  const token = newSecret(random, 'session');
  const { userId, kind, peer, userAgent } = input;
  const id = newId<string>(random);
  const row = await insertSession(trx, { id, userId, kind, peer, userAgent, tokenHash: sha256Of(token) });
  await noteSignInPlace(trx, userId, placeOf(peer));
  const endedBeyond = await deleteSessionsBeyond(trx, userId, mostSessions);
  return { session: sessionView(row, row.id), token, endedBeyond };
}

/** Ends what a client brought along when it signs in anew, so that nothing of it is left behind. */
export async function endSessionOfToken(
  trx: Transaction<Database>,
  token: string,
  audit: Pick<AuditInput, 'requestId'>,
): Promise<void> {
  const row = await findSession(trx, sha256Of(token));
  if (row === null || !(await deleteSession(trx, row.user_id, row.id))) return;
  const details = { because: 'signed in anew' };
  await writeAudit(trx, { ...audit, actor: `user:${row.email}`, action: 'session.end', target: row.id, details });
}

/** Ends all of the user's, or all but one. Returns how many ended; whoever asks writes the audit entry of the act that it is part of. */
export function endSessionsOf(
  trx: Transaction<Database>,
  userId: string,
  exceptSessionId: string | null,
): Promise<number> {
  return deleteSessionsOf(trx, userId, exceptSessionId);
}

export async function listOwnSessions(
  { db }: Pick<ServiceDeps, 'db'>,
  { userId, sessionId }: SignedInUser,
): Promise<{ sessions: SessionView[] }> {
  return { sessions: (await listSessions(db, userId)).map((row) => sessionView(row, sessionId)) };
}

/** Ends one of the user's own; one that is not there, or another's, is none. */
export async function endOwnSession(
  { db }: Pick<ServiceDeps, 'db'>,
  { userId, actor }: SignedInUser,
  requestId: string,
  target: string,
): Promise<{ ended: number }> {
  return inTransaction(db, async (trx) => {
    if (!(await deleteSession(trx, userId, target))) return { ended: 0 };
    await writeAudit(trx, { actor, requestId, action: 'session.end', target });
    return { ended: 1 };
  });
}

export async function endOtherSessions(
  { db }: Pick<ServiceDeps, 'db'>,
  { userId, sessionId, actor }: SignedInUser,
  requestId: string,
): Promise<{ ended: number }> {
  return inTransaction(db, async (trx) => {
    const ended = await endSessionsOf(trx, userId, sessionId);
    await writeAudit(trx, { actor, requestId, action: 'session.end-others', target: userId, details: { ended } });
    return { ended };
  });
}

export function sessionView(row: SessionRow, currentId: string | null): SessionView {
  return {
    id: row.id,
    kind: row.kind as SessionKind,
    peer: row.peer,
    userAgent: row.user_agent,
    createdAt: row.created_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    expiresAt: row.ends_at.toISOString(),
    steppedUpUntil: row.proof_ends_at?.toISOString() ?? null,
    current: row.id === currentId,
  };
}
