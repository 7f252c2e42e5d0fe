import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { declaredRoutes } from './permission.ts';
import { type BuiltEdge, buildEdge, goodKey, memberInput } from './testing/built-edge.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';
import { storeRefused } from './testing/refused.ts';

let directory: string;
let house: OperatorHouse;
let edge: BuiltEdge;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-changes-'));
  house = await openOperatorHouse(directory);
  edge = await buildEdge(house);
});
afterAll(async () => {
  await house.close();
  await rm(directory, { recursive: true });
});

/** The publisher has written what the last promotion decided. */
const written = () =>
  sql`UPDATE dns_binding SET published_epoch = pool.epoch FROM pool WHERE pool.id = dns_binding.pool_id`.execute(
    house.database.kysely,
  );

/** Every changing operation once, in an order in which each finds what it needs. */
const changes: readonly (readonly [operationId: string, change: () => Promise<unknown>])[] = [
  ['addPool', () => house.client.pools.add({ name: 'third' })],
  ['setPool', () => house.client.pools.set('third', { name: 'fourth', failoverDelaySeconds: 15 })],
  [
    'acknowledgePool',
    async () => {
      await sql`UPDATE pool SET held_at = now() WHERE name = 'fourth'`.execute(house.database.kysely);
      await house.client.pools.ack('fourth', { reason: 'looked at it' });
    },
  ],
  ['addMember', () => house.client.members.add('fourth', memberInput(4))],
  ['setMember', () => house.client.members.set('fourth', 'lb4.example.com', { priority: 7 })],
  ['renewEnrolment', () => house.client.members.enrol('fourth', 'lb4.example.com')],
  ['addCredential', () => house.client.credentials.add({ name: 'second', settings: goodKey })],
  ['setCredential', () => house.client.credentials.set('second', { name: 'spare' })],
  [
    'addBinding',
    () => house.client.bindings.add('fourth', { name: 'w.example.com', zone: 'example.com', credentialId: 'spare' }),
  ],
  ['setResolvers', () => house.client.resolvers.set({ resolvers: ['192.0.2.53'] })],
  ['setBinding', () => house.client.bindings.set('fourth', 'w.example.com', { ttlSeconds: 30 })],
  [
    'confirmFirstPublish',
    () => house.client.firstPublish.confirm('fourth', { memberId: 'lb4.example.com', confirmNotReady: true }),
  ],
  [
    'promote',
    () => house.client.promotions.promote(edge.pool, { to: edge.lb2, reason: 'drill', confirmNotReady: true }),
  ],
  ['maintainPool', () => house.client.pools.maintain('edge', { minutes: 30, reason: 'rack moved' })],
  ['endPoolMaintenance', () => house.client.pools.endMaintenance('edge')],
  ['maintainMember', () => house.client.members.maintain('edge', edge.lb1, { minutes: 30, reason: 'new kernel' })],
  ['endMemberMaintenance', () => house.client.members.endMaintenance('edge', edge.lb1)],
  [
    'clearQuarantine',
    async () => {
      await sql`UPDATE member SET quarantined_at = now() WHERE id = ${edge.lb1}`.execute(house.database.kysely);
      await house.client.members.clearQuarantine('edge', edge.lb1, { reason: 'the copy is gone' });
    },
  ],
  [
    'allowAddress',
    async () => {
      await storeRefused(house, edge.lb2, { because: 'ip', seen: '203.0.113.9' });
      await house.client.members.allow('edge', edge.lb2);
    },
  ],
  ['pausePool', () => house.client.pools.pause('edge', { reason: 'a look' })],
  ['resumePool', () => house.client.pools.resume('edge', { reason: 'looked' })],
  [
    'repairRecords',
    async () => {
      await written();
      house.zone.put('lb.example.com', 'A', ['198.51.100.11']);
      await house.client.pools.repair('edge', { reason: 'no idea who did that' });
    },
  ],
  [
    'adoptRecords',
    async () => {
      await written();
      house.zone.put('lb.example.com', 'A', ['198.51.100.11']);
      await house.client.pools.adopt('edge', { reason: 'it was me', confirmNotReady: true });
    },
  ],
  ['releaseBrakes', () => house.client.brakes.release({ reason: 'it is real' })],
  ['restoreBrakes', () => house.client.brakes.restore({ reason: 'over' })],
  ['removeMember', () => house.client.members.remove('fourth', 'lb4.example.com', { releaseRecord: true })],
  ['removeBinding', () => house.client.bindings.remove('fourth', 'w.example.com')],
  ['removeCredential', () => house.client.credentials.remove('spare')],
  ['addChannel', () => house.client.channels.add({ kind: 'webhook', url: 'https://hooks.example.net/x' })],
  [
    'removeChannel',
    async () => house.client.channels.remove((await house.client.channels.list()).channels[0]?.id ?? ''),
  ],
];
/** Not GET, and yet they change nothing. */
const tries = ['lookAtPanelCertificate', 'testCredential', 'testBinding', 'testChannel'];
/** Those that account-changes.test.ts has. */
const ofChannels = ['updateChannel', 'renewSigningSecret'];

test('each change writes exactly one audit row, in words of its own (I17)', async () => {
  for (const [operationId, change] of changes) {
    const before = await house.auditRows();
    await change();
    expect(await house.auditRows(), operationId).toBe(before + 1);
  }
  const { rows } = await sql<{ actor: string; action: string; cause: string | null }>`
    SELECT actor, action, details ->> 'cause' AS cause FROM audit_entry WHERE actor <> 'system' ORDER BY seq DESC LIMIT ${changes.length}`.execute(
    house.database.kysely,
  );
  expect(new Set(rows.map((row) => row.actor))).toEqual(new Set(['host']));
  expect(new Set(rows.map((row) => `${row.action} ${row.cause}`)).size).toBe(changes.length);
});

test('the list above is every changing operation there is, but those of account-changes.test.ts', () => {
  const ofAccounts = /^\/api\/v1\/(session|me|users|invitations|api-tokens)/;
  const changing = declaredRoutes(house.app)
    .filter(({ method, url }) => method !== 'GET' && !ofAccounts.test(url))
    .map(({ operationId }) => operationId)
    .filter((id) => id !== null && !tries.includes(id) && !ofChannels.includes(id));
  expect(changing.sort()).toEqual(changes.map(([id]) => id).sort());
});

test('an audit row of a request carries its id, which the reply tells', async () => {
  const reply = await house.app.inject({
    method: 'POST',
    url: '/api/v1/pools',
    payload: { name: 'fifth' },
    headers: { authorization: `Bearer ${house.token}` },
  });
  const row = await house.database.kysely
    .selectFrom('audit_entry')
    .select(['action', 'target', 'request_id'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  expect(row).toEqual({ action: 'pool.create', target: reply.json().id, request_id: reply.headers['x-request-id'] });
});

test('tries and previews change nothing', async () => {
  const before = await house.stored();
  await house.client.credentials.test('bind', { zone: 'example.com', name: 'lb.example.com' });
  await house.client.bindings.test(edge.pool, 'lb.example.com');
  await house.client.promotions.promote(edge.pool, { to: edge.lb2, reason: 'look', preview: true });
  expect(await house.stored()).toBe(before);
});

test('a promotion by a person is told to the channels, once', async () => {
  const told = (await house.told()).filter(({ poolId, kind }) => poolId === edge.pool && kind === 'pool.promoted');
  expect(told).toMatchObject([
    { kind: 'pool.promoted', details: { kind: 'first-publish' } },
    { kind: 'pool.promoted', memberId: edge.lb2, details: { kind: 'switchover', epoch: 2 } },
    {
      kind: 'pool.promoted',
      memberId: edge.lb2,
      details: { kind: 'switchover', cause: 'kept', epoch: 3 },
    },
    { kind: 'pool.promoted', memberId: edge.lb1, details: { kind: 'adoption', epoch: 4 } },
  ]);
});

test('of two requests for the same name at once one is refused as taken, not as a failure inside', async () => {
  const answers = await Promise.all([1, 2, 3].map(() => house.ask('POST', '/api/v1/pools', { name: 'race' })));
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
});

test('of two switchovers at once one finds the pool changed', async () => {
  const wish = { to: edge.lb2, reason: 'race', confirmNotReady: true };
  const answers = await Promise.all([1, 2].map(() => house.ask('POST', `/api/v1/pools/${edge.pool}/promotions`, wish)));
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409]);
});

test('a set that changes nothing leaves no trace', async () => {
  const before = await house.stored();
  const { hostname, allowedEgress, publicIpv4 } = memberInput(1);
  const same = { hostname: hostname.toUpperCase(), allowedEgress, publicIpv4, priority: 100 };
  expect(await house.client.members.set('edge', edge.lb1, same)).toMatchObject({ id: edge.lb1, hostname });
  const { name, settings } = (await house.client.credentials.list()).credentials[0] ?? {};
  const saved = await house.client.credentials.set('bind', { name: name ?? '', settings: settings ?? {} });
  expect(saved.credential).toMatchObject({ id: edge.credential, usedBy: ['lb.example.com'] });
  expect(await house.stored()).toBe(before);
});

test('a member that clients cannot reach, or that may come from anywhere, is stored with a warning', async () => {
  const warningsOf = async (patch: object) => {
    const { warnings } = await house.client.members.set('other', 'lb6.example.com', patch);
    return warnings.join('\n');
  };
  const { member } = await house.client.members.add('other', memberInput(6));
  expect(member.warnings).toEqual([]);
  expect(await warningsOf({ publicIpv4: '127.0.0.1' })).toContain('127.0.0.1 is no address of the public internet');
  expect(await warningsOf({ publicIpv4: '169.254.1.1' })).toContain('clients cannot reach it');
  expect(await warningsOf({ publicIpv4: '10.0.0.1' })).toContain('10.0.0.1 is a private address');
  expect(await warningsOf({ publicIpv4: null, allowedEgress: ['0.0.0.0/0', '::/0', '198.51.100.0/24'] })).toMatch(
    /0\.0\.0\.0\/0 allows every address.*\n::\/0 allows every address[^\n]*$/,
  );
});
