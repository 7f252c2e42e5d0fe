import { gzipSync } from 'node:zlib';
import { agentPaths } from '@serverctl/contract/agent';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { declaredRoutes } from '../permission.ts';
import { addPerson, addSession } from '../testing/people.ts';
import { sampleOf } from '../testing/sample.ts';
import { type Asking, api, openSiege, type Siege } from './testing/siege.ts';

/* Whoever sends what no client would: too much, too deep, compressed, no text, or keys that mean something to JavaScript. */

let siege: Siege;
let session: string;
beforeAll(async () => {
  siege = await openSiege();
  const { id } = await addPerson(siege.house, 'admin@example.com', [{ role: 'administrator', poolId: null }]);
  session = await addSession(siege.house, id);
  await siege.ask('GET', `${api}/me`, { secret: session });
});
afterAll(() => siege.close());

const json = { 'content-type': 'application/json' };
/** Routes that take a body, by way of one that anybody may ask, and one that is guarded. */
const places = ['/session', '/pools', '/invitations/accept', '/users/nobody@example.com/grants'] as const;
const methodOf = (path: string) => (path.endsWith('/grants') ? 'PUT' : 'POST');

async function everywhere(asking: Asking, status: number, code: string, what: string): Promise<void> {
  const changed = await siege.changedBy(async () => {
    for (const path of places) {
      const answer = await siege.ask(methodOf(path), `${api}${path}`, { ...asking, secret: session });
      expect(answer, `${what} at ${path}`).toMatchObject({ status, code });
    }
  });
  expect(changed, what).toEqual([]);
}

test('a body over 256 KiB is refused, however it says its length', async () => {
  const raw = `{"name":"${'x'.repeat(300 * 1024)}"}`;
  await everywhere({ raw, headers: json }, 422, 'request_too_large', 'too large');
  await everywhere(
    { raw, headers: { ...json, 'content-length': '10' } },
    422,
    'request_too_large',
    'longer than it says',
  );
});

test.each([
  ['lists', '[', ']'],
  ['objects', '{"a":', '}'],
])(
  '%s within each other, ten thousand deep, are refused as input and are no failure of ours',
  async (_what, open, close) => {
    for (const depth of [100, 10_000, 40_000]) {
      const deep = `${open.repeat(depth)}1${close.repeat(depth)}`;
      await everywhere({ raw: deep, headers: json }, 422, 'request_invalid', `${depth} deep`);
      await everywhere({ raw: `{"name":${deep}}`, headers: json }, 422, 'request_invalid', `${depth} deep in a field`);
    }
    expect(siege.logged()).not.toContain('Maximum call stack');
  },
);

test.each([
  '{"__proto__":{"admin":true},"name":"x"}',
  '{"name":"x","settings":{"__proto__":{"a":1}}}',
  '{"\\u005f_proto__":{"a":1}}',
  '{"constructor":{"prototype":{"admin":true}}}',
])('%s changes no prototype and is refused', async (raw) => {
  await everywhere({ raw, headers: json }, 422, 'request_invalid', raw);
  expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
});

test('names that every object has are fields like any other that is not known: in the query too', async () => {
  for (const name of ['__proto__', 'constructor', 'hasOwnProperty', 'toString', '__proto__[admin]']) {
    const answer = await siege.ask('GET', `${api}/events?${encodeURIComponent(name)}=1`, { secret: session });
    expect(answer, name).toMatchObject({ status: 422, code: 'request_invalid' });
  }
  for (const name of ['__proto__', 'constructor', 'toString']) {
    const answer = await siege.ask('GET', `${api}/pools/${name}`, { secret: session });
    expect(answer, name).toMatchObject({ status: 404, code: 'pool_not_found' });
  }
});

test('a compressed body is never unpacked: a bomb stays its own small size', async () => {
  const bomb = gzipSync(Buffer.alloc((200 * 1024 * 1024) >> 4, 0x20));
  for (const encoding of ['gzip', 'deflate', 'br', 'zstd', 'identity, gzip']) {
    await everywhere(
      { raw: bomb, headers: { ...json, 'content-encoding': encoding } },
      422,
      'request_invalid',
      encoding,
    );
  }
  const packed = gzipSync('{"name":"packed"}');
  await everywhere(
    { raw: packed, headers: { ...json, 'content-encoding': 'gzip' } },
    422,
    'request_invalid',
    'a small one',
  );
});

const unfit: readonly (readonly [string, string | Buffer])[] = [
  ['NUL', '{"name":"a\\u0000b"}'],
  ['a NUL byte', '{"name":"a\0b"}'],
  ['half of a surrogate pair', '{"name":"a\\ud800b"}'],
  ['the other half', '{"name":"a\\udc00b"}'],
  ['a byte that begins nothing', Buffer.from('{"name":"a\xffb"}', 'latin1')],
  ['a sequence cut short', Buffer.from('{"name":"a\xe2\x82"}', 'latin1')],
  ['an overlong slash', Buffer.from('{"name":"a\xc0\xafb"}', 'latin1')],
  ['a surrogate in UTF-8', Buffer.from('{"name":"a\xed\xa0\x80b"}', 'latin1')],
  ['text in UTF-16', Buffer.from('{"name":"ab"}', 'utf16le')],
];

test.each(unfit)('%s in a text is refused before PostgreSQL sees it', async (what, raw) => {
  await everywhere({ raw, headers: json }, 422, 'request_invalid', what);
  expect(siege.logged()).not.toContain('invalid byte sequence');
});

test('what names another charset or another type is refused: one kind of text is read', async () => {
  for (const type of [
    'application/json; charset=utf-7',
    'application/json; charset=utf-16',
    'application/vnd.api+json',
    'text/json',
    'application/json, text/plain',
    'application/jsonx',
  ]) {
    const answer = await siege.ask('POST', `${api}/pools`, {
      raw: '{"name":"+ADw-"}',
      headers: { 'content-type': type },
      secret: session,
    });
    expect([422, 201], type).toContain(answer.status);
    // A charset that is not ours is ignored, and the text is read as UTF-8: then it is a name like any other, and no angle bracket.
    if (answer.status === 201) expect(answer.text, type).not.toContain('<');
  }
});

test('no route takes a field that it does not know: every one of them says which', async () => {
  const routes = declaredRoutes(siege.app).filter(
    ({ body, permission }) => body !== null && !permission.startsWith('agent:'),
  );
  expect(routes.length).toBeGreaterThan(25);
  const pool = await siege.house.client.pools.add({ name: 'known' });
  const more = {
    isAdmin: true,
    role: 'administrator',
    id: 'chosen000000',
    disabled: false,
    createdAt: '2020-01-01T00:00:00Z',
    ownerId: 'x',
  };
  const changed = await siege.changedBy(async () => {
    for (const { method, url, body } of routes) {
      const path = url.replace(':poolId', pool.id).replaceAll(/:\w+/g, 'nothing');
      const least = sampleOf(body) as Readonly<Record<string, unknown>>;
      for (const [field, value] of Object.entries(more)) {
        if (field in least || (field === 'disabled' && url.endsWith('/users/:userId'))) continue;
        const answer = await siege.ask(method, path, { body: { ...least, [field]: value }, secret: session });
        expect(answer, `${method} ${url} with ${field}: ${answer.text}`).toMatchObject({
          status: 422,
          code: 'request_invalid',
        });
        expect(answer.text).toContain(field);
      }
    }
  });
  expect(changed).toEqual([]);
});

test('nested fields are no way in either', async () => {
  const { token: secret } = siege.house;
  const grant = { role: 'viewer', pool: null };
  const cases: readonly (readonly [string, string, unknown])[] = [
    ['POST', '/invitations', { email: 'x@example.com', grants: [{ ...grant, poolId: null }] }],
    ['POST', '/invitations', { email: 'x@example.com', grants: [{ ...grant, permissions: ['user:write'] }] }],
    ['POST', '/invitations', { email: 'x@example.com', grants: [grant], kind: 'setup' }],
    ['POST', '/invitations/accept', { secret: 'x', password: 'nine otters in the reeds', grants: [grant] }],
    ['PATCH', '/users/admin@example.com', { email: 'other@example.com' }],
    ['PATCH', '/users/admin@example.com', { passwordHash: 'x', totpSecret: null }],
    ['POST', '/api-tokens', { name: 'x', permissions: ['pool:read'], expiresAt: '2099-01-01T00:00:00Z' }],
    ['POST', '/api-tokens', { name: 'x', permissions: ['pool:read'], userId: 'x' }],
    ['POST', '/session', { email: 'x@example.com', password: 'x', userId: 'x', stepUp: true }],
    ['POST', '/pools', { name: 'x', epoch: 99, activeMemberId: 'x' }],
  ];
  const changed = await siege.changedBy(async () => {
    for (const [method, path, body] of cases) {
      const answer = await siege.ask(method, `${api}${path}`, { body, secret });
      expect(answer, `${path} ${answer.text}`).toMatchObject({ status: 422, code: 'request_invalid' });
    }
  });
  expect(changed).toEqual([]);
});

test('an agent’s calls refuse the same, unread where there is no token', async () => {
  const changed = await siege.changedBy(async () => {
    for (const path of Object.values(agentPaths)) {
      for (const raw of [
        '['.repeat(20_000) + ']'.repeat(20_000),
        '{"__proto__":{}}',
        gzipSync('{}'),
        '{"secret":"a\\u0000"}',
        'x'.repeat(70_000),
      ]) {
        const { status } = await siege.ask('POST', path, { raw, headers: json });
        expect([401, 413, 422], path).toContain(status);
      }
    }
  });
  expect(changed).toEqual([]);
});
