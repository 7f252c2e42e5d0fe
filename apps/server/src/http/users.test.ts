import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Grant, Role } from '@serverctl/core';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { readGrants } from '../db/repositories/grants.ts';
import { assertMayGive, resolveGrants } from '../services/accounts/grants.ts';
import { refusal } from './testing/house-per-test.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';
import { addPerson, addSession, addToken } from './testing/people.ts';

let directory: string;
let house: OperatorHouse;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-users-'));
});
beforeEach(async () => {
  house = await openOperatorHouse(directory);
});
afterEach(() => house.close());
afterAll(() => rm(directory, { recursive: true }));

const administrator: Grant = { role: 'administrator', poolId: null };

/** A user who can sign in: with a password that nobody in these tests types. */
async function addSigningIn(email: string, grants: readonly Grant[] = [administrator]) {
  const person = await addPerson(house, email, grants);
  await house.database.kysely.updateTable('user').set({ password_hash: 'x' }).where('id', '=', person.id).execute();
  return { ...person, client: house.clientAs(await addSession(house, person.id)) };
}

const audit = () =>
  house.database.kysely
    .selectFrom('audit_entry')
    .select(['actor', 'action', 'target', 'details'])
    .orderBy('seq', 'desc');
const events = () =>
  house.database.kysely.selectFrom('event').select(['kind', 'severity', 'sentence']).orderBy('seq', 'desc');

test('roles are given by pool id or name, replace the ones before, and are audited with the change', async () => {
  const edge = await house.client.pools.add({ name: 'edge' });
  const ann = await addSigningIn('ann@example.com');
  const bob = await addPerson(house, 'bob@example.com', []);
  const view = await ann.client.users.grant('BOB@example.com', { grants: [{ role: 'operator', pool: 'Edge' }] });
  expect(view).toMatchObject({ id: bob.id, grants: [{ role: 'operator', poolId: edge.id }] });
  expect(await audit().executeTakeFirst()).toEqual({
    actor: 'user:ann@example.com',
    action: 'user.grant',
    target: bob.id,
    details: { email: 'bob@example.com', from: [], to: ['operator of edge'] },
  });
  expect(await events().executeTakeFirst()).toEqual({
    kind: 'user.roles-changed',
    severity: 'warning',
    sentence: 'bob@example.com is now operator of edge; before: without any role.',
  });
  const everywhere = await ann.client.users.grant(bob.id, { grants: [{ role: 'viewer', pool: null }] });
  expect(everywhere.grants).toEqual([{ role: 'viewer', poolId: null }]);
  const rows = await house.auditRows();
  await ann.client.users.grant(bob.id, { grants: [{ role: 'viewer', pool: null }] });
  expect(await house.auditRows()).toBe(rows);
});

test('roles are changed only as they were shown: of two changes at once the second gives nothing back', async () => {
  const edge = await house.client.pools.add({ name: 'edge' });
  const bob = await addPerson(house, 'bob@example.com', [administrator]);
  const shown = (await house.client.users.get(bob.id)).grants;
  const inputs = [
    { grants: [], expect: shown },
    {
      grants: [
        { role: 'viewer' as const, pool: null },
        { role: 'operator' as const, pool: edge.id },
      ],
      expect: shown,
    },
  ];
  await addSigningIn('ann@example.com');
  const outcomes = await Promise.all(inputs.map((input) => refusal(house.client.users.grant(bob.id, input))));
  expect(outcomes.map((one) => one?.code ?? 'done').toSorted()).toEqual(['done', 'roles_changed']);
  const now = (await house.client.users.get(bob.id)).grants;
  const refused = await refusal(house.client.users.grant(bob.id, { grants: [], expect: shown }));
  expect(refused).toMatchObject({ code: 'roles_changed', details: { email: 'bob@example.com' } });
  expect((await house.client.users.get(bob.id)).grants).toEqual(now);
  const both = [
    { role: 'viewer' as const, pool: null },
    { role: 'operator' as const, pool: edge.id },
  ];
  await house.client.users.grant(bob.id, { grants: both, expect: now });
  const { grants } = await house.client.users.get(bob.id);
  await house.client.users.grant(bob.id, { grants: [], expect: grants.toReversed() });
  expect((await house.client.users.get(bob.id)).grants).toEqual([]);
});

test('a pool named twice, by id and name, and a pool that is not there are refused and change nothing', async () => {
  const edge = await house.client.pools.add({ name: 'edge' });
  const bob = await addPerson(house, 'bob@example.com', [administrator]);
  const before = await house.stored();
  const give = (...pools: (string | null)[]) =>
    refusal(house.client.users.grant(bob.id, { grants: pools.map((pool) => ({ role: 'viewer', pool })) }));
  expect(await give('edge', edge.id)).toMatchObject({ code: 'grant_repeated' });
  expect(await give(null, null)).toMatchObject({ code: 'grant_repeated', details: { pool: 'everywhere' } });
  expect(await give('nowhere')).toMatchObject({ code: 'pool_not_found' });
  expect(await house.stored()).toBe(before);
});

test('nobody gives more than they have', async () => {
  const edge = await house.client.pools.add({ name: 'edge' });
  const other = await house.client.pools.add({ name: 'other' });
  const [own] = await resolveGrants(house.deps.db, [{ role: 'operator', pool: edge.id }]);
  const access = { grants: [own as Grant], scope: null };
  const give = async (role: Role, pool: string | null) =>
    refusal(assertMayGive(house.deps.db, access, await resolveGrants(house.deps.db, [{ role, pool }])));
  expect(await give('administrator', edge.id)).toEqual({
    code: 'grant_exceeds_own',
    details: { grants: ['administrator of edge'] },
  });
  expect(await give('viewer', null)).toMatchObject({ details: { grants: ['viewer everywhere'] } });
  expect(await give('viewer', other.id)).toMatchObject({ details: { grants: ['viewer of other'] } });
  expect(await give('viewer', edge.id)).toBeNull();
});

test('the last administrator who can sign in is neither removed, nor disabled, nor demoted', async () => {
  const ann = await addSigningIn('ann@example.com');
  await addPerson(house, 'no-password@example.com', [administrator]);
  const before = await house.stored();
  const refused = { code: 'last_administrator' };
  expect(await refusal(house.client.users.remove(ann.id))).toMatchObject(refused);
  expect(await refusal(house.client.users.set(ann.id, { disabled: true, name: 'Ann' }))).toMatchObject(refused);
  const viewer = { grants: [{ role: 'viewer' as const, pool: null }] };
  expect(await refusal(house.client.users.grant(ann.id, viewer))).toMatchObject(refused);
  expect(await house.stored()).toBe(before);
  const bob = await addSigningIn('bob@example.com');
  expect(await house.client.users.remove(ann.id)).toEqual({ removed: ann.id });
  expect(await refusal(house.client.users.set(bob.id, { disabled: true }))).toMatchObject(refused);
});

test('of administrators who take away each other at once, one always stays', async () => {
  for (let round = 0; round < 8; round += 1) {
    const people = [await addSigningIn(`a${round}@example.com`), await addSigningIn(`b${round}@example.com`)];
    const [a = '', b = ''] = people.map(({ id }) => id);
    const acts = [
      house.client.users.remove(a),
      round % 2 === 0 ? house.client.users.grant(b, { grants: [] }) : house.client.users.set(b, { disabled: true }),
    ];
    const outcomes = await Promise.all(acts.map(refusal));
    expect(outcomes.filter((outcome) => outcome === null)).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome?.code === 'last_administrator')).toHaveLength(1);
    await house.database.kysely
      .deleteFrom('user')
      .where(
        'email',
        'in',
        people.map(({ email }) => email),
      )
      .execute();
  }
});

test('a disabled user is out at once: sessions end, tokens prove nothing; enabled again it signs in anew', async () => {
  await addSigningIn('ann@example.com');
  const bob = await addSigningIn('bob@example.com');
  const token = house.clientAs(await addToken(house, bob.id));
  await token.pools.list();
  expect(await house.client.users.set(bob.id, { disabled: true })).toMatchObject({ disabled: true, sessions: 0 });
  expect(await refusal(bob.client.pools.list())).not.toBeNull();
  expect(await refusal(token.pools.list())).not.toBeNull();
  expect(await events().executeTakeFirst()).toMatchObject({ kind: 'user.disabled' });
  expect(await house.client.users.set(bob.id, { disabled: false })).toMatchObject({ disabled: false });
  await token.pools.list();
  expect(await refusal(bob.client.pools.list())).not.toBeNull();
});

test('a removed user leaves no session, token or role, and stays in the audit log', async () => {
  await addSigningIn('ann@example.com');
  const bob = await addSigningIn('bob@example.com');
  const token = house.clientAs(await addToken(house, bob.id));
  expect(await house.client.users.remove('bob@example.com')).toEqual({ removed: bob.id });
  expect(await refusal(token.pools.list())).not.toBeNull();
  expect(await readGrants(house.deps.db, bob.id)).toEqual([]);
  expect(await audit().executeTakeFirst()).toMatchObject({ actor: 'host', action: 'user.remove', target: bob.id });
  expect(await refusal(house.client.users.get(bob.id))).toMatchObject({ code: 'user_not_found' });
});

test.each([
  ['is removed', (id: string) => house.client.users.remove(id)],
  ['is disabled', (id: string) => house.client.users.set(id, { disabled: true })],
  ['is no administrator any more', (id: string) => house.client.users.grant(id, { grants: [] })],
])('links that a user made are void once that user %s', async (_what, act) => {
  await addSigningIn('ann@example.com');
  const bob = await addSigningIn('bob@example.com');
  const { link } = await bob.client.invitations.invite({
    email: 'eve@example.com',
    grants: [{ role: 'administrator', pool: null }],
  });
  const reset = await bob.client.users.reset('ann@example.com', {});
  await act(bob.id);
  for (const made of [link, reset.link])
    expect(await refusal(house.client.invitations.show(made.split('#')[1] ?? ''))).toMatchObject({
      code: 'link_invalid',
    });
});

test('users are listed with how often they are signed in, and signed out everywhere', async () => {
  const ann = await addSigningIn('ann@example.com');
  await addSession(house, ann.id);
  const { users } = await house.client.users.list();
  expect(users).toMatchObject([{ email: 'ann@example.com', sessions: 2, disabled: false, twoFactor: false }]);
  expect(users[0]?.lastSeenAt).not.toBeNull();
  expect(await house.client.users.endSessions(ann.id)).toEqual({ ended: 2 });
  expect(await refusal(ann.client.users.list())).not.toBeNull();
  const after = await house.client.users.get(ann.id);
  expect(after).toMatchObject({ sessions: 0, lastSeenAt: users[0]?.lastSeenAt });
});

test('when a user was last here outlives the session; who has never signed in was never here', async () => {
  const ann = await addPerson(house, 'ann@example.com', []);
  const lastSeen = async () => (await house.client.users.get(ann.id)).lastSeenAt;
  expect(await lastSeen()).toBeNull();
  const session = house.clientAs(await addSession(house, ann.id));
  await sql`UPDATE "user" SET last_seen_at = now() - interval '3 days'`.execute(house.deps.db);
  await session.session.me();
  await session.session.signOut();
  const now = house.deps.clock.wallTime().getTime();
  expect(now - Date.parse((await lastSeen()) ?? '')).toBeLessThan(60_000);
});

test('who may change users proves anew who asks, and no token ever may', async () => {
  const ann = await addSigningIn('ann@example.com');
  const stale = house.clientAs(await addSession(house, ann.id, { stale: true }));
  const token = house.clientAs(await addToken(house, ann.id));
  const bob = await addPerson(house, 'bob@example.com', []);
  const before = await house.stored();
  for (const [client, code] of [
    [stale, 'step_up_required'],
    [token, 'not_for_tokens'],
  ] as const) {
    const invitation = { email: 'eve@example.com', grants: [{ role: 'viewer' as const, pool: null }] };
    expect(await refusal(client.users.set(bob.id, { name: 'B' }))).toMatchObject({ code });
    expect(await refusal(client.users.grant(bob.id, { grants: [] }))).toMatchObject({ code });
    expect(await refusal(client.users.remove(bob.id))).toMatchObject({ code });
    expect(await refusal(client.users.endSessions(bob.id))).toMatchObject({ code });
    expect(await refusal(client.users.reset(bob.id, {}))).toMatchObject({ code });
    expect(await refusal(client.invitations.invite(invitation))).toMatchObject({ code });
  }
  expect(withoutUse(await house.stored())).toBe(withoutUse(before));
});

test('a form that is wrong is refused with all that is wrong before a new proof is asked for', async () => {
  const ann = await addSigningIn('ann@example.com');
  const stale = house.clientAs(await addSession(house, ann.id, { stale: true }));
  const wrong = { email: 'eve', grants: [{ role: 'king' as 'viewer', pool: null }] };
  expect(await refusal(stale.invitations.invite(wrong))).toMatchObject({
    code: 'request_invalid',
    details: { fields: [expect.stringContaining('body.email'), expect.stringContaining('body.grants')] },
  });
  const viewer = await addPerson(house, 'bob@example.com', []);
  const barred = house.clientAs(await addSession(house, viewer.id, { stale: true }));
  expect(await refusal(barred.invitations.invite(wrong))).toMatchObject({ code: 'permission_denied' });
});

/** But the tables where the use of a session or token is noted, whatever then becomes of the request. */
const withoutUse = (stored: string) =>
  stored
    .split('\n\n')
    .filter((part) => !/^(api_token|session)\n/.test(part))
    .join('\n\n');
