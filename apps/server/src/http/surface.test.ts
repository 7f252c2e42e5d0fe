import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import Fastify from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeUser, signInAs } from '../services/accounts/testing/accounts.ts';
import { ensureAdminToken } from '../services/admin-token.ts';
import { declaredRoutes, requireDeclarations } from './permission.ts';
import { openBareApp } from './testing/bare-app.ts';
import { buildEdge, goodKey, memberInput } from './testing/built-edge.ts';
import { type OperatorHouse, openOperatorHouse, publicUrl, tsigSecret } from './testing/operator-house.ts';

let directory: string;
let house: OperatorHouse;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-surface-'));
  house = await openOperatorHouse(directory);
});
afterAll(async () => {
  await house.close();
  await rm(directory, { recursive: true });
});

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly responses: Record<string, unknown>;
}

async function operations() {
  const { body } = await house.ask('GET', '/api/v1/openapi.json', undefined, null);
  const document = body as { openapi: string; paths: Record<string, Record<string, Operation>> };
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation, document })),
  );
}

test('a route that names no permission, or is not documented, cannot come up', async () => {
  const documented = { operationId: 'x', summary: 'x' };
  const route =
    (permission: string | undefined, schema: object, url = '/x', listed = false) =>
    () => {
      const bare = Fastify();
      requireDeclarations(bare);
      bare.get(
        url,
        { config: { ...(permission && { permission }), ...(listed && { listed }) }, schema },
        async () => 'x',
      );
    };
  expect(route(undefined, documented)).toThrow();
  expect(route('everything', documented)).toThrow();
  expect(route('pool:read', { operationId: 'x' })).toThrow();
  expect(route('pool:read', documented)).not.toThrow();
  expect(route('self', documented)).not.toThrow();
  expect(route('pool:read', documented, '/x', true)).not.toThrow();
  expect(route('self', documented, '/x', true)).toThrow();
  expect(route('pool:read', documented, '/pools/:poolId', true)).toThrow();
  const app = await openBareApp(house);
  expect(() => app.get('/naked', { schema: documented }, async () => 'x')).toThrow();
  expect(() => app.get('/mute', { config: { permission: 'public' } }, async () => 'x')).toThrow();
});

test('what is described as open to everybody is, and nothing else', async () => {
  const open = declaredRoutes(house.app).filter(({ permission }) => permission === 'public');
  for (const { path, method, operation } of await operations()) {
    const url = path.replace(/\{(\w+)\}/g, ':$1');
    const isOpen = open.some((route) => route.url === url && route.method === method.toUpperCase());
    expect(operation.security?.length === 0, `${method} ${path}`).toBe(isOpen);
  }
});

test('a wrong token is refused, and many of them are slowed down; the right one still enters', async () => {
  const wrong = () => house.ask('GET', '/api/v1/pools', undefined, `${house.token}x`);
  expect(await wrong()).toMatchObject({ status: 401, body: { error: { code: 'token_invalid' } } });
  for (let tries = 0; tries < 60; tries += 1) await wrong();
  const slowed = await wrong();
  expect(slowed).toMatchObject({ status: 429, body: { error: { code: 'rate_limited' } } });
  expect((await house.ask('GET', '/api/v1/pools')).status).toBe(200);
});

test('a browser’s session changes something for our own pages only, and reads for nobody else’s sake', async () => {
  const user = await makeUser(house.deps, { email: 'browser@example.com' });
  const { headers } = await signInAs(house.deps, user, 'browser');
  const add = async (more: Record<string, string>) => {
    const payload = { name: 'browsed' };
    const reply = await house.app.inject({
      method: 'POST',
      url: '/api/v1/pools',
      payload,
      headers: { ...headers, ...more },
    });
    return reply.statusCode === 201 ? 'added' : reply.json().error.code;
  };
  expect(await add({})).toBe('origin_refused');
  expect(await add({ origin: 'https://evil.example' })).toBe('origin_refused');
  expect(await add({ 'sec-fetch-site': 'cross-site' })).toBe('origin_refused');
  expect(await add({ origin: publicUrl })).toBe('added');
  expect((await house.app.inject({ url: '/api/v1/pools', headers })).statusCode).toBe(200);
  const other = { cookie: headers['cookie']?.replace('sct=', '__Host-sct=') ?? '' };
  const fromElsewhere = { url: '/api/v1/pools', remoteAddress: '198.51.100.77', headers: other };
  expect((await house.app.inject(fromElsewhere)).statusCode).toBe(401);
});

test('the description is OpenAPI 3.1: unique documented operations, references that resolve, schemas that compile', async () => {
  const all = await operations();
  const document = all[0]?.document as unknown as { openapi: string; components: { schemas: Record<string, object> } };
  expect(document.openapi).toMatch(/^3\.1\./);
  expect(new Set(all.map(({ operation }) => operation.operationId)).size).toBe(all.length);
  for (const { path, operation } of all) {
    expect(operation, path).toMatchObject({ summary: expect.any(String), tags: [expect.any(String)] });
    expect(
      Object.keys(operation.responses).some((status) => status.startsWith('2')),
      path,
    ).toBe(true);
  }
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'openapi', ...document });
  const references = JSON.stringify(document).match(/#\/components\/schemas\/\w+/g) ?? [];
  expect(references.length).toBeGreaterThan(20);
  for (const reference of new Set(references))
    expect(ajv.compile({ $ref: `openapi${reference}` })).toBeTypeOf('function');
});

test('the token is kept for its owner alone, and only its hash is in the database', async () => {
  const path = join(directory, 'admin-token');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await readFile(path, 'utf8')).trim()).toBe(house.token);
  expect(await house.stored()).not.toContain(house.token);
  const { db, random } = house.deps;
  expect(await ensureAdminToken({ db, random, dataDir: directory, renew: false })).toBeNull();
});

test('secrets leave in no reply, no log line, no event, no audit row and no table (I16)', async () => {
  const replies: unknown[] = [];
  const edge = await buildEdge(house);
  const url = 'https://hooks.example.net/services/canary-webhook-token';
  replies.push(await house.client.credentials.add({ name: 'other', settings: { ...goodKey, port: 54 } }));
  replies.push(await house.client.credentials.set('other', { settings: { secret: tsigSecret } }));
  replies.push(await house.client.credentials.list(), await house.client.channels.add({ kind: 'webhook', url }));
  replies.push(await house.client.channels.list(), await house.client.events({ limit: 500 }));
  replies.push(await house.client.pools.get(edge.pool), await house.client.bindings.test(edge.pool, edge.binding));
  const { enrolment } = await house.client.members.add(edge.other, memberInput(9));
  expect(enrolment.command).not.toContain(enrolment.secret);
  replies.push(await house.client.members.list(edge.other), await house.client.events({ limit: 500 }));
  await house.ask('POST', '/api/v1/dns-credentials', { name: 'x', settings: { ...goodKey, keyName: 'wrong-secret' } });
  const everywhere = [JSON.stringify(replies), house.logged(), await house.stored()].join('\n');
  const hex = Buffer.from('canary-webhook-token').toString('hex');
  for (const secret of [tsigSecret, 'canary-tsig', 'canary-webhook-token', hex, enrolment.secret, house.token]) {
    expect(everywhere).not.toContain(secret);
  }
});

test('a new token ends the old one at once', async () => {
  const { db, random } = house.deps;
  const made = await ensureAdminToken({ db, random, dataDir: directory, renew: true });
  expect((await house.ask('GET', '/api/v1/pools')).status).not.toBe(200);
  expect((await house.ask('GET', '/api/v1/pools', undefined, made?.token ?? '')).status).toBe(200);
});
