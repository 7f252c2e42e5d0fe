import { type Permission, type PoolId, permissions } from '@serverctl/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { declaredRoutes } from '../permission.ts';
import { type BuiltEdge, buildEdge, memberInput } from '../testing/built-edge.ts';
import { addPerson, addSession, addToken } from '../testing/people.ts';
import { sampleOf } from '../testing/sample.ts';
import { api, openSiege, type Siege } from './testing/siege.ts';

/* Whoever may something, and wants more: another role, another pool, another's things. */

let siege: Siege;
let edge: BuiltEdge;
beforeAll(async () => {
  siege = await openSiege();
  edge = await buildEdge(siege.house);
});
afterAll(() => siege.close());

let people = 0;
type Role = 'viewer' | 'operator' | 'administrator';
/** A session and the user's id, used once, so that its first use is noted before the attack. */
async function somebody(role: Role | null, pool: string | null = null) {
  people += 1;
  const grants = role === null ? [] : [{ role, poolId: pool as PoolId | null }];
  const { id, email } = await addPerson(siege.house, `person${people}@example.com`, grants);
  const secret = await addSession(siege.house, id);
  await siege.ask('GET', `${api}/me`, { secret });
  return { id, email, secret };
}

async function refused(
  attempts: readonly (readonly [method: string, path: string, body: unknown, secret: string])[],
  codes: readonly string[],
): Promise<void> {
  const changed = await siege.changedBy(async () => {
    for (const [method, path, body, secret] of attempts) {
      const answer = await siege.ask(method, `${api}${path}`, { body, secret });
      expect(codes, `${method} ${path} ${JSON.stringify(body)} ${answer.text}`).toContain(answer.code);
    }
  });
  expect(changed).toEqual([]);
}

test('nobody below an administrator everywhere gives roles, invites, resets or disables: themselves least of all', async () => {
  for (const [role, pool] of [
    [null, null],
    ['viewer', null],
    ['operator', null],
    ['administrator', edge.pool],
  ] as const) {
    const { id, email, secret } = await somebody(role, pool);
    const all = { grants: [{ role: 'administrator', pool: null }] };
    await refused(
      [
        ['PUT', `/users/${id}/grants`, all, secret],
        ['PUT', `/users/${email}/grants`, all, secret],
        ['PUT', '/users/me/grants', all, secret],
        ['PATCH', `/users/${id}`, { name: 'x' }, secret],
        ['POST', '/invitations', { email: 'friend@example.com', ...all }, secret],
        ['POST', '/invitations/setup', undefined, secret],
        ['POST', `/users/${id}/reset`, { twoFactor: true }, secret],
        ['GET', '/users', undefined, secret],
        ['GET', '/invitations', undefined, secret],
        ['GET', '/audit', undefined, secret],
      ],
      ['permission_denied'],
    );
  }
});

test('the setup link is the host’s own: an administrator everywhere cannot make one, nor can any token', async () => {
  const { id, secret } = await somebody('administrator');
  const token = await addToken(siege.house, id);
  await siege.ask('GET', `${api}/me`, { secret: token });
  await refused([['POST', '/invitations/setup', undefined, secret]], ['only_on_host']);
  await refused([['POST', '/invitations/setup', undefined, token]], ['not_for_tokens']);
});

test('nobody makes a token that may more than they may, in a pool that they may not, or that makes others', async () => {
  const operator = await somebody('operator', edge.pool);
  const token = (only: readonly string[], pools: readonly string[] | null = null) =>
    ['POST', '/api-tokens', { name: 'wider', permissions: only, pools }, operator.secret] as const;
  await refused(
    [
      token(['pool:admin']),
      token(['pool:read', 'brakes:write']),
      token(['audit:read']),
      token(['dns:write'], [edge.pool]),
    ],
    ['grant_exceeds_own'],
  );
  await refused(
    [token(['channel:write'], [edge.pool]), token(['pool:read', 'brakes:write'], [edge.pool])],
    ['permission_without_pool'],
  );
  await refused([token(['pool:read'], [edge.other]), token(['pool:read'], ['other'])], ['pool_not_found']);
  await refused([token(['user:write']), token(['token:write'])], ['not_for_tokens']);
  await refused([token(['*']), token([]), token(['pool:read', 'everything'])], ['request_invalid']);
});

test('a token widens nothing: neither itself, nor what it was narrowed from, nor by the header or cookie beside it', async () => {
  const { id } = await somebody('administrator');
  const narrow = await addToken(siege.house, id, { only: ['pool:read'], pools: [edge.pool as PoolId] });
  await siege.ask('GET', `${api}/me`, { secret: narrow });
  const mine = (await siege.ask('GET', `${api}/api-tokens`, { secret: narrow })).body.tokens as { id: string }[];
  expect(mine).toHaveLength(1);
  await refused(
    [
      ['POST', '/api-tokens', { name: 'next', permissions: ['pool:read'] }, narrow],
      ['PUT', `/users/${id}/grants`, { grants: [] }, narrow],
    ],
    ['not_for_tokens'],
  );
  await refused(
    [['PATCH', `/api-tokens/${mine[0]?.id}`, { permissions: [...permissions] }, narrow]],
    ['route_not_found'],
  );
  await refused(
    [
      ['PATCH', '/pools/edge', { name: 'renamed' }, narrow],
      ['POST', '/pools', { name: 'new' }, narrow],
    ],
    ['permission_denied'],
  );
  await refused([['GET', '/pools/other', undefined, narrow]], ['pool_not_found']);
  const changed = await siege.changedBy(async () => {
    const headers = { cookie: `sct=${siege.house.token}`, 'x-authorization': `Bearer ${siege.house.token}` };
    const answer = await siege.ask('POST', `${api}/pools`, { body: { name: 'new' }, secret: narrow, headers });
    expect(answer.code).toBe('permission_denied');
  });
  expect(changed).toEqual([]);
});

test('an operator of one pool does nothing to another: by id, by name, by name in other letters, by a path within', async () => {
  const { secret } = await somebody('operator', edge.other);
  const routes = declaredRoutes(siege.app).filter(({ url }) => url.includes('/:poolId'));
  expect(routes.length).toBeGreaterThan(20);
  const refs = [edge.pool, 'edge', 'EDGE', 'edge%20', '%65dge', `${edge.other}%2F..%2F${edge.pool}`];
  const changed = await siege.changedBy(async () => {
    for (const { method, url, body } of routes) {
      for (const ref of refs) {
        const path = url
          .replace(':poolId', ref)
          .replace(':memberId', edge.lb1)
          .replace(':bindingId', edge.binding)
          .replaceAll(/:\w+/g, 'nothing');
        const answer = await siege.ask(method, path, { body: sampleOf(body), secret });
        expect(answer, `${method} ${path}`).toMatchObject({ status: 404, code: 'pool_not_found' });
      }
    }
  });
  expect(changed).toEqual([]);
});

test('what belongs to another pool is not there below one’s own: member, name, promotion, for every route that takes one', async () => {
  const { secret } = await somebody('administrator', edge.other);
  const promotions = (await siege.house.client.promotions.list(edge.pool)).promotions;
  const theirs: Readonly<Record<string, readonly string[]>> = {
    memberId: [edge.lb1, 'lb1.example.com'],
    bindingId: [edge.binding, 'lb.example.com'],
    promotionId: promotions.map(({ id }) => id),
  };
  expect(theirs['promotionId']?.length).toBeGreaterThan(0);
  const nested = declaredRoutes(siege.app).filter(({ url }) => /:poolId\/.*:\w+Id/.test(url));
  expect(nested.length).toBeGreaterThan(8);
  const seen = new Set<string>();
  const changed = await siege.changedBy(async () => {
    for (const { method, url, body } of nested) {
      const kind = /:poolId\/.*:(\w+Id)/.exec(url)?.[1] ?? '';
      seen.add(kind);
      for (const foreign of theirs[kind] ?? []) {
        const path = url.replace(':poolId', 'other').replace(`:${kind}`, foreign);
        const answer = await siege.ask(method, path, { body: sampleOf(body), secret });
        const codes = ['member_not_found', 'binding_not_found', 'promotion_not_found', 'permission_denied'];
        expect(codes, `${method} ${path} ${answer.text}`).toContain(answer.code);
        expect(answer.text.replaceAll(foreign, '')).not.toMatch(/lb1|198\.51\.100\.11/);
      }
    }
  });
  expect([...seen].toSorted()).toEqual(['bindingId', 'memberId', 'promotionId']);
  expect(changed).toEqual([]);
});

test('ids in bodies are no way to another pool: a promotion of its member, a first publication of it', async () => {
  const { secret } = await somebody('administrator', edge.other);
  await siege.house.client.members.add('other', memberInput(71));
  const changed = await siege.changedBy(async () => {
    for (const [path, body] of [
      ['/pools/other/promotions', { memberId: edge.lb2, reason: 'x' }],
      ['/pools/other/first-publish', { memberId: edge.lb2, confirmNotReady: true }],
    ] as const) {
      const answer = await siege.ask('POST', `${api}${path}`, { body, secret });
      expect(answer.status, `${path} ${answer.text}`).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.text.replaceAll(edge.lb2, '')).not.toMatch(/lb2|198\.51\.100\.12/);
    }
  });
  expect(changed).toEqual([]);
});

test('another’s session and token are nobody else’s to end or see', async () => {
  const victim = await somebody('operator');
  const token = await addToken(siege.house, victim.id, { only: ['pool:read'] as Permission[] });
  const attacker = await somebody('operator');
  const sessions = (await siege.ask('GET', `${api}/me/sessions`, { secret: victim.secret })).body.sessions as {
    id: string;
  }[];
  const tokens = (await siege.ask('GET', `${api}/api-tokens`, { secret: victim.secret })).body.tokens as {
    id: string;
  }[];
  await refused([['DELETE', `/api-tokens/${tokens[0]?.id}`, undefined, attacker.secret]], ['api_token_not_found']);
  const changed = await siege.changedBy(async () => {
    const answer = await siege.ask('DELETE', `${api}/me/sessions/${sessions[0]?.id}`, { secret: attacker.secret });
    expect(answer).toMatchObject({ status: 200, body: { ended: 0 } });
  });
  expect(changed).toEqual([]);
  expect((await siege.ask('GET', `${api}/api-tokens`, { secret: attacker.secret })).body.tokens).toEqual([]);
  expect((await siege.ask('GET', `${api}/me`, { secret: victim.secret })).status).toBe(200);
  expect((await siege.ask('GET', `${api}/me`, { secret: token })).status).toBe(200);
});

test('a stolen session whose proof is old does nothing dangerous, however it asks', async () => {
  const { id } = await somebody('administrator');
  const secret = await addSession(siege.house, id, { stale: true });
  await siege.ask('GET', `${api}/me`, { secret });
  const dangerous = declaredRoutes(siege.app).filter(({ stepUp }) => stepUp === true);
  expect(dangerous.length).toBeGreaterThan(12);
  const changed = await siege.changedBy(async () => {
    for (const { method, url, body } of dangerous) {
      const path = url.replace(':poolId', edge.pool).replaceAll(/:\w+/g, 'nothing');
      const headers = { 'x-step-up': 'true' };
      const answer = await siege.ask(method, path, { body: sampleOf(body), secret, headers });
      expect(answer, `${method} ${url}`).toMatchObject({ status: 403, code: 'step_up_required' });
    }
  });
  expect(changed).toEqual([]);
});
