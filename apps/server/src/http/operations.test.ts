import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FailbackPatch } from '@serverctl/contract';
import { isAppError, judge, type MemberId, type PoolEvidence } from '@serverctl/core';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { aFleet, anEvidence, haproxyDown, lost, zonesOf } from '../../../../packages/core/testing/evidence.ts';
import { type BuiltEdge, buildEdge, goodKey, memberInput } from './testing/built-edge.ts';
import { type MemberChanges, storeJudged } from './testing/judged.ts';
import { type OperatorHouse, openOperatorHouse, zoneName } from './testing/operator-house.ts';

let directory: string;
let house: OperatorHouse;
let edge: BuiltEdge;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-operations-'));
});
beforeEach(async () => {
  house = await openOperatorHouse(directory);
  edge = await buildEdge(house);
  return () => house.close();
});
afterAll(() => rm(directory, { recursive: true }));

const code = async (asked: Promise<unknown>) => {
  const error = await asked.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return isAppError(error) ? error.code : error;
};

const failed = { kind: 'inactive', unit: 'haproxy.service', state: 'failed' } as const;

/** What the loop would have stored for pool `edge`. */
const judged = (lb1: MemberChanges, lb2: MemberChanges = {}, more: Partial<PoolEvidence> = {}) =>
  storeJudged(house, edge, lb1, lb2, more);

test('a pool that nobody has judged yet says what is missing, or that no loop leads', async () => {
  const { pools } = await house.client.pools.list();
  expect(pools.map(({ name, status }) => [name, status.state])).toEqual([
    ['edge', 'blind'],
    ['other', 'setup'],
  ]);
  expect(pools[1]?.status.setupMissing).toEqual([
    'dns',
    'hostname',
    'member',
    'heartbeat',
    'first-publish',
    'automatic-failover',
  ]);
  expect(pools[1]?.status.sentence).toBe(
    'Being set up; missing: DNS, a hostname, an enrolled member, a first heartbeat, the first publish, automatic failover.',
  );
  expect(pools[0]?.status).toMatchObject({ clientsBackSeconds: 90, setupMissing: ['automatic-failover'] });
  expect(pools[0]?.status.bindings[0]).toMatchObject({ name: 'lb.example.com', desiredAddress: '198.51.100.11' });
});

test('a judged pool whose failover is off says that this is missing, beside what was decided', async () => {
  await judged({});
  await sql`UPDATE dns_binding SET state = 'published', published_epoch = 1`.execute(house.database.kysely);
  const { status } = await house.client.pools.get('edge');
  expect(status.state).toBe('setup');
  expect(status.sentence).toMatch(/it is healthy\. Being set up; missing: automatic failover\.$/);
});

test('a judged pool shows state, sentence, standings and the next in line', async () => {
  await judged({});
  await house.client.pools.set('edge', { automaticFailover: true });
  await sql`UPDATE dns_binding SET state = 'published', published_epoch = 1`.execute(house.database.kysely);
  const { status } = await house.client.pools.get('edge');
  expect(status).toMatchObject({ state: 'calm', nextInLine: edge.lb2, frozenTicks: 4, setupMissing: [] });
  expect(status.members).toMatchObject([
    { role: 'active', health: 'healthy', ready: false },
    { hostname: 'lb2.example.com', ready: true, place: 1, address: '198.51.100.12' },
  ]);
});

test('switching automatic failover on while the active member is lost says that it will move now, and asks', async () => {
  await judged(lost);
  expect(await code(house.client.pools.set('edge', { automaticFailover: true }))).toBe('failover_would_move_now');
  expect((await house.client.pools.get('edge')).automaticFailover).toBe(false);
  const view = await house.client.pools.set('edge', { automaticFailover: true, confirmMove: true });
  expect(view).toMatchObject({ automaticFailover: true, activeMemberId: edge.lb1 });
});

test('a yes to the move holds for the member that was shown alone: for another, or for nobody by now, nothing is switched on', async () => {
  await judged(lost);
  const on = (expectNext: string) =>
    house.client.pools.set('edge', { automaticFailover: true, confirmMove: true, expectNext });
  expect(await code(on('lb9.example.com'))).toBe('pool_changed');
  expect(await code(on(edge.lb1))).toBe('pool_changed');
  await judged(lost, lost);
  expect(await code(on('lb2.example.com'))).toBe('pool_changed');
  expect((await house.client.pools.get('edge')).automaticFailover).toBe(false);
  await judged(lost);
  expect((await on('LB2.example.com')).automaticFailover).toBe(true);
  await house.client.pools.set('edge', { automaticFailover: false });
  expect((await on(edge.lb2)).automaticFailover).toBe(true);
  await house.client.pools.set('edge', { automaticFailover: false });
  await judged({});
  expect((await on('lb9.example.com')).automaticFailover).toBe(true);
});

test.each<[string, Parameters<typeof judged>]>([
  ['its standby is healthy for too short a time', [haproxyDown, { healthyForMs: 4_000 }]],
  ['HAProxy is down within the grace', [{ haproxy: { ...failed, forMs: 10 } }]],
  ['the last promotion is less than 10 s ago', [lost, {}, { lastPromotionAgeMs: 3_000 }]],
  [
    'many members fell silent at once',
    [lost, {}, { fleet: aFleet({ zones: zonesOf([12, 8]), promotionAgesMs: [500] }) }],
  ],
  ['we cannot listen now', [lost, {}, { listening: { ...anEvidence().listening, blindBecause: 'late-tick' } }]],
])(
  'switching automatic failover on asks as well when the move would come seconds later: %s',
  async (_name, evidence) => {
    await judged(...evidence);
    expect(await code(house.client.pools.set('edge', { automaticFailover: true }))).toBe('failover_would_move_now');
    expect((await house.client.pools.get('edge')).automaticFailover).toBe(false);
  },
);

test.each<[string, boolean, Parameters<typeof judged>]>([
  ['the pool is held', true, [lost]],
  ['the pool is held, and its trouble within the grace', true, [{ haproxy: { ...failed, forMs: 10 } }]],
  ['it has moved too often already', false, [lost, {}, { automaticPromotionAgesMs: [60_000, 120_000, 180_000] }]],
])('switching automatic failover on does not ask where it would promote nobody: %s', async (_name, held, evidence) => {
  if (held) await sql`UPDATE pool SET held_at = now() WHERE id = ${edge.pool}`.execute(house.database.kysely);
  await judged(...evidence);
  expect((await house.client.pools.set('edge', { automaticFailover: true })).automaticFailover).toBe(true);
});

test('switching automatic failover on does not ask for a standby in trouble', async () => {
  await judged({}, haproxyDown);
  expect((await house.client.pools.set('edge', { automaticFailover: true })).automaticFailover).toBe(true);
});

test('an acknowledgement ends held, and the promotions up to the present epoch no longer count (R11)', async () => {
  await sql`UPDATE pool SET held_at = now() WHERE id = ${edge.pool}`.execute(house.database.kysely);
  expect((await house.client.pools.get('edge')).held).toBe(true);
  expect((await house.client.pools.ack('edge', { reason: 'cable replaced' })).held).toBe(false);
  const [row] = await house.store.pools().then((rows) => rows.filter(({ pool }) => pool.id === edge.pool));
  expect(row?.recentPromotions.map(({ epoch, acknowledged }) => [epoch, acknowledged])).toEqual([[1, true]]);
});

test('a switchover to the next ready standby records the person, the reason and evidence that decides the same again', async () => {
  await judged({});
  const preview = await house.client.promotions.promote('edge', { to: 'next', reason: 'kernel update', preview: true });
  expect(preview).toMatchObject({
    promotion: null,
    preview: {
      fromMemberId: edge.lb1,
      toMemberId: edge.lb2,
      ready: true,
      names: [{ to: '198.51.100.12', ttlSeconds: 60 }],
    },
  });
  const { promotion } = await house.client.promotions.promote('edge', { to: 'next', reason: 'kernel update' });
  expect(promotion).toMatchObject({
    kind: 'switchover',
    epoch: 2,
    actor: 'host',
    reason: 'kernel update',
    state: 'publishing',
  });
  const detail = await house.client.promotions.get('edge', promotion?.id ?? '');
  expect(judge(detail.evidence as PoolEvidence).decision).toEqual(detail.decision);
  expect(detail.steps.map(({ step }) => step)).toEqual(['decided']);
  expect((await house.client.promotions.list('edge')).promotions.map(({ kind, state }) => [kind, state])).toEqual([
    ['switchover', 'publishing'],
    ['first-publish', 'superseded'],
  ]);
});

test('what was not published under an earlier epoch is no part of the evidence of a later one', async () => {
  await judged({}, {}, { unpublished: { from: edge.lb2 as MemberId } });
  const evidenceOf = async (to: string) => {
    const { promotion } = await house.client.promotions.promote('edge', { to, reason: 'x', confirmNotReady: true });
    return (await house.client.promotions.get('edge', promotion?.id ?? '')).evidence as PoolEvidence;
  };
  expect((await evidenceOf(edge.lb2)).unpublished).toEqual({ from: edge.lb2 });
  expect((await evidenceOf(edge.lb1)).unpublished).toBeNull();
});

test('a preview of a target that is not ready says why, and the act asks for the confirmation', async () => {
  await judged({}, lost);
  const wish = { to: 'lb2.example.com', reason: 'I know better' };
  const { preview } = await house.client.promotions.promote('edge', { ...wish, preview: true });
  expect(preview).toMatchObject({ ready: false, sentence: expect.stringContaining('not ready') });
  expect(await code(house.client.promotions.promote('edge', wish))).toBe('target_not_ready');
  const { promotion } = await house.client.promotions.promote('edge', { ...wish, confirmNotReady: true });
  expect(promotion?.toMemberId).toBe(edge.lb2);
});

test('evidence grows old: a standby last seen ready is not ready when nobody has judged for a while', async () => {
  await judged({});
  await sql`UPDATE pool_status SET at = now() - interval '1 minute'`.execute(house.database.kysely);
  expect(await code(house.client.promotions.promote('edge', { to: 'next', reason: 'x' }))).toBe('no_ready_standby');
  expect((await house.client.pools.get('edge')).status).toMatchObject({ state: 'blind' });
});

test('after a rename the old hostname is told for ten minutes; the id stays', async () => {
  const view = await house.client.members.set('edge', 'lb2.example.com', { hostname: 'LB2B.example.com' });
  expect(view).toMatchObject({
    id: edge.lb2,
    hostname: 'lb2b.example.com',
    previousHostname: { hostname: 'lb2.example.com' },
  });
  const leftMs = await untilMs(view.previousHostname?.until ?? '');
  expect(leftMs).toBeGreaterThan(590_000);
  expect(leftMs).toBeLessThanOrEqual(600_000);
  await sql`UPDATE member SET previous_hostname_until = now()`.execute(house.database.kysely);
  expect((await house.client.members.get('edge', edge.lb2)).previousHostname).toBeNull();
});

test('a patch changes what it names and nothing else', async () => {
  const before = await house.client.members.get('edge', edge.lb2);
  const after = await house.client.members.set('edge', edge.lb2, { publicIpv4: '203.0.113.77' });
  expect(after).toEqual({
    ...before,
    publicIpv4: '203.0.113.77',
    status: { ...before.status, address: '203.0.113.77' },
  });
  await house.client.credentials.add({
    name: 'odd',
    settings: { ...goodKey, port: 5353, transport: 'udp', algorithm: 'hmac-sha512' },
  });
  const { credential } = await house.client.credentials.set('odd', { name: 'odder' });
  expect(credential).toMatchObject({
    name: 'odder',
    settings: { port: 5353, transport: 'udp', algorithm: 'hmac-sha512' },
  });
  const pool = await house.client.pools.set('edge', {
    failback: { policy: 'automatic', afterMinutes: 30, window: { from: '22:30', to: '05:00' } },
  });
  expect(pool.failback).toEqual({ policy: 'automatic', afterMinutes: 30, window: { from: '22:30', to: '05:00' } });
});

test('a change of one failback setting leaves the others as they are', async () => {
  const set = async (failback: FailbackPatch) => (await house.client.pools.set('edge', { failback })).failback;
  await set({ policy: 'automatic', afterMinutes: 30, window: { from: '22:30', to: '05:00' } });
  expect(await set({ afterMinutes: 45 })).toEqual({
    policy: 'automatic',
    afterMinutes: 45,
    window: { from: '22:30', to: '05:00' },
  });
  expect(await set({ policy: 'never' })).toMatchObject({ policy: 'never', afterMinutes: 45, window: { to: '05:00' } });
  expect(await set({ window: null })).toEqual({ policy: 'never', afterMinutes: 45, window: null });
});

test('the active member goes only with releaseRecord: then nobody is active, the epoch stays, its secret and key are void', async () => {
  expect(await code(house.client.members.remove('edge', edge.lb1))).toBe('member_is_active');
  await house.client.members.remove('edge', edge.lb1, { releaseRecord: true });
  expect(await house.client.pools.get('edge')).toMatchObject({ activeMemberId: null, epoch: 1 });
  expect(await house.store.desired(edge.binding as never)).toBeNull();
  const open = await house.database.kysely
    .selectFrom('enrollment')
    .selectAll()
    .where('member_id', '=', edge.lb1)
    .where('replaced_at', 'is', null)
    .execute();
  expect(open).toEqual([]);
  await house.client.members.add('edge', memberInput(1));
  const { promotion } = await house.client.firstPublish.confirm('edge', { memberId: edge.lb2, confirmNotReady: true });
  expect(promotion).toMatchObject({ kind: 'first-publish', epoch: 2 });
});

test('a new install line voids the earlier secret', async () => {
  const first = await house.client.members.enrol('edge', edge.lb2);
  const second = await house.client.members.enrol('edge', edge.lb2, { minutes: 60 });
  expect(second.secret).not.toBe(first.secret);
  expect(second.command).toContain(`-o "$f" 'https://plane.test/install/agent.sh'`);
  const open = await house.database.kysely
    .selectFrom('enrollment')
    .selectAll()
    .where('member_id', '=', edge.lb2)
    .where('replaced_at', 'is', null)
    .execute();
  expect(open).toHaveLength(1);
  expect(await untilMs(second.expiresAt)).toBeGreaterThan(59 * 60_000);
});

test('binding a name warns of an old TTL, a record that is not ours, a private address and a key that may not mark', async () => {
  house.zone.put('www.example.com', 'A', ['192.168.1.4'], 86_400);
  const { credential } = await house.client.credentials.add({
    name: 'markless',
    settings: { ...goodKey, keyName: 'may-not-mark' },
  });
  const wish = { name: 'www.example.com', zone: zoneName, credentialId: credential.id };
  const { test: tried } = await house.client.bindings.add('other', wish);
  expect(tried).toMatchObject({
    canEdit: true,
    canMark: false,
    record: { addresses: ['192.168.1.4'], ttlSeconds: 86_400, mark: null },
  });
  for (const word of ['86400 s', 'without a mark', 'private address', '_serverctl.www.example.com']) {
    expect(tried.warnings.join('\n')).toContain(word);
  }
  expect(tried.servers).toMatchObject([
    { server: 'ns1.example.com (198.51.100.53)', addresses: ['192.168.1.4'], error: null },
  ]);
});

test('a stored key that may not edit a name is refused when the name is bound, and nothing is stored', async () => {
  const { credential } = await house.client.credentials.add({
    name: 'weak',
    settings: { ...goodKey, keyName: 'may-not-edit' },
  });
  const before = await house.stored();
  const wish = { name: 'x.example.com', zone: zoneName, credentialId: credential.id };
  expect(await code(house.client.bindings.add('other', wish))).toBe('dns_not_allowed');
  expect(await house.stored()).toBe(before);
});

test('a credential that changed is a new provider; an unchanged one is opened once', async () => {
  const { providers } = house.deps;
  const first = await providers.forCredential(edge.credential);
  expect(await providers.forCredential(edge.credential)).toBe(first);
  await house.client.credentials.set('bind', { name: 'renamed' });
  expect(await providers.forCredential(edge.credential)).not.toBe(first);
});

/** By the database's clock, which made the instant. */
async function untilMs(instant: string): Promise<number> {
  const ask = sql<{ ms: number }>`SELECT extract(epoch FROM ${instant}::timestamptz - now())::float8 * 1000 AS ms`;
  return (await ask.execute(house.database.kysely)).rows[0]?.ms ?? Number.NaN;
}
