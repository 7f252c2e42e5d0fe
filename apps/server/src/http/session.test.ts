import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MeView, RecoveryCodes, SessionView, SignedIn, TotpBegun } from '@serverctl/contract';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { makeUser, signInAs, type TestUser } from '../services/accounts/testing/accounts.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';

let directory: string;
let house: OperatorHouse;
let made = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-session-'));
  house = await openOperatorHouse(directory);
});
afterAll(async () => {
  await house.close();
  await rm(directory, { recursive: true });
});

type Headers = Readonly<Record<string, string>>;

/** Each test has a user, and an address to come from, of its own: limits are kept for the whole app. */
async function person(): Promise<TestUser & { readonly peer: string }> {
  made += 1;
  const user = await makeUser({ db: house.deps.db }, { email: `p${made}@example.com` });
  return { ...user, peer: `192.0.2.${made}` };
}

async function ask<Body>(
  method: string,
  path: string,
  options: { body?: unknown; headers?: Headers; peer?: string } = {},
) {
  const { body, headers = {}, peer = '192.0.2.250' } = options;
  const reply = await house.app.inject({
    method: method as 'GET',
    url: `/api/v1${path}`,
    remoteAddress: peer,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { payload: JSON.stringify(body) }),
  });
  const json = reply.json() as Body & { error?: { code: string } };
  return { status: reply.statusCode, body: json, code: json.error?.code, headers: reply.headers };
}

function signIn(user: TestUser & { peer: string }, more: object = {}, headers: Headers = {}) {
  const body = { email: user.email, password: user.password, ...more };
  return ask<SignedIn>('POST', '/session', { body, peer: user.peer, headers });
}

/** A browser says where a request comes from. */
const own = { 'sec-fetch-site': 'same-origin' };
const cookieIn = (reply: { headers: { 'set-cookie'?: string | string[] | undefined } }) =>
  String(reply.headers['set-cookie']).split(';')[0] ?? '';
const wrong = { password: 'not the password at all' };

test('a browser gets a cookie and no token, and is who signed in', async () => {
  const user = await person();
  const reply = await signIn(user, {}, own);
  expect(reply).toMatchObject({ status: 201, body: { token: null, session: { kind: 'browser', peer: user.peer } } });
  expect(reply.headers['set-cookie']).toMatch(/^sct=scs_[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  const me = await ask<MeView>('GET', '/me', { headers: { cookie: cookieIn(reply) } });
  expect(me.body).toMatchObject({ kind: 'user', email: user.email, twoFactor: false, session: { current: true } });
  expect(me.body.permissions).toContain('user:write');
});

test('a command line gets a token and no cookie', async () => {
  const user = await person();
  const reply = await signIn(user, { kind: 'command-line' });
  expect(reply.headers['set-cookie']).toBeUndefined();
  const me = await ask<MeView>('GET', '/me', { headers: { authorization: `Bearer ${reply.body.token}` } });
  expect(me.body).toMatchObject({ actor: `user:${user.email}` });
});

test('a wrong password is 401 without a word on which part was wrong, and no cookie', async () => {
  const user = await person();
  const known = await signIn(user, wrong);
  const unknown = await signIn(user, { ...wrong, email: 'nobody@example.com' });
  expect([known.status, known.code]).toEqual([401, 'sign_in_refused']);
  expect({ ...unknown.body.error, requestId: '' }).toEqual({ ...known.body.error, requestId: '' });
  expect(known.headers['set-cookie']).toBeUndefined();
});

test('a wrong password is told in the same words whether or not the account has a second factor and a code was sent', async () => {
  const [plain, guarded] = [await person(), await person()];
  const { headers } = await signInAs({ db: house.deps.db }, guarded);
  const begun = await ask<TotpBegun>('POST', '/me/totp', { headers });
  const code = new TOTP({ secret: Secret.fromBase32(begun.body.secret) }).generate();
  expect((await ask('POST', '/me/totp/confirm', { body: { code }, headers })).status).toBe(200);
  const replies = [];
  for (const user of [plain, guarded])
    for (const more of [{}, { code: '000000' }]) replies.push(await signIn(user, { ...wrong, ...more }));
  const words = replies.map(({ body }) => ({ ...body.error, requestId: '' }));
  expect(words).toEqual(words.map(() => words[0]));
  expect(JSON.stringify(words[0])).not.toMatch(/code is|second factor|authenticator/);
});

test('a field that cannot be is named by the message itself', async () => {
  const user = await person();
  const { status, body } = await signIn(user, { password: 'x'.repeat(5_000) });
  expect(status).toBe(422);
  expect(body.error).toMatchObject({
    message: 'password: must have at most 1000 characters.',
    details: { fields: ['body.password: must have at most 1000 characters'] },
  });
});

test('brute force is told how long to wait, and does not touch a session that is there', async () => {
  const user = await person();
  const session = await signInAs({ db: house.deps.db }, user);
  const attacker = { ...user, peer: '198.51.100.9' };
  const statuses: number[] = [];
  for (let n = 0; n < 8; n += 1) statuses.push((await signIn(attacker, wrong)).status);
  expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429, 429]);
  const refused = await signIn(attacker);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50);
  expect((await ask('GET', '/me', { headers: session.headers })).status).toBe(200);
  const proof = { body: { password: user.password }, headers: session.headers };
  expect((await ask('POST', '/session/step-up', proof)).status).toBe(200);
});

test('forged forwarded headers are no other place', async () => {
  const user = await person();
  const statuses: number[] = [];
  for (let n = 0; n < 7; n += 1) {
    const forged = {
      'x-forwarded-for': `203.0.113.${n}`,
      'x-real-ip': `203.0.113.${n}`,
      forwarded: `for=203.0.113.${n}`,
    };
    statuses.push((await signIn(user, wrong, forged)).status);
  }
  expect(statuses.at(-1)).toBe(429);
});

test('a cookie that was planted before the sign-in is worth nothing after it', async () => {
  const user = await person();
  const planted = `sct=scs_${'A'.repeat(43)}`;
  const reply = await signIn(user, {}, { ...own, cookie: planted });
  expect(cookieIn(reply)).not.toBe(planted);
  expect((await ask('GET', '/me', { headers: { cookie: planted } })).code).toBe('session_ended');
  const again = await signIn(user, {}, { ...own, cookie: cookieIn(reply) });
  expect((await ask('GET', '/me', { headers: { cookie: cookieIn(reply) } })).code).toBe('session_ended');
  expect((await ask('GET', '/me', { headers: { cookie: cookieIn(again) } })).status).toBe(200);
});

test('another site’s page can neither sign somebody in nor use the cookie', async () => {
  const user = await person();
  const other = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  expect((await signIn(user, {}, other)).code).toBe('origin_refused');
  const cookie = cookieIn(await signIn(user, {}, own));
  expect((await ask('DELETE', '/session', { headers: { ...other, cookie } })).code).toBe('origin_refused');
  expect((await ask('GET', '/me', { headers: { cookie } })).status).toBe(200);
});

test('a browser’s session is no bearer token', async () => {
  const user = await person();
  const secret = cookieIn(await signIn(user, {}, own)).replace('sct=', '');
  expect((await ask('GET', '/me', { headers: { authorization: `Bearer ${secret}` } })).code).toBe('session_ended');
});

test('signing out ends the session at once and takes the cookie away; its token is no replay', async () => {
  const user = await person();
  const cookie = cookieIn(await signIn(user, {}, own));
  const out = await ask('DELETE', '/session', { headers: { ...own, cookie } });
  expect(out.body).toEqual({ done: true });
  expect(out.headers['set-cookie']).toContain('sct=; ');
  expect((await ask('GET', '/me', { headers: { cookie } })).code).toBe('session_ended');
});

test('sessions are listed, ended one by one or all others, and nobody else’s', async () => {
  const [user, other] = [await person(), await person()];
  const db = { db: house.deps.db };
  const [mine, second, third] = [
    await signInAs(db, user),
    await signInAs(db, user),
    await signInAs(db, user, 'browser'),
  ];
  const theirs = await signInAs(db, other);
  const asMe = { headers: mine.headers };
  const list = await ask<{ sessions: SessionView[] }>('GET', '/me/sessions', asMe);
  expect(list.body.sessions.map(({ id }) => id).toSorted()).toEqual(
    [mine, second, third].map(({ session }) => session.id).toSorted(),
  );
  expect(list.body.sessions.filter(({ current }) => current).map(({ id }) => id)).toEqual([mine.session.id]);
  expect(JSON.stringify(list.body)).not.toContain('scs_');
  expect((await ask('DELETE', `/me/sessions/${theirs.session.id}`, asMe)).body).toEqual({ ended: 0 });
  expect((await ask('DELETE', `/me/sessions/${second.session.id}`, asMe)).body).toEqual({ ended: 1 });
  expect((await ask('DELETE', '/me/sessions', asMe)).body).toEqual({ ended: 1 });
  const statuses = [mine, second, third, theirs].map(({ headers }) => ask('GET', '/me', { headers }));
  expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([200, 401, 401, 200]);
});

test('a new password gives the session another token: a browser by cookie, a command line in the reply', async () => {
  const user = await person();
  const { headers } = await signInAs({ db: house.deps.db }, user);
  const body = { current: user.password, next: 'nine otters in the weir' };
  const short = await ask('POST', '/me/password', { headers, body: { ...body, next: 'short' } });
  expect(short.code).toBe('request_invalid');
  const changed = await ask<{ token: string | null }>('POST', '/me/password', { headers, body });
  expect(changed).toMatchObject({ status: 200, body: { ended: 0 } });
  expect((await ask('GET', '/me', { headers })).code).toBe('session_ended');
  const fresh = { authorization: `Bearer ${changed.body.token}` };
  expect((await ask('GET', '/me', { headers: fresh })).status).toBe(200);
  const browser = await signIn({ ...user, password: body.next }, {}, own);
  const cookie = cookieIn(browser);
  const next = 'eleven geese at dusk, then';
  const again = await ask('POST', '/me/password', { headers: { ...own, cookie }, body: { current: body.next, next } });
  expect(again.body).toEqual({ ended: 1, token: null, tokensEnded: 0, tokensLeft: 0 });
  expect(cookieIn(again)).toMatch(/^sct=scs_/);
  expect(cookieIn(again)).not.toBe(cookie);
});

test('an authenticator needs a fresh proof to begin, is asked for from then on, and each code works once', async () => {
  const user = await person();
  const { headers, session } = await signInAs({ db: house.deps.db }, user);
  const { db } = house.deps;
  const makeStale = () => db.updateTable('session').set({ stepped_up_at: null }).where('id', '=', session.id).execute();
  await makeStale();
  for (const [method, path] of [
    ['POST', '/me/totp'],
    ['DELETE', '/me/totp'],
    ['POST', '/me/recovery-codes'],
  ] as const)
    expect((await ask(method, path, { headers })).code).toBe('step_up_required');
  await ask('POST', '/session/step-up', { headers, body: { password: user.password } });
  const begun = await ask<TotpBegun>('POST', '/me/totp', { headers });
  const totp = new TOTP({ secret: Secret.fromBase32(begun.body.secret) });
  const code = totp.generate();
  const codes = await ask<RecoveryCodes>('POST', '/me/totp/confirm', { headers, body: { code } });
  expect(codes.body.recoveryCodes).toHaveLength(10);
  expect((await signIn(user)).code).toBe('second_factor_required');
  expect((await signIn(user, { code })).code).toBe('second_factor_wrong');
  const next = totp.generate({ timestamp: systemClock.wallTime().getTime() + 30_000 });
  expect((await signIn(user, { code: next })).status).toBe(201);
  expect((await signIn(user, { recoveryCode: codes.body.recoveryCodes[0] })).status).toBe(201);
  const me = await ask<MeView>('GET', '/me', { headers });
  expect(me.body).toMatchObject({ twoFactor: true, recoveryCodesLeft: 9 });
  expect(house.logged()).not.toContain(begun.body.secret);
  expect(await house.stored()).not.toContain(begun.body.secret);
  expect((await ask('DELETE', '/me/totp', { headers })).body).toEqual({ done: true });
  expect((await signIn(user)).status).toBe(201);
});

test('the host has no account: it is shown who it is, and told that only users do the rest', async () => {
  const headers = { authorization: `Bearer ${house.token}` };
  const me = await ask<MeView>('GET', '/me', { headers });
  expect(me.body).toMatchObject({ kind: 'host', actor: 'host', email: null, session: null });
  for (const [method, path] of [
    ['DELETE', '/session'],
    ['GET', '/me/sessions'],
    ['POST', '/me/totp'],
  ] as const)
    expect((await ask(method, path, { headers })).code).toBe('only_for_users');
});

test('no token, password or code of any of this is in the database, the log or the replies to others', async () => {
  const user = await person();
  const { token } = (await signIn(user, { kind: 'command-line' })).body;
  const cookie = cookieIn(await signIn(user, {}, own)).replace('sct=', '');
  const kept = (await house.stored()) + house.logged();
  for (const secret of [token ?? 'none', cookie, user.password]) expect(kept).not.toContain(secret);
});
