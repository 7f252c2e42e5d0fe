import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BindingId, isAppError } from '@serverctl/core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type BuiltEdge, buildEdge } from './testing/built-edge.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';

let directory: string;
let house: OperatorHouse;
let edge: BuiltEdge;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-re-address-'));
});
beforeEach(async () => {
  house = await openOperatorHouse(directory);
  edge = await buildEdge(house);
  return () => house.close();
});
afterAll(() => rm(directory, { recursive: true }));

const set = (member: string, patch: Parameters<OperatorHouse['client']['members']['set']>[2]) =>
  house.client.members.set(edge.pool, member, patch).then(
    (view) => view.publicIpv4,
    (error: unknown) => (isAppError(error) ? error : Promise.reject(error)),
  );
const desired = async () => {
  const wish = await house.store.desired(edge.binding as BindingId);
  return [wish?.address, wish?.epoch];
};
const report = (member: string, ipv4: string) =>
  house.database.kysely.updateTable('member').set({ reported_ipv4: ipv4 }).where('id', '=', member).execute();

test('a new address of the active member is shown and changes nothing until it is confirmed', async () => {
  const before = await house.stored();
  expect(await set(edge.lb1, { publicIpv4: '203.0.113.50' })).toMatchObject({
    code: 'member_address_would_move',
    details: { from: '198.51.100.11', to: '203.0.113.50', names: ['lb.example.com'] },
  });
  expect(await house.stored()).toBe(before);
});

test('confirmed, it is one change with an epoch, evidence and an audit row of its own', async () => {
  expect(await set(edge.lb1, { publicIpv4: '203.0.113.50', confirmMove: true })).toBe('203.0.113.50');
  expect(await desired()).toEqual(['203.0.113.50', 2]);
  const [promotion] = (await house.client.promotions.list(edge.pool)).promotions;
  expect(promotion).toMatchObject({
    epoch: 2,
    kind: 'switchover',
    cause: 're-addressed',
    fromMemberId: edge.lb1,
    toMemberId: edge.lb1,
    actor: 'host',
    sentence: 'lb1.example.com stays active and has a new public IPv4 address: 203.0.113.50 instead of 198.51.100.11.',
  });
  const detail = await house.client.promotions.get(edge.pool, promotion?.id ?? '');
  expect(detail.evidence).toMatchObject({ pool: { epoch: 1 } });
  const audit = await house.database.kysely.selectFrom('audit_entry').selectAll().orderBy('seq', 'desc').execute();
  expect(audit.slice(0, 2)).toMatchObject([
    { action: 'promotion.switchover', details: { cause: 're-addressed', address: '203.0.113.50' } },
    { action: 'member.update', target: edge.lb1 },
  ]);
  expect((await house.told()).at(-1)).toMatchObject({
    kind: 'pool.promoted',
    details: { epoch: 2, cause: 're-addressed' },
  });
});

test('a standby’s address is just stored, and so is the one that the records answer already', async () => {
  expect(await set(edge.lb2, { publicIpv4: '203.0.113.51' })).toBe('203.0.113.51');
  expect(await set(edge.lb1, { publicIpv4: '198.51.100.11', priority: 3 })).toBe('198.51.100.11');
  expect(await desired()).toEqual(['198.51.100.11', 1]);
});

test('clearing the active member’s address is refused unless its agent reports one, and moves only with a yes', async () => {
  expect(await set(edge.lb1, { publicIpv4: null, confirmMove: true })).toMatchObject({ code: 'target_has_no_address' });
  await report(edge.lb1, '203.0.113.52');
  expect(await desired()).toEqual(['198.51.100.11', 1]);
  expect(await set(edge.lb1, { publicIpv4: null })).toMatchObject({ code: 'member_address_would_move' });
  expect(await set(edge.lb1, { publicIpv4: null, confirmMove: true })).toBeNull();
  expect(await desired()).toEqual(['203.0.113.52', 2]);
});

test('an address is not cleared when another member has the reported one', async () => {
  await report(edge.lb2, '198.51.100.11');
  expect(await set(edge.lb2, { publicIpv4: null })).toMatchObject({
    code: 'member_address_taken',
    details: { member: 'lb1.example.com' },
  });
});
