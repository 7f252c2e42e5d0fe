import type { UserView } from '@serverctl/contract';
import type { Grant } from '@serverctl/core';
import { readAllGrants, readGrants } from '../../db/repositories/grants.ts';
import { summariseSessions } from '../../db/repositories/sessions.ts';
import { getUser, listUsers } from '../../db/repositories/users.ts';
import type { ServiceDeps } from '../deps.ts';

/** Every user, by address. */
export async function listUserViews({ db }: Pick<ServiceDeps, 'db'>): Promise<{ users: UserView[] }> {
  const [rows, grants, presence] = await Promise.all([listUsers(db), readAllGrants(db), summariseSessions(db)]);
  return { users: rows.map((row) => viewOf(row, grants.get(row.id) ?? [], presence.get(row.id))) };
}

/** By id or e-mail address. Throws `user_not_found`. */
export async function getUserView({ db }: Pick<ServiceDeps, 'db'>, ref: string): Promise<UserView> {
  const row = await getUser(db, ref);
  const [grants, presence] = await Promise.all([readGrants(db, row.id), summariseSessions(db)]);
  return viewOf(row, grants, presence.get(row.id));
}

type Row = Awaited<ReturnType<typeof getUser>>;
type Presence = { readonly sessions: number; readonly lastSeenAt: Date };

function viewOf(row: Row, grants: readonly Grant[], presence: Presence | undefined): UserView {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    grants: [...grants],
    twoFactor: row.totp_confirmed_at !== null,
    disabled: row.disabled_at !== null,
    createdAt: row.created_at.toISOString(),
    lastSeenAt: latest(row.last_seen_at, presence?.lastSeenAt)?.toISOString() ?? null,
    sessions: presence?.sessions ?? 0,
  };
}

/** The session's is the nearer one while there is a session; the user's own stays when there is none. */
function latest(own: Date | null, inSession: Date | undefined): Date | null {
  return inSession !== undefined && (own === null || inSession > own) ? inSession : own;
}
