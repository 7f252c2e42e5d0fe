import { type Access, AppError, isAppError, mayDo, type Permission } from '@serverctl/core';
import type { Transaction } from 'kysely';
import { lockAdministrators, readGrants } from '../../db/repositories/grants.ts';
import { listSessions } from '../../db/repositories/sessions.ts';
import { getUser, lockUser, type UserRow } from '../../db/repositories/users.ts';
import type { Database } from '../../db/schema.ts';
import type { Principal } from './principal.ts';
import type { SignedInUser } from './sessions.ts';

/*
 * Who asks is proven before the body of a request has come, and a body may be held back: meanwhile its sender is removed, demoted, signed out.
 * So whatever gives or takes rights asks again within its transaction, under locks that hold until the change is there:
 *
 *   1  the lock of all such changes (lockAdministrators): one after the other, so that nobody's leaving overlooks what they begin
 *   2  the user's row of who asks, 3 that of whom it is about, 4 links, sessions, tokens
 *
 * Always in this order: two that wait for each other would both fail.
 */

/** What the caller may now. Throws `session_ended`, `step_up_required`, `not_for_tokens`, `permission_denied`. */
export async function lockCaller(
  trx: Transaction<Database>,
  principal: Principal,
  permission: Permission | null,
): Promise<Access> {
  await lockAdministrators(trx);
  if (principal.kind === 'token') throw new AppError('not_for_tokens', permission === null ? {} : { permission });
  if (principal.kind === 'host') return principal.access;
  const { id } = await lockSignedIn(trx, principal, { proven: true });
  const access: Access = { grants: await readGrants(trx, id), scope: null };
  if (permission !== null && !mayDo(access, permission, null)) throw new AppError('permission_denied', { permission });
  return access;
}

/** The row of a signed-in user whose session lives on, locked; `proven`: and whose last proof still holds. Throws `session_ended`, `step_up_required`. */
export async function lockSignedIn(
  trx: Transaction<Database>,
  { userId, sessionId }: Pick<SignedInUser, 'userId' | 'sessionId'>,
  { proven }: { readonly proven: boolean },
): Promise<UserRow> {
  const row = await orGone(lockUser(trx, userId), 'session_ended');
  const session = (await listSessions(trx, userId)).find(({ id }) => id === sessionId);
  if (row.disabled_at !== null || session === undefined) throw new AppError('session_ended');
  if (proven && session.proof_ends_at === null) throw new AppError('step_up_required');
  return row;
}

/** The row of whoever asks, read or locked; `code` where that user was removed meanwhile, since nobody has named one. */
export function orGone(
  row: Promise<UserRow>,
  code: 'session_ended' | 'sign_in_refused' | 'link_invalid',
): Promise<UserRow> {
  return row.catch((error: unknown) => {
    throw isAppError(error, 'user_not_found') ? new AppError(code) : error;
  });
}

/** Whom a change is about, by id or e-mail address, locked: what is decided on the row stays true. Throws `user_not_found`. */
export async function lockUserAt(trx: Transaction<Database>, ref: string): Promise<UserRow> {
  return lockUser(trx, (await getUser(trx, ref)).id);
}
