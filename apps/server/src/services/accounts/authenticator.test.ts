import { fullAccess, type PoolId } from '@serverctl/core';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFakeClock } from '../../../../../testkit/src/fake-clock.ts';
import { insertApiToken } from '../../db/repositories/api-tokens.ts';
import { listSessions, type SessionKind } from '../../db/repositories/sessions.ts';
import { lockUser } from '../../db/repositories/users.ts';
import { systemClock } from '../../platform/clock.ts';
import { newId, systemRandom as random } from '../../platform/random.ts';
import { inTransaction } from '../transaction.ts';
import { createAuthenticator } from './authenticator.ts';
import { createGate, lookUpLimits } from './gate.ts';
import type { Authenticator, Credential } from './principal.ts';
import { newSecret, sha256Of } from './secret.ts';
import { makeUser, signInAs, type TestUser } from './testing/accounts.ts';
import { type AccountHouse, openAccountHouse } from './testing/house.ts';

let house: AccountHouse;
let jane: TestUser;
let authenticator: Authenticator;
const hostToken = `sct_${'h'.repeat(43)}`;
const lookUps = createGate(lookUpLimits);
const onFailure = (error: unknown) => {
  throw error;
};
const viewer = [{ role: 'viewer' as const, poolId: null }];

beforeAll(async () => {
  house = await openAccountHouse();
  jane = await makeUser(house, { email: 'jane@example.com', grants: viewer });
  const adminTokens = { accepts: async (token: string) => token === hostToken };
  authenticator = createAuthenticator({
    db: house.db,
    clock: createFakeClock(new Date()),
    adminTokens,
    lookUps,
    onFailure,
  });
});
afterAll(() => house.database.close());

const prove = (secret: string, from: Credential['from'] = 'bearer') =>
  authenticator.prove({ from, secret, peer: '192.0.2.7' });
/** As it is after the database's clock was set back by so many minutes. */
const setAhead = (id: string, column: 'last_seen_at' | 'created_at' | 'stepped_up_at', minutes: number) =>
  sql`UPDATE session SET ${sql.ref(column)} = now() + make_interval(mins => ${minutes}::int) WHERE id = ${id}`.execute(
    house.db,
  );
const setBack = (id: string, column: 'last_seen_at' | 'created_at' | 'stepped_up_at', hours: number) =>
  sql`UPDATE session SET ${sql.ref(column)} = now() - make_interval(hours => ${hours}::int) WHERE id = ${id}`.execute(
    house.db,
  );

test('the host’s token is the host, by bearer only', async () => {
  expect(await prove(hostToken)).toEqual({ kind: 'host', actor: 'host', access: fullAccess });
  expect(await prove(hostToken, 'cookie')).toBeNull();
  expect(await prove(`sct_${'x'.repeat(43)}`)).toBeNull();
});

test('a session is its user with the user’s roles of this moment', async () => {
  const { token, session } = await signInAs(house, jane);
  expect(await prove(token)).toEqual({
    kind: 'user',
    actor: 'user:jane@example.com',
    access: { grants: viewer, scope: null },
    userId: jane.id,
    sessionId: session.id,
    isSteppedUp: true,
  });
  await setBack(session.id, 'stepped_up_at', 1);
  expect(await prove(token)).toMatchObject({ isSteppedUp: false });
});

test('a browser’s session is proven by its cookie only, a command line’s by bearer only', async () => {
  const browser = await signInAs(house, jane, 'browser');
  const line = await signInAs(house, jane, 'command-line');
  expect(await prove(browser.token, 'cookie')).not.toBeNull();
  expect(await prove(browser.token, 'bearer')).toBeNull();
  expect(await prove(line.token, 'cookie')).toBeNull();
});

test.each<[SessionKind, number, number]>([
  ['browser', 11, 13],
  ['command-line', 7 * 24 - 1, 7 * 24 + 1],
])('a %s session unused for %i h lives, for %i h it has ended', async (kind, alive, over) => {
  const { token, session } = await signInAs(house, jane, kind);
  const from = kind === 'browser' ? 'cookie' : 'bearer';
  await setBack(session.id, 'last_seen_at', alive);
  expect(await prove(token, from)).not.toBeNull();
  await setBack(session.id, 'last_seen_at', over);
  expect(await prove(token, from)).toBeNull();
  expect((await listSessions(house.db, jane.id)).map(({ id }) => id)).not.toContain(session.id);
});

test.each<[SessionKind, number]>([
  ['browser', 7],
  ['command-line', 30],
])('a %s session ends after %i days however much it is used', async (kind, days) => {
  const { session } = await signInAs(house, jane, kind);
  const { rows } = await sql<{ days: number }>`
    SELECT extract(epoch FROM expires_at - created_at) / 86400 AS days FROM session WHERE id = ${session.id}`.execute(
    house.db,
  );
  expect(Number(rows[0]?.days)).toBe(days);
});

test('a session past its absolute end proves nobody', async () => {
  const { token, session } = await signInAs(house, jane);
  await sql`UPDATE session SET expires_at = now() WHERE id = ${session.id}`.execute(house.db);
  expect(await prove(token)).toBeNull();
});

test('when the wall clock was set back a proof from after its new time is none', async () => {
  const { token, session } = await signInAs(house, jane);
  await setAhead(session.id, 'stepped_up_at', 60);
  expect(await prove(token)).toMatchObject({ isSteppedUp: false });
});

test.each(['last_seen_at', 'created_at'] as const)(
  'when the wall clock was set back a session whose %s lies ahead proves nobody',
  async (column) => {
    const { token, session } = await signInAs(house, jane);
    await setAhead(session.id, column, 0);
    expect(await prove(token)).not.toBeNull();
    await setAhead(session.id, column, 2);
    expect(await prove(token)).toBeNull();
  },
);

test('an end, and disabling the user, count at the next request', async () => {
  const joe = await makeUser(house, { email: 'joe@example.com' });
  const [one, two] = [await signInAs(house, joe), await signInAs(house, joe)];
  expect(await prove(one.token)).not.toBeNull();
  await house.db.deleteFrom('session').where('id', '=', one.session.id).execute();
  expect(await prove(one.token)).toBeNull();
  expect(await prove(two.token)).not.toBeNull();
  await sql`UPDATE "user" SET disabled_at = now() WHERE id = ${joe.id}`.execute(house.db);
  expect(await prove(two.token)).toBeNull();
});

test('the use of a session is written down once a minute', async () => {
  const { token, session } = await signInAs(house, jane);
  const clock = createFakeClock(new Date());
  const adminTokens = { accepts: async () => false };
  const own = createAuthenticator({ db: house.db, clock, adminTokens, lookUps, onFailure });
  const seenAgoSeconds = async () => {
    const { rows } = await sql<{ ago: number }>`
      SELECT extract(epoch FROM clock_timestamp() - last_seen_at)::float8 AS ago FROM session WHERE id = ${session.id}`.execute(
      house.db,
    );
    return rows[0]?.ago ?? 0;
  };
  await setBack(session.id, 'last_seen_at', 1);
  await own.prove({ from: 'bearer', secret: token, peer: '192.0.2.7' });
  expect(await seenAgoSeconds()).toBeLessThan(60);
  await setBack(session.id, 'last_seen_at', 1);
  await own.prove({ from: 'bearer', secret: token, peer: '192.0.2.7' });
  expect(await seenAgoSeconds()).toBeGreaterThan(3_000);
  await clock.advance(60_000);
  await own.prove({ from: 'bearer', secret: token, peer: '192.0.2.7' });
  expect(await seenAgoSeconds()).toBeLessThan(60);
});

test('a user is noted as here once a minute, and nobody waits for that', async () => {
  const { token, session } = await signInAs(house, jane);
  const clock = createFakeClock(new Date());
  const adminTokens = { accepts: async () => false };
  const own = createAuthenticator({ db: house.db, clock, adminTokens, lookUps, onFailure });
  const proveAgain = async () => {
    await clock.advance(60_000);
    expect(await own.prove({ from: 'bearer', secret: token, peer: '192.0.2.7' })).not.toBeNull();
  };
  const seen = async () => {
    const query = house.db.selectFrom('user').select('last_seen_at').where('id', '=', jane.id);
    return (await query.executeTakeFirstOrThrow()).last_seen_at?.getTime() ?? 0;
  };
  const setSeen = (ago: string) =>
    sql`UPDATE "user" SET last_seen_at = now() - ${ago}::interval WHERE id = ${jane.id}`.execute(house.db);
  await setSeen('59 seconds');
  const before = await seen();
  await proveAgain();
  expect(await seen()).toBe(before);
  await setSeen('1 hour');
  const long = await seen();
  await house.db.transaction().execute(async (trx) => {
    await lockUser(trx, jane.id);
    await proveAgain();
  });
  expect(await seen()).toBe(long);
  await proveAgain();
  expect(await seen()).toBeGreaterThan(long + 3_000_000);
  await house.db.deleteFrom('session').where('id', '=', session.id).execute();
});

test('who cannot be noted as seen, since the database takes no writing now, is proven; it is told, and tried again in a minute', async () => {
  const { token } = await signInAs(house, jane);
  const api = await makeToken(jane.id, null);
  const clock = createFakeClock(new Date());
  const failures: unknown[] = [];
  const adminTokens = { accepts: async () => false };
  const own = createAuthenticator({
    db: house.db,
    clock,
    adminTokens,
    lookUps,
    onFailure: (one) => failures.push(one),
  });
  await sql`CREATE FUNCTION read_only() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION ''read-only'' USING ERRCODE = ''25006''; END'`.execute(house.db);
  for (const table of ['session', 'api_token'])
    await sql`CREATE TRIGGER read_only BEFORE UPDATE ON ${sql.table(table)} EXECUTE FUNCTION read_only()`.execute(
      house.db,
    );
  try {
    const proveBoth = async () => {
      for (const secret of [token, api.secret])
        expect(await own.prove({ from: 'bearer', secret, peer: '192.0.2.7' })).not.toBeNull();
    };
    await proveBoth();
    await proveBoth();
    expect(failures).toEqual([
      expect.objectContaining({ details: { because: '25006' } }),
      expect.objectContaining({ details: { because: '25006' } }),
    ]);
    await clock.advance(60_000);
    await proveBoth();
    expect(failures).toHaveLength(4);
  } finally {
    await sql`DROP FUNCTION read_only CASCADE`.execute(house.db);
  }
});

async function makeToken(userId: string | null, poolIds: string[] | null) {
  const secret = newSecret(random, 'token');
  const id = newId<string>(random);
  const row = { id, name: 'deploy', token_sha256: sha256Of(secret), user_id: userId, days: 1 };
  await inTransaction(house.db, (trx) =>
    insertApiToken(trx, { ...row, permissions: ['pool:read'], pool_ids: poolIds }),
  );
  return { id, secret };
}

test('an API token is narrowed to its scope within what its maker may', async () => {
  const { id, secret } = await makeToken(jane.id, ['pool1']);
  expect(await prove(secret)).toEqual({
    kind: 'token',
    actor: 'token:deploy of jane@example.com',
    access: { grants: viewer, scope: { permissions: new Set(['pool:read']), pools: new Set(['pool1' as PoolId]) } },
    tokenId: id,
  });
  expect(await prove(secret, 'cookie')).toBeNull();
  const row = await house.db.selectFrom('api_token').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  expect(row.last_used_from).toBe('192.0.2.7');
});

test('a token made on the host has the host’s access in its scope; an expired or suspended one proves nobody', async () => {
  const host = await makeToken(null, null);
  expect(await prove(host.secret)).toMatchObject({
    actor: 'token:deploy of host',
    access: { grants: fullAccess.grants, scope: { pools: null } },
  });
  await sql`UPDATE api_token SET expires_at = now() - interval '1 hour' WHERE id = ${host.id}`.execute(house.db);
  expect(await prove(host.secret)).toBeNull();
  const ann = await makeUser(house, { email: 'ann@example.com' });
  const hers = await makeToken(ann.id, null);
  expect(await prove(hers.secret)).not.toBeNull();
  await sql`UPDATE "user" SET disabled_at = now() WHERE id = ${ann.id}`.execute(house.db);
  expect(await prove(hers.secret)).toBeNull();
});

test('when an API token ends is judged by the database’s clock, not by this process’s', async () => {
  const { id, secret } = await makeToken(jane.id, null);
  const clockOf = (days: number) => createFakeClock(new Date(systemClock.wallTime().getTime() + days * 86_400_000));
  const adminTokens = { accepts: async () => false };
  const fast = createAuthenticator({ db: house.db, clock: clockOf(40), adminTokens, lookUps, onFailure });
  expect(await fast.prove({ from: 'bearer', secret, peer: '192.0.2.7' })).toMatchObject({ tokenId: id });
  await sql`UPDATE api_token SET expires_at = now() WHERE id = ${id}`.execute(house.db);
  const slow = createAuthenticator({ db: house.db, clock: clockOf(-40), adminTokens, lookUps, onFailure });
  expect(await slow.prove({ from: 'bearer', secret, peer: '192.0.2.7' })).toBeNull();
});

test('what has not the form of a secret costs no look-up', async () => {
  const unreachable = createAuthenticator({
    db: null as never,
    clock: createFakeClock(),
    adminTokens: { accepts: async () => false },
    lookUps,
    onFailure,
  });
  for (const secret of [
    '',
    'x',
    'scs_short',
    `scl_${'a'.repeat(43)}`,
    `scs_${'a'.repeat(44)}`,
    `scs_${"'".repeat(43)}`,
  ])
    expect(await unreachable.prove({ from: 'bearer', secret, peer: '192.0.2.7' })).toBeNull();
});

/** What flies in meanwhile waits for `session`; how many connections do. */
async function whileStuck(flood: () => Promise<unknown>[]): Promise<{ held: number; answers: unknown[] }> {
  const locked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const holding = house.db.transaction().execute(async (trx) => {
    await sql`LOCK TABLE session IN ACCESS EXCLUSIVE MODE`.execute(trx);
    locked.resolve();
    await release.promise;
  });
  await locked.promise;
  const answers = flood().map((answer) => answer.catch((error) => error.code));
  const waiting = () =>
    sql<{ held: number }>`
      SELECT count(*)::int AS held FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(house.db);
  let held = 0;
  try {
    await expect.poll(async () => (await waiting()).rows[0]?.held).toBeGreaterThan(0);
    held = (await waiting()).rows[0]?.held ?? 0;
  } finally {
    release.resolve();
    await holding;
  }
  return { held, answers: await Promise.all(answers) };
}

test('a flood of unknown secrets takes two connections and a bounded line; the others stay free', async () => {
  const { held, answers } = await whileStuck(() =>
    Array.from({ length: 300 }, () => prove(newSecret(random, 'session'))),
  );
  expect(held).toBeLessThanOrEqual(2);
  expect(answers.filter((answer) => answer === 'rate_limited')).toHaveLength(300 - 2 - 256);
  expect(answers.filter((answer) => answer === null)).toHaveLength(258);
});

test('a session that was proven, or has just begun, is proven beside a flood; one that nobody knows is not', async () => {
  const [proven, begun, unknown] = [
    await signInAs(house, jane),
    await signInAs(house, jane),
    await signInAs(house, jane),
  ];
  await prove(proven.token);
  authenticator.noteBegun(begun.token);
  const { answers } = await whileStuck(() => [
    ...Array.from({ length: 300 }, () => prove(newSecret(random, 'session'))),
    ...[proven, begun, unknown].map(({ token }) => prove(token)),
  ]);
  expect(answers.slice(300)).toEqual([
    expect.objectContaining({ sessionId: proven.session.id }),
    expect.objectContaining({ sessionId: begun.session.id }),
    'rate_limited',
  ]);
});

test('a secret is known from its begin or its first proof on, until it proves nobody', async () => {
  const { token, session } = await signInAs(house, jane);
  expect(authenticator.isKnown(token)).toBe(false);
  await prove(token);
  expect(authenticator.isKnown(token)).toBe(true);
  await house.db.deleteFrom('session').where('id', '=', session.id).execute();
  await prove(token);
  expect(authenticator.isKnown(token)).toBe(false);
  const begun = newSecret(random, 'session');
  authenticator.noteBegun(begun);
  expect(authenticator.isKnown(begun)).toBe(true);
  expect(await prove(begun)).toBeNull();
  expect(authenticator.isKnown(begun)).toBe(false);
  expect(authenticator.isKnown('x')).toBe(false);
});
