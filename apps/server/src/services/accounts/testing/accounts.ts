import type { SessionView } from '@serverctl/contract';
import { fullAccess, type Grant } from '@serverctl/core';
import type { Kysely } from 'kysely';
import { writeGrants } from '../../../db/repositories/grants.ts';
import type { SessionKind } from '../../../db/repositories/sessions.ts';
import { insertUser } from '../../../db/repositories/users.ts';
import type { Database } from '../../../db/schema.ts';
import { newId, systemRandom as random } from '../../../platform/random.ts';
import { inTransaction } from '../../transaction.ts';
import { createPasswords } from '../passwords.ts';
import { beginSession } from '../sessions.ts';

export interface TestUser {
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

export interface TestUserInput {
  readonly email: string;
  readonly name?: string;
  /** Left out, one that nobody would guess. */
  readonly password?: string;
  /** Left out, administrator everywhere. */
  readonly grants?: readonly Grant[];
}

export const goodPassword = 'seven herons over the quay';
const passwords = createPasswords();

/** A user who can sign in, as an accepted invitation makes one. */
export async function makeUser({ db }: { readonly db: Kysely<Database> }, input: TestUserInput): Promise<TestUser> {
  const { email, name = email, password = goodPassword, grants = fullAccess.grants } = input;
  const id = newId<string>(random);
  const password_hash = await passwords.hash(password);
  await inTransaction(db, async (trx) => {
    await insertUser(trx, { id, email, name, password_hash });
    await writeGrants(trx, id, grants);
  });
  return { id, email, password };
}

export interface TestSession {
  readonly session: SessionView;
  readonly token: string;
  /** For a browser the cookie of plain HTTP, for a command line the bearer token. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A session of the user, as after a sign-in a moment ago; of a command line where nothing else is said. */
export async function signInAs(
  { db }: { readonly db: Kysely<Database> },
  { id: userId }: Pick<TestUser, 'id'>,
  kind: SessionKind = 'command-line',
): Promise<TestSession> {
  const from = { peer: '127.0.0.1', userAgent: 'test', requestId: 'test' };
  const { session, token } = await inTransaction(db, (trx) => beginSession({ random }, trx, { userId, kind, ...from }));
  const headers = kind === 'browser' ? { cookie: `sct=${token}` } : { authorization: `Bearer ${token}` };
  return { session, token, headers };
}
