import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@serverctl/contract';
import { type Judgement, judge, type MemberId, type PoolId, type Role } from '@serverctl/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aMember, anEvidence } from '../../../../packages/core/testing/evidence.ts';
import { writeEvent } from '../db/repositories/events.ts';
import { type BuiltEdge, buildEdge, memberInput } from './testing/built-edge.ts';
import { refusal } from './testing/house-per-test.ts';
import { type OperatorHouse, openOperatorHouse, zoneName } from './testing/operator-house.ts';
import { addPerson, addSession, addToken } from './testing/people.ts';

/*
 * Pool `edge` is there with members, a name and history; `other` is the pool that the people of these tests may see. Nothing of `edge` may
 * be told to them: by a list, an event, or a refusal.
 */

let directory: string;
let house: OperatorHouse;
let edge: BuiltEdge;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-seen-pools-'));
  house = await openOperatorHouse(directory);
  edge = await buildEdge(house);
});
afterAll(async () => {
  await house.close();
  await rm(directory, { recursive: true });
});

let count = 0;
async function clientIn(poolId: string | null, role: Role): Promise<Client> {
  count += 1;
  const { id } = await addPerson(house, `p${count}@example.com`, [{ role, poolId: poolId as PoolId | null }]);
  return house.clientAs(await addSession(house, id));
}

test('who may see one pool is shown that one', async () => {
  const one = await clientIn(edge.other, 'viewer');
  const all = await clientIn(null, 'viewer');
  expect((await one.pools.list()).pools.map(({ name }) => name)).toEqual(['other']);
  expect((await all.pools.list()).pools.map(({ name }) => name)).toEqual(['edge', 'other']);
  expect(await refusal(one.pools.get('edge'))).toEqual({
    code: 'pool_not_found',
    details: expect.objectContaining({ pool: 'edge' }),
  });
});

test('a token shows no more than what it is narrowed to, though its owner may see everything', async () => {
  const { id } = await addPerson(house, 'owner@example.com', [{ role: 'administrator', poolId: null }]);
  const narrowed = house.clientAs(await addToken(house, id, { pools: [edge.other as PoolId] }));
  expect((await narrowed.pools.list()).pools.map(({ name }) => name)).toEqual(['other']);
  const blind = house.clientAs(await addToken(house, id, { only: ['event:read'] }));
  expect(await refusal(blind.pools.list())).toMatchObject({
    code: 'permission_denied',
    details: { permission: 'pool:read' },
  });
});

test('events are those of one’s own pools; what belongs to no pool is for who may see all', async () => {
  const one = await clientIn(edge.other, 'viewer');
  const all = await clientIn(null, 'viewer');
  const seen = (await one.events({ limit: 500 })).events;
  expect(new Set(seen.map(({ poolId }) => poolId))).toEqual(new Set([edge.other]));
  const everything = (await all.events({ limit: 500 })).events;
  expect(new Set(everything.map(({ poolId }) => poolId))).toEqual(new Set([edge.pool, edge.other, null]));
  expect(await refusal(one.events({ poolId: 'edge' }))).toMatchObject({
    code: 'pool_not_found',
    details: { pool: 'edge' },
  });
  expect(await refusal(one.events({ poolId: 'nothing' }))).toMatchObject({ code: 'pool_not_found' });
});

test('who waits for events is not woken by those of another pool', async () => {
  const one = await clientIn(edge.other, 'viewer');
  const { next } = await one.events({ limit: 500 });
  const waiting = one.events({ after: next, waitSeconds: 20 });
  const tell = (event: Parameters<typeof writeEvent>[1]) =>
    house.deps.db.transaction().execute((trx) => writeEvent(trx, event));
  await tell({ kind: 'pool.changed', severity: 'info', poolId: edge.pool, sentence: 'of edge' });
  await tell({ kind: 'credential.changed', severity: 'info', sentence: 'of no pool' });
  await tell({ kind: 'pool.changed', severity: 'info', poolId: edge.other, sentence: 'of other' });
  expect((await waiting).events.map(({ sentence }) => sentence)).toEqual(['of other']);
});

test('the brakes name the pools and zones that may be seen, and have the figures of the whole fleet for everybody', async () => {
  for (const poolId of [edge.pool, edge.other]) await judgeBraked(poolId);
  const one = await (await clientIn(edge.other, 'viewer')).brakes.get();
  const all = await (await clientIn(null, 'viewer')).brakes.get();
  expect(all.braked.map(({ pool }) => pool).sort()).toEqual(['edge', 'other']);
  expect(all.massSilence.zones.map(({ zone }) => zone)).toEqual([`zone-of-${edge.pool}`, `zone-of-${edge.other}`]);
  expect(one.braked.map(({ pool }) => pool)).toEqual(['other']);
  expect(one.massSilence.zones.map(({ zone }) => zone)).toEqual([`zone-of-${edge.other}`]);
  expect(one.massSilence).toMatchObject({ members: all.massSilence.members, silent: all.massSilence.silent });
  expect(JSON.stringify(one)).not.toContain('edge');
});

/** What the loop would have stored of a pool that the brakes hold back. */
async function judgeBraked(poolId: string): Promise<void> {
  const zones = [edge.pool, edge.other].map((id) => ({ zone: `zone-of-${id}`, members: 4, silent: 4 }));
  const base = anEvidence();
  const members = [{ ...aMember(1), id: `${poolId}m` as MemberId, zone: `zone-of-${poolId}` }];
  const pool = { ...base.pool, id: poolId as PoolId };
  const evidence = { ...base, pool, members, fleet: { ...base.fleet, zones } };
  const judged = judge(evidence);
  const decision = { kind: 'wait', because: 'mass-silence', until: 0 } as unknown as Judgement['decision'];
  await house.store.storeStatus([
    { poolId: poolId as PoolId, evidence, judgement: { ...judged, decision }, frozenTicks: 0 },
  ]);
}

test('a refusal because of another pool does not say of which, unless that pool may be seen', async () => {
  const one = await clientIn(edge.other, 'administrator');
  const all = await clientIn(null, 'administrator');
  const taken = { ...memberInput(8), hostname: 'lb1.example.com' };
  const address = { ...memberInput(8), publicIpv4: '198.51.100.11' };
  const binding = { name: `lb.${zoneName}`, zone: zoneName, credentialId: edge.credential };
  for (const [ask, code] of [
    [(client: Client) => client.members.add('other', taken), 'member_hostname_taken'],
    [(client: Client) => client.members.add('other', address), 'member_address_taken'],
    [(client: Client) => client.bindings.add('other', binding), 'binding_name_taken'],
    [(client: Client) => client.pools.set('other', { name: 'EDGE' }), 'pool_name_taken'],
  ] as const) {
    const hidden = await refusal(ask(one));
    expect(hidden, code).toMatchObject({ code, details: { pool: 'another pool' } });
    const told = JSON.stringify(hidden);
    for (const secret of [edge.pool, edge.lb1, code === 'member_address_taken' ? 'lb1.example.com' : edge.pool])
      expect(told, code).not.toContain(secret);
    expect(await refusal(ask(all)), code).toMatchObject({ code, details: { poolId: edge.pool } });
  }
});

test('who administers one pool manages names by the credentials that the pool has, and learns of no other', async () => {
  const one = await clientIn(edge.other, 'administrator');
  const add = (client: Client, pool: string, name: string, credentialId: string) =>
    client.bindings.add(pool, { name: `${name}.${zoneName}`, zone: zoneName, credentialId });
  expect(await refusal(add(one, 'other', 'api', 'bind'))).toMatchObject({
    code: 'credential_not_found',
    details: { credential: 'bind' },
  });
  expect(await refusal(add(one, 'other', 'api', 'none'))).toMatchObject({
    code: 'credential_not_found',
    details: { credential: 'none' },
  });
  expect(await refusal(one.credentials.list())).toMatchObject({ code: 'permission_denied' });
  await add(house.client, 'other', 'first', 'bind');
  expect((await add(one, 'other', 'api', 'bind')).binding.name).toBe(`api.${zoneName}`);
});

test('a name that another pool takes over meanwhile does not move the request to that pool', async () => {
  const id = (await house.client.pools.add({ name: 'moving' })).id;
  const operator = await clientIn(id, 'operator');
  await house.client.pools.set('moving', { name: 'moved' });
  expect(await refusal(operator.pools.pause('moving', { reason: 'x' }))).toMatchObject({ code: 'pool_not_found' });
  await house.client.pools.set(edge.other, { name: 'moving' });
  expect(await refusal(operator.pools.pause('moving', { reason: 'x' }))).toMatchObject({ code: 'pool_not_found' });
  expect((await operator.pools.pause('MOVED', { reason: 'x' })).paused).not.toBeNull();
  await house.client.pools.set(edge.other, { name: 'other' });
});

test('what moves a record needs the right to promote beside its own', async () => {
  const { id } = await addPerson(house, 'mover@example.com', [{ role: 'administrator', poolId: null }]);
  const mover = house.clientAs(await addToken(house, id, { only: ['pool:read', 'pool:write', 'member:write'] }));
  const denied = { code: 'permission_denied', details: { permission: 'promotion:write' } };
  const maintenance = { minutes: 5, reason: 'x' };
  expect(await refusal(mover.members.maintain('edge', edge.lb1, { ...maintenance, onActive: 'switch' }))).toMatchObject(
    denied,
  );
  expect(await refusal(mover.members.remove('edge', edge.lb1, { releaseRecord: true }))).toMatchObject(denied);
  expect(
    await refusal(mover.members.set('edge', edge.lb1, { publicIpv4: '198.51.100.99', confirmMove: true })),
  ).toMatchObject(denied);
  expect(await refusal(mover.pools.set('edge', { automaticFailover: true, confirmMove: true }))).toMatchObject(denied);
  expect(await refusal(mover.pools.set('edge', { preset: 'generic' }))).toMatchObject({
    ...denied,
    details: { permission: 'pool:admin' },
  });
  expect((await mover.members.maintain('edge', edge.lb1, { ...maintenance, onActive: 'stay' })).promotion).toBeNull();
});
