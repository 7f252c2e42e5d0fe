import { type Grant, type Permission, type PoolId, permissions } from '@serverctl/core';
import { sql } from 'kysely';
import { insertApiToken } from '../../db/repositories/api-tokens.ts';
import { writeGrants } from '../../db/repositories/grants.ts';
import { insertSession } from '../../db/repositories/sessions.ts';
import { insertUser } from '../../db/repositories/users.ts';
import { newId } from '../../platform/random.ts';
import { newSecret, sha256Of } from '../../services/accounts/secret.ts';
import type { OperatorHouse } from './operator-house.ts';

/** Users, their sessions and tokens, as they are after a sign-in: for tests of what people may, not of how they sign in. */

type House = Pick<OperatorHouse, 'deps'>;

export interface Person {
  readonly id: string;
  readonly email: string;
}

/** Who may what; without grants nothing. */
export function addPerson({ deps: { db, random } }: House, email: string, grants: readonly Grant[]): Promise<Person> {
  const id = newId(random);
  return db.transaction().execute(async (trx) => {
    await insertUser(trx, { id, email, name: email.split('@')[0] ?? email });
    await writeGrants(trx, id, grants);
    return { id, email };
  });
}

/** The secret of a session that began just now. `stale`: its proof is eleven minutes old. */
export async function addSession(
  { deps: { db, random } }: House,
  userId: string,
  { stale = false } = {},
): Promise<string> {
  const secret = newSecret(random, 'session');
  const id = newId(random);
  const about = { kind: 'command-line', peer: '198.51.100.1', userAgent: 'test' } as const;
  await db.transaction().execute(async (trx) => {
    await insertSession(trx, { id, userId, tokenHash: sha256Of(secret), ...about });
    if (stale)
      await sql`UPDATE session SET stepped_up_at = now() - interval '11 minutes' WHERE id = ${id}`.execute(trx);
  });
  return secret;
}

/** The secret of an API token of the user, narrowed where that is said. */
export async function addToken(
  { deps: { db, random } }: House,
  userId: string,
  { only = permissions, pools = null }: { only?: readonly Permission[]; pools?: readonly PoolId[] | null } = {},
): Promise<string> {
  const secret = newSecret(random, 'token');
  const id = newId(random);
  const row = { id, name: `token ${id}`, user_id: userId, token_sha256: sha256Of(secret), days: 30 };
  await db.transaction().execute(async (trx) => {
    await insertApiToken(trx, { ...row, permissions: [...only], pool_ids: pools === null ? null : [...pools] });
  });
  return secret;
}

/** From now on nobody may act as the user; what is there of sessions and tokens stays, to be refused. */
export async function disable({ deps: { db } }: House, userId: string): Promise<void> {
  await sql`UPDATE "user" SET disabled_at = now() WHERE id = ${userId}`.execute(db);
}
