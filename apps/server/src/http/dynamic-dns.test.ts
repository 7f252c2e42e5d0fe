import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { freshEvidence } from '../services/promotions/fresh-evidence.ts';
import { type BuiltEdge, buildEdge } from './testing/built-edge.ts';
import { storeJudged } from './testing/judged.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';

/* The setting of a pool; what it does, the failover loop's tests say. */

let directory: string;
let house: OperatorHouse;
let edge: BuiltEdge;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-dynamic-dns-'));
});
beforeEach(async () => {
  house = await openOperatorHouse(directory);
  edge = await buildEdge(house);
  return () => house.close();
});
afterAll(() => rm(directory, { recursive: true }));

const [old, present] = [
  { ipv4: '192.0.2.9', ipv6: null },
  { ipv4: '198.51.100.1', ipv6: null },
];

test('is off in a new pool unless it is asked for, and is kept by a change of something else', async () => {
  expect((await house.client.pools.get('edge')).dynamicDns).toBe(false);
  expect((await house.client.pools.add({ name: 'third', dynamicDns: true })).dynamicDns).toBe(true);
  expect((await house.client.pools.set('third', { failoverDelaySeconds: 20 })).dynamicDns).toBe(true);
  expect((await house.client.pools.set('third', { dynamicDns: false })).dynamicDns).toBe(false);
});

test('switching it leaves an event and an audit entry, once, and the loop reads it', async () => {
  for (const _ of [1, 2]) await house.client.pools.set('edge', { dynamicDns: true });
  const sentences = house.database.kysely
    .selectFrom('event')
    .select('sentence')
    .where('pool_id', '=', edge.pool)
    .where('kind', '=', 'pool.changed');
  expect(await sentences.execute()).toEqual([{ sentence: 'Dynamic DNS of edge was switched on.' }]);
  const audited = await house.database.kysely
    .selectFrom('audit_entry')
    .select('details')
    .where('target', '=', edge.pool)
    .where('action', '=', 'pool.update')
    .execute();
  expect(audited).toMatchObject([{ details: { before: { dynamicDns: false }, after: { dynamicDns: true } } }]);
  const rows = await house.store.pools();
  expect(rows.map(({ pool }) => [pool.name, pool.dynamicDns]).toSorted()).toEqual([
    ['edge', true],
    ['other', false],
  ]);
});

test('switching automatic failover on does not ask because an address is about to be followed', async () => {
  await house.client.pools.set('edge', { dynamicDns: true });
  await storeJudged(house, edge, {}, {}, { presentAddresses: old });
  expect((await house.client.pools.set('edge', { automaticFailover: true })).automaticFailover).toBe(true);
});

test('a person’s act is recorded with how often the address was followed, and with what the present epoch gave the records', async () => {
  const ages = { addressPromotionAgesMs: [5_000], presentAddresses: present };
  await storeJudged(house, edge, {}, {}, ages);
  const evidence = await freshEvidence(house.database.kysely, edge.pool);
  expect(evidence.presentAddresses).toEqual(present);
  expect(evidence.addressPromotionAgesMs?.[0]).toBeGreaterThanOrEqual(5_000);
  await house.client.promotions.promote('edge', { to: edge.lb2, reason: 'rack', confirmNotReady: true });
  expect((await freshEvidence(house.database.kysely, edge.pool)).presentAddresses).toBeNull();
});
