import { afterAll, beforeAll, expect, test } from 'vitest';
import { newSecret } from '../../services/accounts/secret.ts';
import { makeUser, signInAs } from '../../services/accounts/testing/accounts.ts';
import { type Answer, api, openSiege, type Siege } from './testing/siege.ts';

/* Whoever gives a victim a session of the attacker's own choice, and waits until the victim signs in within it. */

let siege: Siege;
beforeAll(async () => {
  siege = await openSiege();
});
afterAll(() => siege.close());

const own = { 'sec-fetch-site': 'same-origin' };
const cookieOf = ({ headers }: Answer) => String(headers['set-cookie']).split(';')[0] ?? '';
const signIn = (body: object, cookie: string) =>
  siege.ask('POST', `${api}/session`, { body, headers: { ...own, ...(cookie !== '' && { cookie }) } });
const whoIs = (cookie: string) => siege.ask('GET', `${api}/me`, { headers: { cookie } });

test('a cookie that was planted before the sign-in is never adopted: unknown, the attacker’s own, or two at once', async () => {
  const victim = await makeUser(siege.deps, { email: 'victim@example.com' });
  const attacker = await makeUser(siege.deps, { email: 'attacker@example.com', grants: [] });
  const { token: ofAttacker } = await signInAs(siege.deps, attacker, 'browser');
  const invented = newSecret(siege.deps.random, 'session');
  const { email, password } = victim;
  for (const planted of [
    `sct=${invented}`,
    `sct=${ofAttacker}`,
    `sct=${invented}; sct=${ofAttacker}`,
    'sct=',
    'sct=../../x',
  ]) {
    const signedIn = await signIn({ email, password }, planted);
    expect(signedIn.status, planted).toBe(201);
    const cookie = cookieOf(signedIn);
    expect(cookie).toMatch(/^sct=scs_[\w-]{43}$/);
    expect(planted).not.toContain(cookie);
    expect((await whoIs(cookie)).body.email).toBe(email);
    const { status, body } = await whoIs(planted);
    if (status !== 401) expect(body.email, planted).not.toBe(email);
  }
});

test('what the client had before it signs in ends: signing in anew is a new session under a new token', async () => {
  const user = await makeUser(siege.deps, { email: 'anew@example.com' });
  const { email, password } = user;
  const first = cookieOf(await signIn({ email, password }, ''));
  const second = cookieOf(await signIn({ email, password }, first));
  expect(second).not.toBe(first);
  expect(await whoIs(first)).toMatchObject({ status: 401, code: 'session_ended' });
  expect((await whoIs(second)).status).toBe(200);
});

test('a new password gives the session another token: who had a copy of the one before is out', async () => {
  const user = await makeUser(siege.deps, { email: 'changed@example.com' });
  const { email, password } = user;
  const before = cookieOf(await signIn({ email, password }, ''));
  const body = { current: password, next: 'twelve geese over the weir' };
  const changed = await siege.ask('POST', `${api}/me/password`, { body, headers: { ...own, cookie: before } });
  expect(changed).toMatchObject({ status: 200, body: { token: null } });
  expect(cookieOf(changed)).not.toBe(before);
  expect(await whoIs(before)).toMatchObject({ status: 401, code: 'session_ended' });
  expect((await whoIs(cookieOf(changed))).body.email).toBe(email);
});

test('a session is taken from the cookie alone: not from the address, the body or another header', async () => {
  const user = await makeUser(siege.deps, { email: 'elsewhere@example.com' });
  const { token } = await signInAs(siege.deps, user, 'browser');
  for (const [path, headers] of [
    [`${api}/pools?sct=${token}`, {}],
    [`${api}/pools;sct=${token}`, {}],
    [`${api}/pools`, { 'x-session': token, sct: token, 'set-cookie': `sct=${token}` }],
    [`${api}/pools`, { authorization: `Bearer ${token}` }],
    [`${api}/pools`, { authorization: `Basic ${Buffer.from(`${token}:`).toString('base64')}` }],
    [`${api}/pools`, { cookie: `SCT=${token}` }],
    [`${api}/pools`, { cookie: `__Host-sct=${token}` }],
  ] as const) {
    const { status } = await siege.ask('GET', path, { headers });
    expect([401, 404], `${path} ${Object.keys(headers)}`).toContain(status);
  }
});

test('under TLS the cookie is __Host-, Secure, HttpOnly and SameSite=Strict, and the plain name, which a neighbour may plant, is not read', async () => {
  const behindProxy = await openSiege({ trustedProxies: ['10.0.0.5'] });
  const user = await makeUser(behindProxy.deps, { email: 'tls@example.com' });
  const { email, password } = user;
  const signedIn = await behindProxy.ask('POST', `${api}/session`, {
    body: { email, password },
    headers: own,
    peer: '10.0.0.5',
  });
  expect(signedIn.headers['set-cookie']).toMatch(
    /^__Host-sct=scs_[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
  );
  const secret = cookieOf(signedIn).split('=')[1];
  const me = (cookie: string) => behindProxy.ask('GET', `${api}/me`, { headers: { cookie }, peer: '10.0.0.5' });
  expect((await me(`__Host-sct=${secret}`)).status).toBe(200);
  expect((await me(`sct=${secret}`)).status).toBe(401);
  expect((await me(`__Host-sct=${secret}; __Host-sct=${newSecret(siege.deps.random, 'session')}`)).status).toBe(401);
  await behindProxy.close();
});
