import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Grant } from '@serverctl/core';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { signInLimits } from '../services/accounts/sign-in-limits.ts';
import { linkAttempts } from './routes/invitations.ts';
import { refusal } from './testing/house-per-test.ts';
import { type OperatorHouse, openOperatorHouse, publicUrl } from './testing/operator-house.ts';
import { addPerson, addSession, addToken } from './testing/people.ts';

let directory: string;
let house: OperatorHouse;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-invitations-'));
});
beforeEach(async () => {
  house = await openOperatorHouse(directory);
});
afterEach(() => house.close());
afterAll(() => rm(directory, { recursive: true }));

const administrator: Grant = { role: 'administrator', poolId: null };
const password = 'correct-harbour-lantern-94';
const invalid = { code: 'link_invalid' };
/** Links are shown and accepted by whoever has them: without any proof. */
const stranger = () => house.clientAs(null).invitations;
const secretIn = ({ link }: { readonly link: string }) => link.slice(`${publicUrl}/join#`.length);
const db = () => house.database.kysely;
const userRow = (email: string) =>
  db().selectFrom('user').selectAll().where('email', '=', email).executeTakeFirstOrThrow();
const expire = () => sql`UPDATE invitation SET expires_at = now()`.execute(db());

async function inviteBob(pool: string | null = null) {
  return house.client.invitations.invite({ email: 'Bob@Example.com', grants: [{ role: 'viewer', pool }] });
}

test('an invitation is a link whose secret is behind # and nowhere else, for 48 h', async () => {
  const edge = await house.client.pools.add({ name: 'edge' });
  const made = await inviteBob('edge');
  expect(made.link).toMatch(/^https:\/\/plane\.test\/join#scl_[\w-]{43}$/);
  const { invitation } = made;
  expect(invitation).toMatchObject({ kind: 'invitation', email: 'bob@example.com', invitedBy: 'host', expired: false });
  expect(Date.parse(invitation.expiresAt) - Date.parse(invitation.createdAt)).toBe(48 * 3_600_000);
  expect(await stranger().show(secretIn(made))).toEqual({
    kind: 'invitation',
    email: 'bob@example.com',
    invitedBy: 'host',
    grants: [{ role: 'viewer', poolId: edge.id, pool: 'edge' }],
    expiresAt: invitation.expiresAt,
    ends: null,
  });
  expect(await house.client.invitations.list()).toEqual({ invitations: [invitation] });
  const secret = secretIn(made);
  expect(await house.stored()).not.toContain(secret);
  expect(house.logged()).not.toContain(secret);
});

test('whoever accepts becomes a user with the roles of the invitation, once', async () => {
  const edge = await house.client.pools.add({ name: 'edge' });
  const made = await inviteBob('edge');
  const secret = secretIn(made);
  const user = await stranger().accept({ secret, name: 'Bob', password });
  expect(user).toMatchObject({ email: 'bob@example.com', name: 'Bob', grants: [{ role: 'viewer', poolId: edge.id }] });
  const { password_hash: hash } = await userRow('bob@example.com');
  expect(await house.deps.passwords.verify(hash, password)).toBe(true);
  expect(await refusal(stranger().accept({ secret, name: 'Eve', password }))).toMatchObject(invalid);
  expect(await refusal(stranger().show(secret))).toMatchObject(invalid);
  expect(await house.client.invitations.list()).toEqual({ invitations: [] });
  const audit = db().selectFrom('audit_entry').select(['actor', 'action', 'target']).orderBy('seq', 'desc');
  const actor = `link:${made.invitation.id}`;
  expect(await audit.executeTakeFirst()).toEqual({ actor, action: 'user.join', target: user.id });
  const kinds = await db().selectFrom('event').select('kind').orderBy('seq', 'desc').limit(2).execute();
  expect(kinds).toEqual([{ kind: 'user.joined' }, { kind: 'user.invited' }]);
});

test('of many who accept one link at once, one gets in', async () => {
  const secret = secretIn(await house.client.invitations.setupLink());
  const tries = Array.from({ length: 8 }, (_, n) =>
    refusal(stranger().accept({ secret, email: `u${n}@example.com`, password })),
  );
  const outcomes = await Promise.all(tries);
  expect(outcomes.filter((outcome) => outcome === null)).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome?.code === 'link_invalid')).toHaveLength(7);
  expect((await house.client.users.list()).users).toHaveLength(1);
});

test('a link that is refused for its password or address stays unused', async () => {
  const secret = secretIn(await inviteBob());
  const accept = (more: object) => refusal(stranger().accept({ secret, password, ...more }));
  expect(await accept({ password: 'short' })).toMatchObject({ code: 'request_invalid' });
  expect(await accept({ password: 'bob@example.com-bob' })).toMatchObject({ code: 'password_compromised' });
  expect(await accept({ email: 'eve@example.com' })).toMatchObject({ code: 'request_invalid' });
  expect(await accept({})).toBeNull();
  expect((await userRow('bob@example.com')).name).toBe('bob@example.com');
});

test('an expired link, a removed one and one of a guess are the same to whoever asks', async () => {
  const first = await inviteBob();
  await expire();
  expect(await refusal(stranger().show(secretIn(first)))).toMatchObject(invalid);
  expect(await refusal(stranger().accept({ secret: secretIn(first), password }))).toMatchObject(invalid);
  expect((await house.client.invitations.list()).invitations).toMatchObject([{ expired: true }]);
  const second = await inviteBob();
  await house.client.invitations.remove(second.invitation.id);
  expect(await refusal(stranger().show(secretIn(second)))).toMatchObject(invalid);
  expect(await refusal(stranger().show('scl_guess'))).toMatchObject(invalid);
  expect(await refusal(house.client.invitations.remove(second.invitation.id))).toMatchObject({
    code: 'invitation_not_found',
  });
});

test('a newer invitation voids the one before; who is a user already is not invited', async () => {
  const first = await inviteBob();
  const second = await inviteBob();
  expect(await refusal(stranger().show(secretIn(first)))).toMatchObject(invalid);
  await stranger().accept({ secret: secretIn(second), password });
  expect(await refusal(inviteBob())).toMatchObject({ code: 'user_exists' });
});

test('a role for a pool that was removed meanwhile is not given', async () => {
  const edge = await house.client.pools.add({ name: 'edge' });
  const secret = secretIn(await inviteBob('edge'));
  await db().deleteFrom('pool').where('id', '=', edge.id).execute();
  expect(await stranger().accept({ secret, password })).toMatchObject({ email: 'bob@example.com', grants: [] });
});

test('the setup link is made with the host’s own token only, lasts 30 min, and makes one more administrator each time', async () => {
  const first = await house.client.invitations.setupLink();
  const { createdAt, expiresAt } = first.invitation;
  expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(30 * 60_000);
  const second = await house.client.invitations.setupLink();
  expect(await refusal(stranger().show(secretIn(first)))).toMatchObject(invalid);
  const secret = secretIn(second);
  expect(await refusal(stranger().accept({ secret, password }))).toMatchObject({ code: 'link_needs_email' });
  const ann = await stranger().accept({ secret, email: 'ann@example.com', name: 'Ann', password });
  expect(ann.grants).toEqual([administrator]);
  const asAnn = house.clientAs(await addSession(house, ann.id));
  expect(await refusal(asAnn.invitations.setupLink())).toMatchObject({ code: 'only_on_host' });
  const third = secretIn(await house.client.invitations.setupLink());
  expect(await refusal(stranger().accept({ secret: third, email: 'ann@example.com', password }))).toMatchObject({
    code: 'user_exists',
  });
  const eve = await stranger().accept({ secret: third, email: 'eve@example.com', password });
  expect(eve.grants).toEqual([administrator]);
});

/** Ann with two sessions, a second factor and a recovery code. */
async function addAnn() {
  const ann = await addPerson(house, 'ann@example.com', [administrator]);
  const factor = { totp_secret: Buffer.from('sealed'), totp_confirmed_at: sql<Date>`now()` };
  await db()
    .updateTable('user')
    .set({ ...factor, password_hash: 'old' })
    .where('id', '=', ann.id)
    .execute();
  await db()
    .insertInto('recovery_code')
    .values({ user_id: ann.id, code_sha256: Buffer.alloc(32) })
    .execute();
  return { ...ann, sessions: [await addSession(house, ann.id), await addSession(house, ann.id)] };
}

test('a reset link changes nothing until it is used; then every session ends, and the second factor stays', async () => {
  const ann = await addAnn();
  const made = await house.client.users.reset('ann@example.com', {});
  expect((await userRow(ann.email)).password_hash).toBe('old');
  expect(await stranger().show(secretIn(made))).toMatchObject({ kind: 'reset', email: ann.email, grants: [] });
  expect(await refusal(stranger().accept({ secret: secretIn(made), name: 'X', password }))).toMatchObject({
    code: 'request_invalid',
  });
  const view = await stranger().accept({ secret: secretIn(made), password });
  expect(view).toMatchObject({ id: ann.id, twoFactor: true, sessions: 0, grants: [administrator] });
  for (const secret of ann.sessions) expect(await refusal(house.clientAs(secret).pools.list())).not.toBeNull();
  expect(await house.deps.passwords.verify((await userRow(ann.email)).password_hash, password)).toBe(true);
  expect(await db().selectFrom('recovery_code').selectAll().execute()).toHaveLength(1);
});

test('a reset link says what it will end, and the event of its use what it ended', async () => {
  const ann = await addAnn();
  await addToken(house, ann.id);
  await house.clientAs(ann.sessions[0] ?? '').invitations.invite({
    email: 'bob@example.com',
    grants: [{ role: 'viewer', pool: null }],
  });
  const made = await house.client.users.reset(ann.id, { twoFactor: true });
  const ends = { sessions: 2, apiTokens: 1, links: 1, twoFactor: true };
  expect(await stranger().show(secretIn(made))).toMatchObject({ ends });
  await stranger().accept({ secret: secretIn(made), password });
  const told = await house.told();
  const sentenceOf = (kind: string) => told.find((event) => event.kind === kind)?.sentence;
  expect(sentenceOf('link.made')).toMatch(/Its use ends every session and API token of that user\.$/);
  expect(sentenceOf('user.password-reset')).toBe(
    'ann@example.com has a new password by a one-time link; 2 sessions and 1 API token of that user have ended, and 1 link made by that user ended too.',
  );
});

test('who has used a link signs in at once, although the limits of before were reached there', async () => {
  const { email } = await addAnn();
  const hash = await house.deps.passwords.hash('what she has forgotten', 'proven');
  await db().updateTable('user').set({ password_hash: hash }).where('email', '=', email).execute();
  const signIn = (word: string) =>
    house.ask('POST', '/api/v1/session', { email, password: word, kind: 'command-line' }, null, '198.51.100.7');
  const tries = Array.from({ length: signInLimits.pair.burst }, () => signIn('a wrong password'));
  for (const { status } of await Promise.all(tries)) expect(status).toBe(401);
  expect(await signIn(password)).toMatchObject({ status: 429 });
  const secret = secretIn(await house.client.users.reset(email, { twoFactor: true }));
  const accepted = await house.ask('POST', '/api/v1/invitations/accept', { secret, password }, null, '198.51.100.7');
  expect(accepted.status).toBe(201);
  expect(await signIn(password)).toMatchObject({ status: 201 });
});

test('a reset link that was made for it ends the second factor with its recovery codes, and says so', async () => {
  const ann = await addAnn();
  const older = await house.client.users.reset(ann.id, {});
  const made = await house.client.users.reset(ann.id, { twoFactor: true });
  expect(await refusal(stranger().show(secretIn(older)))).toMatchObject(invalid);
  expect((await house.client.users.get(ann.id)).twoFactor).toBe(true);
  expect((await stranger().accept({ secret: secretIn(made), password })).twoFactor).toBe(false);
  expect(await db().selectFrom('recovery_code').selectAll().execute()).toEqual([]);
  const told = await db().selectFrom('event').select(['kind', 'severity']).orderBy('seq', 'desc').limit(2).execute();
  expect(told.map(({ kind }) => kind)).toEqual(['user.second-factor-removed', 'user.password-reset']);
});

test('a reset link that was made to end a second factor is no alarm where there was none in force', async () => {
  const ann = await addAnn();
  await db().updateTable('user').set({ totp_confirmed_at: null }).where('id', '=', ann.id).execute();
  const made = await house.client.users.reset(ann.id, { twoFactor: true });
  await stranger().accept({ secret: secretIn(made), password });
  const told = await db().selectFrom('event').select('kind').orderBy('seq', 'desc').limit(2).execute();
  expect(told.map(({ kind }) => kind)).toEqual(['user.password-reset', 'link.made']);
});

test('guesses at links are limited for each address, and one address keeps no other from its link', async () => {
  const secret = secretIn(await inviteBob());
  const ask = (path: string, remoteAddress: string, payload: object) =>
    house.app.inject({ method: 'POST', url: `/api/v1/invitations/${path}`, remoteAddress, payload });
  const guesses = Array.from({ length: linkAttempts.burst }, () =>
    ask('show', '198.51.100.1', { secret: 'scl_guess' }),
  );
  for (const { statusCode } of await Promise.all(guesses)) expect(statusCode).toBe(401);
  const refused = await ask('accept', '198.51.100.1', { secret, password });
  expect(refused.statusCode).toBe(429);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect((await ask('accept', '198.51.100.2', { secret, password })).statusCode).toBe(201);
});
