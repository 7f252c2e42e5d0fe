import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Grant, PoolId } from '@serverctl/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { declaredRoutes, isPermission } from './permission.ts';
import { injectWhole } from './testing/inject-whole.ts';
import { type Asking, askingsOf, everybody, expected, type Place, placesOf, type Who } from './testing/matrix.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';
import { addPerson, addSession, addToken, disable } from './testing/people.ts';

/*
 * Permission × route × pool (R39): each route that the app has, asked as everybody, for a pool that they may see, one that they may not,
 * and one that there is not. What must come of it is reckoned from the table of roles (testing/matrix.ts).
 */

let directory: string;
let house: OperatorHouse;
let pools: Readonly<Record<'A' | 'B', { readonly id: string; readonly name: string }>>;
const userIds = new Map<string, string>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-matrix-'));
  house = await openOperatorHouse(directory);
  const [A, B] = [await house.client.pools.add({ name: 'alpha' }), await house.client.pools.add({ name: 'beta' })];
  pools = { A, B };
  for (const [index, who] of everybody.entries()) {
    if (who.kind !== 'user' && who.kind !== 'token') continue;
    const { id } = await addPerson(house, `person${index}@example.com`, grantsOf(who));
    userIds.set(who.name, id);
  }
});
afterAll(async () => {
  await house.close();
  await rm(directory, { recursive: true });
});

const routes = () => declaredRoutes(house.app).filter(({ permission }) => !permission.startsWith('agent:'));
const grantsOf = ({ role, where }: Who): readonly Grant[] =>
  role === undefined ? [] : [{ role, poolId: where === 'A' ? (pools.A.id as PoolId) : null }];

/** A secret of its own for each cell: one that ends sessions or tokens spoils no other. */
async function secretOf(who: Who): Promise<string | null> {
  const id = userIds.get(who.name) ?? '';
  if (who.kind === 'host') return house.token;
  if (who.kind === 'user') return addSession(house, id, { stale: who.stale === true });
  if (who.kind === 'nobody') return null;
  const onlyIn = who.onlyIn === undefined ? null : [pools[who.onlyIn].id as PoolId];
  return addToken(house, id, { pools: onlyIn, ...(who.only && { only: who.only }) });
}

const secrets = new Map<string, string | null>();
async function secretFor(who: Who, { route }: Asking): Promise<string | null> {
  // Sessions of one's own end each other, and a token may end itself: what a cell ends is its own.
  if (who.kind === 'user' || route.permission === 'self') return secretOf(who);
  const known = secrets.get(who.name);
  if (known !== undefined) return known;
  const secret = await secretOf(who);
  secrets.set(who.name, secret);
  return secret;
}

let peers = 0;
async function ask({ route, query, body }: Asking, secret: string | null, poolRef: string) {
  const path = route.url.replace(':poolId', poolRef).replaceAll(/:\w+/g, 'nothing');
  peers += 1;
  const reply = await injectWhole(house.app, {
    method: route.method as 'GET',
    url: `${path}${query}`,
    // A peer for each request: failures of others are not counted against it.
    remoteAddress: `10.${(peers >> 16) & 255}.${(peers >> 8) & 255}.${peers & 255}`,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(secret !== null && { authorization: `Bearer ${secret}` }),
    },
    ...(body !== undefined && { payload: JSON.stringify(body) }),
  });
  const { error } = String(reply.headers['content-type']).startsWith('application/json') ? JSON.parse(reply.body) : {};
  return { status: reply.statusCode, code: (error?.code as string | undefined) ?? null, body: reply.body };
}

/** Everything that refuses before a route is reached; whatever else it answers, it was reached. */
const refusals: ReadonlySet<string | null> = new Set([
  'token_missing',
  'token_invalid',
  'session_ended',
  'not_for_tokens',
  'permission_denied',
  'pool_not_found',
  'step_up_required',
  'origin_refused',
]);

const refOf = (place: Place, byName: boolean): string => {
  if (place !== 'A' && place !== 'B') return 'nothing';
  return byName ? pools[place].name.toUpperCase() : pools[place].id;
};

test('every route answers everybody as the table of roles says, pool by pool', async () => {
  for (const who of everybody.filter(({ refused }) => refused !== undefined)) {
    secrets.set(who.name, await secretOf(who));
    const id = userIds.get(who.name);
    if (id !== undefined) await disable(house, id);
  }
  const gaps: string[] = [];
  let cells = 0;
  for (const asking of routes().flatMap(askingsOf)) {
    for (const who of everybody) {
      for (const place of placesOf(asking.route)) {
        cells += 1;
        const secret = who.refused === undefined ? await secretFor(who, asking) : (secrets.get(who.name) ?? null);
        const reply = await ask(asking, secret, refOf(place, cells % 2 === 0));
        const got = refusals.has(reply.code) ? reply.code : 'reached';
        const must = expected(asking, who, place);
        const { method, url } = asking.route;
        const more = asking.more === null ? '' : ` with ${asking.more.field}`;
        if (got !== must) gaps.push(`${method} ${url}${more} as ${who.name} for ${place}: ${got}, must be ${must}`);
      }
    }
  }
  const places = 'pools (A, B, no such one; or none)';
  process.stdout.write(
    `matrix: ${routes().length} routes × ${everybody.length} principals × ${places} = ${cells} cells, ${gaps.length} gaps\n`,
  );
  expect(gaps).toEqual([]);
}, 300_000);

test('what the matrix sends is what each route takes: no cell is judged by a request that is refused for its form', async () => {
  for (const asking of routes().flatMap(askingsOf)) {
    const { method, url } = asking.route;
    const secret = await addSession(house, await freshAdministrator());
    const { code, body } = await ask(asking, secret, pools.A.id);
    expect(code, `${method} ${url} ${body}`).not.toBe('request_invalid');
  }
}, 120_000);

let fresh = 0;
async function freshAdministrator(): Promise<string> {
  fresh += 1;
  return (await addPerson(house, `fresh${fresh}@example.com`, [{ role: 'administrator', poolId: null }])).id;
}

test('a pool that may not be read is answered for as one that there is not, word for word', async () => {
  const { id } = await addPerson(house, 'other@example.com', [{ role: 'administrator', poolId: pools.A.id as PoolId }]);
  const secret = await addSession(house, id);
  const told = async (asking: Asking, ref: string) => {
    const { status, body } = await ask(asking, secret, ref);
    return { status, body: body.replaceAll(ref, 'REF').replace(/"requestId":"[^"]+"/, '') };
  };
  for (const asking of routes()
    .filter(({ url }) => url.includes('/:poolId'))
    .flatMap(askingsOf)) {
    const hidden = await told(asking, pools.B.id);
    expect(hidden).toMatchObject({ status: 404, body: expect.stringContaining('pool_not_found') });
    expect(await told(asking, 'nosuchpool00')).toEqual(hidden);
    expect(await told(asking, pools.B.name)).toEqual(hidden);
  }
});

test('what changes something asks for more than the right to read, and reading for no more than that', () => {
  for (const { method, url, permission, stepUp } of routes()) {
    if (!isPermission(permission)) continue;
    const reads = permission.endsWith(':read');
    expect(reads, `${method} ${url} ${permission}`).toBe(method === 'GET');
    if (method === 'GET') expect(stepUp, url).toBe(null);
  }
});
