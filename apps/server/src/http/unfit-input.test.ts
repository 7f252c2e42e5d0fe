import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BuiltEdge, buildEdge, goodKey, memberInput } from './testing/built-edge.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';

let directory: string;
let house: OperatorHouse;
let edge: BuiltEdge;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-unfit-input-'));
  house = await openOperatorHouse(directory);
  edge = await buildEdge(house);
});
afterAll(async () => {
  await house.close();
  await rm(directory, { recursive: true });
});

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: BodySchema }> };
}

interface BodySchema {
  readonly properties?: Record<string, { readonly const?: unknown; readonly enum?: readonly unknown[] }>;
  /** A body of one of several kinds. */
  readonly oneOf?: readonly BodySchema[];
}

const bodyOf = ({ requestBody }: Operation) => requestBody?.content['application/json']?.schema ?? {};
const kindsOf = (schema: BodySchema) => schema.oneOf ?? [schema];
/** What tells a kind from the others. */
const fixedIn = ({ properties = {} }: BodySchema) =>
  Object.fromEntries(
    Object.entries(properties).flatMap(([name, { const: one, enum: choices = [one] }]) =>
      choices.length === 1 && choices[0] !== undefined ? [[name, choices[0]]] : [],
    ),
  );

let peers = 0;
/** Each request from a peer of its own: what is limited per peer is not what is looked at here. */
function ask(method: string, path: string, body?: unknown) {
  peers += 1;
  return house.ask(method, path, body, house.token, `10.0.${peers >> 8}.${peers & 255}`);
}

async function operations() {
  const { body } = await ask('GET', '/api/v1/openapi.json');
  const { paths } = body as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths)
    .filter(([path]) => path.startsWith('/api/v1/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    );
}

const refusedAt = (field: string) => ({
  status: 422,
  body: { error: { code: 'request_invalid', details: { fields: [expect.stringContaining(field)] } } },
});

test('NUL and half of a surrogate pair are refused with the field’s name, wherever any route takes text', async () => {
  const before = await house.stored();
  for (const { path, method, operation } of await operations()) {
    for (const [, name = ''] of path.matchAll(/\{(\w+)\}/g)) {
      const url = path.replace(`{${name}}`, 'x%00y').replace(/\{\w+\}/g, 'edge');
      expect(await ask(method, url), `${method} ${url}`).toMatchObject(refusedAt(`path.${name}: must not contain`));
    }
    const bare = path.replace(/\{\w+\}/g, 'edge');
    for (const { in: place, name } of operation.parameters ?? []) {
      if (place !== 'query') continue;
      expect(await ask(method, `${bare}?${name}=%00`), `${method} ${bare}`).toMatchObject(
        refusedAt(`query.${name}: must not contain`),
      );
    }
    const fields = kindsOf(bodyOf(operation)).flatMap(({ properties = {} }) => Object.keys(properties));
    for (const name of new Set(fields)) {
      for (const unfit of ['a\0b', 'a\ud800b', { inner: ['\udc00'] }]) {
        expect(await ask(method, bare, { [name]: unfit }), `${method} ${bare} ${name}`).toMatchObject(
          refusedAt(`body.${name}`),
        );
      }
    }
  }
  expect(await house.stored()).toBe(before);
});

test('text outside the basic plane is text like any other', async () => {
  const reply = await ask('POST', `/api/v1/pools/${edge.pool}/promotions`, { to: 'next', reason: 'bad 🛰️' });
  expect(reply.body).toMatchObject({ error: { code: 'no_ready_standby' } });
});

test('a query or a field that a route does not know is refused by name', async () => {
  const before = await house.stored();
  for (const { path, method, operation } of await operations()) {
    const bare = path.replace(/\{\w+\}/g, 'edge');
    const body = operation.requestBody === undefined ? undefined : {};
    expect(await ask(method, `${bare}?surplus=1`, body), `${method} ${bare}`).toMatchObject({
      status: 422,
      body: { error: { code: 'request_invalid' } },
    });
    const reply = await ask(method, `${bare}?surplus=1`);
    if (operation.requestBody === undefined)
      expect(JSON.stringify(reply.body)).toContain('query: does not know surplus');
    if (method === 'GET') continue;
    for (const kind of kindsOf(bodyOf(operation))) {
      const surplus = await ask(method, bare, { ...fixedIn(kind), surplus: 1 });
      expect(JSON.stringify(surplus.body), `${method} ${bare}`).toContain('body: does not know surplus');
    }
  }
  const inner = await ask('PATCH', '/api/v1/pools/edge', { failback: { polcy: 'never' } });
  expect(inner).toMatchObject(refusedAt('body.failback: does not know polcy'));
  const key = await ask('PATCH', '/api/v1/dns-credentials/bind', { settings: { sekret: 'x' } });
  expect(key).toMatchObject(refusedAt('body.settings: does not know sekret'));
  expect(await house.stored()).toBe(before);
});

test('each rule is worded in plain words', async () => {
  const fieldsOf = async (method: string, path: string, body?: unknown) => {
    const reply = await ask(method, `/api/v1${path}`, body);
    return (reply.body as { error: { details: { fields?: string[] } } }).error.details.fields;
  };
  const { allowedEgress: _egress, ...withoutEgress } = memberInput(7);
  const giveEgress = [
    'body.allowedEgress: must be a list of at least one address or CIDR range that the host is seen from',
  ];
  expect(await fieldsOf('POST', '/pools/edge/members', withoutEgress)).toEqual(giveEgress);
  expect(await fieldsOf('POST', '/pools/edge/members', { ...memberInput(7), allowedEgress: [] })).toEqual(giveEgress);
  expect(await fieldsOf('POST', '/pools', {})).toEqual(['body.name: must be given, as text']);
  expect(await fieldsOf('POST', '/pools', { name: ' ' })).toEqual(['body.name: must not be empty']);
  expect(await fieldsOf('POST', '/pools', { name: 5 })).toEqual(['body.name: must be text']);
  expect(await fieldsOf('POST', '/pools', { name: 'p'.repeat(65) })).toEqual([
    'body.name: must have at most 64 characters',
  ]);
  expect(await fieldsOf('POST', '/pools', { name: 'p', preset: 'x' })).toEqual([
    'body.preset: must be one of haproxy, generic',
  ]);
  expect(await fieldsOf('PATCH', '/pools/edge', { failback: { window: { from: '25:00', to: '07:00' } } })).toEqual([
    'body.failback.window.from: must be a time of day as HH:MM, for example 07:30',
  ]);
  expect(await fieldsOf('GET', '/events?after=x&limit=0')).toEqual([
    'query.after: must be a number',
    'query.limit: must be at least 1',
  ]);
  expect(await fieldsOf('GET', '/events?limit=1.5')).toEqual(['query.limit: must be a whole number']);
  expect(await fieldsOf('DELETE', '/pools/edge/members/x?releaseRecord=perhaps')).toEqual([
    'query.releaseRecord: must be true or false',
  ]);
  const port = { name: 'k', settings: { ...goodKey, port: 0 } };
  expect(await fieldsOf('POST', '/dns-credentials', port)).toEqual(['body.settings.port: must be at least 1']);
});

test('what the framework and Node refuse leaves as an error of the catalogue too', async () => {
  const long = await ask('GET', `/api/v1/pools/${'x'.repeat(400)}`);
  expect(long).toMatchObject(refusedAt('path: a part of it is too long'));
  expect(await ask('GET', '/api/v1/pools/%E0%A4%A')).toMatchObject(refusedAt('path: cannot be decoded'));
  const { port } = new URL(await house.app.listen({ host: '127.0.0.1', port: 0 }));
  const send = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
      let reply = '';
      socket.on('data', (chunk) => {
        reply += String(chunk);
      });
      socket.on('close', () => resolve(reply));
      socket.on('error', reject);
    });
  const huge = await send(`GET /healthz HTTP/1.1\r\nhost: x\r\nx-much: ${'x'.repeat(17_000)}\r\n\r\n`);
  for (const reply of [huge, await send('no http at all\r\n\r\n')]) {
    const [head = '', body = ''] = reply.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 422 /);
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'request_invalid', requestId: expect.any(String) } });
  }
  expect(huge).toContain('must fit into 16384 bytes');
});
