import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeUser, signInAs, type TestUser } from '../../services/accounts/testing/accounts.ts';
import { declaredRoutes } from '../permission.ts';
import { publicUrl } from '../testing/operator-house.ts';
import { type Asking, api, openSiege, type Siege } from './testing/siege.ts';

/* A page of another site, open in the browser of somebody who is signed in as an administrator. */

let siege: Siege;
let victim: TestUser;
let cookie: string;
beforeAll(async () => {
  siege = await openSiege();
  victim = await makeUser(siege.deps, { email: 'victim@example.com' });
  cookie = (await signInAs(siege.deps, victim, 'browser')).headers['cookie'] ?? '';
  await siege.ask('GET', `${api}/me`, { headers: { cookie } });
});
afterAll(() => siege.close());

const evil = 'https://evil.example';
const form = 'application/x-www-form-urlencoded';
const json = { 'content-type': 'application/json' };
const pool = JSON.stringify({ name: 'forged' });

/** What a page of another site can make a browser send, with the cookie as if SameSite did not hold it back. */
const pages: readonly (readonly [string, Asking])[] = [
  ['a form', { raw: 'name=forged', headers: { 'content-type': form, origin: evil, 'sec-fetch-site': 'cross-site' } }],
  ['a form, from a browser without Sec-Fetch', { raw: 'name=forged', headers: { 'content-type': form, origin: evil } }],
  [
    'a multipart form',
    { raw: '--x\r\n\r\n--x--', headers: { 'content-type': 'multipart/form-data; boundary=x', origin: evil } },
  ],
  ['a form whose text is JSON', { raw: pool, headers: { 'content-type': 'text/plain', origin: evil } }],
  ['a fetch with the cookie', { raw: pool, headers: { ...json, origin: evil } }],
  [
    'a fetch from a neighbour in the same domain',
    { raw: pool, headers: { ...json, 'sec-fetch-site': 'same-site', origin: 'https://other.plane.test' } },
  ],
  [
    'a fetch that is cross-site although its origin is ours',
    { raw: pool, headers: { ...json, 'sec-fetch-site': 'cross-site', origin: publicUrl } },
  ],
  ['a sandboxed frame, whose origin is null', { raw: pool, headers: { ...json, origin: 'null' } }],
  ['a file, whose origin is null', { raw: pool, headers: { ...json, origin: 'null', 'sec-fetch-site': 'cross-site' } }],
  ['something without any origin', { raw: pool, headers: json }],
  ['an origin that begins like ours', { raw: pool, headers: { ...json, origin: `${publicUrl}.evil.example` } }],
  ['our origin on another port', { raw: pool, headers: { ...json, origin: `${publicUrl}:8443` } }],
  ['our origin without TLS', { raw: pool, headers: { ...json, origin: publicUrl.replace('https', 'http') } }],
  ['two origins in one header', { raw: pool, headers: { ...json, origin: `${publicUrl}, ${evil}` } }],
  [
    'two Sec-Fetch-Site in one header',
    { raw: pool, headers: { ...json, 'sec-fetch-site': 'same-origin, cross-site' } },
  ],
  ['a Referer of ours and nothing else', { raw: pool, headers: { ...json, referer: `${publicUrl}/` } }],
  [
    'forwarded headers that name our host',
    { raw: pool, headers: { ...json, origin: evil, 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' } },
  ],
];

test.each(pages)('%s changes nothing', async (_what, asking) => {
  const headers = { ...asking.headers, cookie };
  const changed = await siege.changedBy(async () => {
    const answer = await siege.ask('POST', `${api}/pools`, { ...asking, headers });
    expect(answer).toMatchObject({ status: 403, code: 'origin_refused' });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });
  expect(changed).toEqual([]);
});

test('every route that changes something refuses a page of another site, before it asks who it is', async () => {
  const changing = declaredRoutes(siege.app).filter(
    ({ method, permission }) => !['GET', 'HEAD'].includes(method) && !permission.startsWith('agent:'),
  );
  expect(changing.length).toBeGreaterThan(40);
  const changed = await siege.changedBy(async () => {
    for (const { method, url } of changing) {
      const path = url.replaceAll(/:\w+/g, 'nothing');
      const headers = { ...json, cookie, origin: evil, 'sec-fetch-site': 'cross-site' };
      const answer = await siege.ask(method, path, { raw: '{}', headers });
      expect(answer, `${method} ${url}`).toMatchObject({ status: 403, code: 'origin_refused' });
    }
  });
  expect(changed).toEqual([]);
});

test('a method is what the request line says: no header, query or field makes a change of a reading', async () => {
  const user = await makeUser(siege.deps, { email: 'target@example.com' });
  const override = { 'x-http-method-override': 'DELETE', 'x-http-method': 'DELETE', 'x-method-override': 'DELETE' };
  const changed = await siege.changedBy(async () => {
    const path = `${api}/users/${user.id}`;
    expect((await siege.ask('GET', path, { headers: { ...override, cookie } })).status).toBe(200);
    expect((await siege.ask('GET', `${path}?_method=DELETE`, { headers: { cookie } })).code).toBe('request_invalid');
    const own = { 'sec-fetch-site': 'same-origin', ...override, cookie, ...json };
    expect((await siege.ask('POST', path, { raw: '{"_method":"DELETE"}', headers: own })).status).toBe(404);
    for (const method of ['HEAD', 'OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND'])
      expect(
        (await siege.ask(method, path, { headers: { cookie } }).catch(() => ({ status: 404 }))).status,
        method,
      ).toBe(404);
  });
  expect(changed).toEqual([]);
});

test('a page of ours with a body that is no JSON is refused: what a form can send is never read', async () => {
  const changed = await siege.changedBy(async () => {
    for (const type of [
      form,
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/xml',
      'text/plain; application/json',
    ]) {
      const headers = { cookie, 'sec-fetch-site': 'same-origin', 'content-type': type };
      const answer = await siege.ask('POST', `${api}/pools`, { raw: pool, headers });
      expect(answer, type).toMatchObject({ status: 422, code: 'request_invalid' });
    }
  });
  expect(changed).toEqual([]);
});

test('another site signs nobody in to an account of its own', async () => {
  const { email, password } = victim;
  const changed = await siege.changedBy(async () => {
    for (const headers of [{ origin: evil }, { 'sec-fetch-site': 'cross-site' }, { origin: 'null' }]) {
      const answer = await siege.ask('POST', `${api}/session`, { body: { email, password }, headers });
      expect(answer).toMatchObject({ status: 403, code: 'origin_refused' });
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });
  expect(changed).toEqual([]);
});

test('no reply lets another origin read it, and a preflight is answered by nothing that allows', async () => {
  for (const [method, path] of [
    ['GET', '/me'],
    ['GET', '/users'],
    ['GET', '/events'],
    ['OPTIONS', '/pools'],
  ] as const) {
    const headers = { cookie, origin: evil, 'access-control-request-method': 'POST' };
    const answer = await siege.ask(method, `${api}${path}`, { headers });
    const allowing = Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'));
    expect(allowing, path).toEqual([]);
    expect(answer.headers['cross-origin-resource-policy'], path).toBe('same-origin');
  }
});

test('no reply can be framed, run, sniffed or kept: API, page, error, download', async () => {
  for (const path of [
    `${api}/me`,
    `${api}/nothing`,
    '/join',
    '/healthz',
    '/install/agent.sh',
    '/metrics',
    `${api}/openapi.json`,
  ]) {
    const { headers } = await siege.ask('GET', path, { headers: { cookie } });
    const policy = String(headers['content-security-policy']);
    expect(policy, path).toContain("default-src 'none'");
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(policy, path).not.toContain('unsafe-');
    expect(headers['x-content-type-options'], path).toBe('nosniff');
    expect(headers['referrer-policy'], path).toBe('no-referrer');
    expect(String(headers['cache-control']), path).toMatch(/^no-(store|cache)$/);
    expect(headers['server'] ?? headers['x-powered-by'], path).toBeUndefined();
  }
});
