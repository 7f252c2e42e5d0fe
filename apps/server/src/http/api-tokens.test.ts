import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@serverctl/contract';
import { type Grant, type PoolId, withoutPool } from '@serverctl/core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { findApiToken, touchApiToken } from '../db/repositories/api-tokens.ts';
import { sha256Of } from '../services/accounts/secret.ts';
import { refusal } from './testing/house-per-test.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';
import { addPerson, addSession, addToken, type Person } from './testing/people.ts';

let directory: string;
let house: OperatorHouse;
let edge: PoolId;
let ann: Person & { readonly client: Client };
let bob: Person & { readonly client: Client };

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-tokens-'));
});
beforeEach(async () => {
  house = await openOperatorHouse(directory);
  edge = (await house.client.pools.add({ name: 'edge' })).id as PoolId;
  await house.client.pools.add({ name: 'other' });
  ann = await addUser('ann@example.com', { role: 'administrator', poolId: null });
  bob = await addUser('bob@example.com', { role: 'operator', poolId: edge });
});
afterEach(() => house.close());
afterAll(() => rm(directory, { recursive: true }));

async function addUser(email: string, grant: Grant) {
  const person = await addPerson(house, email, [grant]);
  return { ...person, client: house.clientAs(await addSession(house, person.id)) };
}

const find = (secret: string) => findApiToken(house.deps.db, sha256Of(secret));

test('a token is shown once, stored as a hash, and may what it was made for, in the pools it was made for', async () => {
  const made = await bob.client.tokens.add({ name: 'deploy', permissions: ['pool:read'], pools: ['Edge'], days: 30 });
  expect(made.secret).toMatch(/^sck_[\w-]{43}$/);
  expect(made.token).toMatchObject({ name: 'deploy', owner: 'bob@example.com', poolIds: [edge], expired: false });
  const { expiresAt, createdAt } = made.token;
  expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(30 * 86_400_000);
  expect(await house.stored()).not.toContain(made.secret);
  const token = house.clientAs(made.secret);
  expect((await token.pools.list()).pools.map(({ name }) => name)).toEqual(['edge']);
  expect(await refusal(token.pools.set(edge, { name: 'x' }))).toMatchObject({ code: 'permission_denied' });
  expect((await bob.client.tokens.list()).tokens[0]?.lastUsedAt).not.toBeNull();
  const audit = house.deps.db.selectFrom('audit_entry').select(['actor', 'action', 'details']).orderBy('seq', 'desc');
  expect(await audit.executeTakeFirst()).toEqual({
    actor: 'user:bob@example.com',
    action: 'api-token.create',
    details: { name: 'deploy', permissions: ['pool:read'], pools: [edge], days: 30 },
  });
  const { kind } = await house.deps.db
    .selectFrom('event')
    .select('kind')
    .orderBy('seq', 'desc')
    .executeTakeFirstOrThrow();
  expect(kind).toBe('token.created');
});

test('nobody makes a token that may more than they may; a pool they may not read is unknown', async () => {
  const before = await house.stored();
  const make = (client: Client, input: Omit<Parameters<Client['tokens']['add']>[0], 'name'>) =>
    refusal(client.tokens.add({ name: 't', ...input }));
  expect(await make(bob.client, { permissions: ['pool:read', 'audit:read'] })).toMatchObject({
    code: 'grant_exceeds_own',
    details: { permissions: ['audit:read'] },
  });
  expect(await make(bob.client, { permissions: ['dns:write'], pools: ['edge'] })).toMatchObject({
    code: 'grant_exceeds_own',
  });
  const hidden = await make(bob.client, { permissions: ['pool:read'], pools: ['other'] });
  const missing = await make(bob.client, { permissions: ['pool:read'], pools: ['nowhere'] });
  expect(hidden).toMatchObject({ code: 'pool_not_found', details: { pool: 'other' } });
  expect(missing).toMatchObject({ code: 'pool_not_found', details: { pool: 'nowhere' } });
  for (const permission of ['user:write', 'token:write'] as const)
    expect(await make(ann.client, { permissions: [permission] })).toMatchObject({
      code: 'not_for_tokens',
      details: { permissions: [permission] },
    });
  for (const days of [0, 367])
    expect(await make(ann.client, { permissions: ['pool:read'], days })).toMatchObject({ code: 'request_invalid' });
  expect(await house.stored()).toBe(before);
});

test('a token for named pools has nothing that belongs to no pool, and is not made with it', async () => {
  const mixed = { name: 't', permissions: ['pool:read' as const, 'brakes:write' as const], pools: ['edge'] };
  expect(await refusal(ann.client.tokens.add(mixed))).toMatchObject({
    code: 'permission_without_pool',
    details: { permissions: ['brakes:write'] },
  });
  expect((await ann.client.tokens.list()).tokens).toEqual([]);
  // One that an earlier version made.
  const token = house.clientAs(await addToken(house, ann.id, { pools: [edge] }));
  const denied = { code: 'permission_denied' };
  expect(await refusal(token.brakes.release({ reason: 'test' }))).toMatchObject({
    ...denied,
    details: { permission: 'brakes:write' },
  });
  expect(await refusal(token.channels.list())).toMatchObject(denied);
  expect(await refusal(token.users.list())).toMatchObject(denied);
  expect(await refusal(token.audit.list())).toMatchObject(denied);
  const me = await token.session.me();
  expect(me.poolIds).toEqual([edge]);
  expect(me.permissions).toContain('pool:write');
  expect(me.permissions.filter((permission) => withoutPool.has(permission))).toEqual([]);
  expect((await ann.client.session.me()).poolIds).toBeNull();
});

test('what its owner may no longer do, a token may no longer do', async () => {
  const { secret } = await bob.client.tokens.add({ name: 't', permissions: ['pool:read', 'pool:write'] });
  const token = house.clientAs(secret);
  await house.client.users.grant(bob.id, { grants: [{ role: 'viewer', pool: 'edge' }] });
  expect(await refusal(token.pools.set(edge, { name: 'x' }))).toMatchObject({ code: 'permission_denied' });
  await house.client.users.grant(bob.id, { grants: [{ role: 'viewer', pool: 'other' }] });
  expect(await refusal(token.pools.get(edge))).toMatchObject({ code: 'pool_not_found' });
});

test('making a token needs a new proof of who asks, and no token makes another', async () => {
  const stale = house.clientAs(await addSession(house, ann.id, { stale: true }));
  const input = { name: 't', permissions: ['pool:read' as const] };
  expect(await refusal(stale.tokens.add(input))).toMatchObject({ code: 'step_up_required' });
  const token = house.clientAs((await ann.client.tokens.add(input)).secret);
  expect(await refusal(token.tokens.add(input))).toMatchObject({ code: 'not_for_tokens' });
});

test('one sees and revokes one’s own; an administrator and the host everybody’s; a token itself alone', async () => {
  const input = { permissions: ['pool:read' as const] };
  const anns = await ann.client.tokens.add({ name: 'anns', ...input });
  const bobs = await bob.client.tokens.add({ name: 'bobs', ...input });
  const hosts = await house.client.tokens.add({ name: 'hosts', ...input });
  expect(hosts.token.owner).toBe('host');
  const seen = async (client: Client) => (await client.tokens.list()).tokens.map(({ name }) => name).toSorted();
  expect(await seen(bob.client)).toEqual(['bobs']);
  expect(await seen(house.clientAs(bobs.secret))).toEqual(['bobs']);
  expect(await seen(ann.client)).toEqual(['anns', 'bobs', 'hosts']);
  expect(await seen(house.client)).toEqual(['anns', 'bobs', 'hosts']);
  const unknown = { code: 'api_token_not_found' };
  expect(await refusal(bob.client.tokens.revoke(anns.token.id))).toMatchObject(unknown);
  expect(await refusal(house.clientAs(bobs.secret).tokens.revoke(anns.token.id))).toMatchObject(unknown);
  const reader = await ann.client.tokens.add({ name: 'reader', permissions: ['token:read'] });
  expect(await refusal(house.clientAs(reader.secret).tokens.revoke(bobs.token.id))).toMatchObject({
    code: 'not_for_tokens',
  });
  expect(await ann.client.tokens.revoke(bobs.token.id)).toEqual({ removed: bobs.token.id });
  expect(await find(bobs.secret)).toBeNull();
  expect(await refusal(house.clientAs(bobs.secret).pools.list())).not.toBeNull();
  expect(await house.clientAs(anns.secret).tokens.revoke(anns.token.id)).toEqual({ removed: anns.token.id });
  expect(await refusal(ann.client.tokens.revoke(anns.token.id))).toMatchObject(unknown);
});

test('the use of a token is noted at most once a minute', async () => {
  const { token, secret } = await house.client.tokens.add({ name: 't', permissions: ['pool:read'] });
  const last = async () => (await house.client.tokens.list()).tokens[0]?.lastUsedFrom;
  await touchApiToken(house.deps.db, token.id, '198.51.100.1');
  await touchApiToken(house.deps.db, token.id, '198.51.100.2');
  expect(await last()).toBe('198.51.100.1');
  const minuteAgo = new Date(Date.parse((await house.client.tokens.list()).tokens[0]?.lastUsedAt ?? '') - 61_000);
  await house.deps.db.updateTable('api_token').set({ last_used_at: minuteAgo }).execute();
  await touchApiToken(house.deps.db, token.id, '198.51.100.2');
  expect(await last()).toBe('198.51.100.2');
  expect(await find(secret)).toMatchObject({ id: token.id, ownerEmail: null, userId: null, ownerDisabled: false });
});
