import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { memberInput } from './testing/built-edge.ts';
import { housePerTest, refusal } from './testing/house-per-test.ts';
import { storeJudged } from './testing/judged.ts';
import { storeRefused } from './testing/refused.ts';

const built = housePerTest('member-operations');
const members = () => built.house.client.members;
const reason = 'the clone is switched off';

async function lastAudit(): Promise<object> {
  const { rows } = await sql<object>`
    SELECT action, target, reason, details FROM audit_entry ORDER BY seq DESC LIMIT 1`.execute(
    built.house.database.kysely,
  );
  return rows[0] ?? {};
}

test('a quarantine is shown with its reason, and cleared by a person, once', async () => {
  await sql`UPDATE member SET quarantined_at = now(), quarantine_reason = 'two runs' WHERE id = ${built.edge.lb2}`.execute(
    built.house.database.kysely,
  );
  const { status } = await members().get('edge', built.edge.lb2);
  expect(status.quarantined).toEqual({ since: expect.any(String), reason: 'two runs' });
  const cleared = await members().clearQuarantine('edge', built.edge.lb2, { reason });
  expect(cleared.status.quarantined).toBeNull();
  expect((await built.house.told()).at(-1)).toMatchObject({
    kind: 'member.quarantine-cleared',
    severity: 'info',
    poolId: built.edge.pool,
    memberId: built.edge.lb2,
    sentence: `The quarantine of lb2.example.com was cleared by the host: ${reason}`,
  });
  expect(await lastAudit()).toMatchObject({
    action: 'member.clear-quarantine',
    target: built.edge.lb2,
    reason,
    details: { wasBecause: 'two runs' },
  });
  expect(await refusal(members().clearQuarantine('edge', built.edge.lb2, { reason }))).toMatchObject({
    code: 'member_not_quarantined',
  });
});

test.each(['203.0.113.9', '2001:db8::9'])('the new egress address %s of a host is allowed in one act', async (seen) => {
  await storeRefused(built.house, built.edge.lb2, { because: 'ip', seen });
  const { status } = await members().get('edge', built.edge.lb2);
  expect(status).toMatchObject({ refusedSeen: seen, refusedBecause: 'ip' });
  const { allowedEgress } = await members().allow('edge', 'lb2.example.com', { address: seen.toUpperCase() });
  expect(allowedEgress).toEqual(['198.51.100.12', seen]);
  expect(await lastAudit()).toMatchObject({
    action: 'member.allow',
    details: { address: seen, before: ['198.51.100.12'] },
  });
});

test('no address is allowed that the last beat was not refused for', async () => {
  const allow = (address?: string) => refusal(members().allow('edge', built.edge.lb2, { address }));
  expect(await allow()).toMatchObject({ code: 'member_not_refused', details: { seen: null } });
  await storeRefused(built.house, built.edge.lb2, { because: 'ip', seen: '203.0.113.9' });
  const before = await built.house.stored();
  expect(await allow('203.0.113.10')).toMatchObject({ code: 'member_not_refused', details: { seen: '203.0.113.9' } });
  expect(await built.house.stored()).toBe(before);
});

test('a host that calls itself something else is no matter of addresses: that is said, and nothing is allowed', async () => {
  const seen = 'other.example.com';
  await storeRefused(built.house, built.edge.lb2, { because: 'hostname', seen });
  const { status } = await members().get('edge', built.edge.lb2);
  expect(status).toMatchObject({ refusedSeen: seen, refusedBecause: 'hostname' });
  const before = await built.house.stored();
  for (const address of [undefined, seen])
    expect(await refusal(members().allow('edge', built.edge.lb2, { address }))).toMatchObject({
      code: 'member_refused_for_hostname',
      details: { member: 'lb2.example.com', seen },
    });
  expect(await built.house.stored()).toBe(before);
});

test('a zone is kept in one spelling, stays as it is when not named, and is unlabelled by default (R9)', async () => {
  const { member } = await members().add('edge', { ...memberInput(3), zone: 'EU-West-1a' });
  expect([member.zone, member.status.zone]).toEqual(['eu-west-1a', 'eu-west-1a']);
  expect((await members().get('edge', built.edge.lb1)).zone).toBe('unlabelled');
  expect((await members().set('edge', member.id, { priority: 7 })).zone).toBe('eu-west-1a');
  expect((await members().set('edge', member.id, { zone: 'fra' })).zone).toBe('fra');
  const [pool] = (await built.house.store.pools()).filter((one) => one.pool.id === built.edge.pool);
  expect(pool?.members.map(({ zone }) => zone).toSorted()).toEqual(['fra', 'unlabelled', 'unlabelled']);
});

test('switching on what is on is no change, and is not told as one', async () => {
  const { client } = built.house;
  await client.pools.set('edge', { automaticFailover: true });
  const before = await built.house.stored();
  expect(await client.pools.set('edge', { automaticFailover: true, confirmMove: true })).toMatchObject({
    automaticFailover: true,
  });
  expect(await built.house.stored()).toBe(before);
});

test('a pool of one member says that automatic failover needs a second one', async () => {
  const { client } = built.house;
  await client.members.remove('edge', built.edge.lb2);
  await client.pools.set('edge', { automaticFailover: true });
  const events = (await client.events({ limit: 500 })).events.filter(({ kind }) => kind === 'pool.changed');
  expect(events.at(-1)?.sentence).toBe(
    'Automatic failover of edge was switched on; it needs a second member to move to.',
  );
  await sql`UPDATE dns_binding SET state = 'published', published_epoch = 1`.execute(built.house.database.kysely);
  await storeJudged(built.house, built.edge);
  expect((await client.pools.get('edge')).status.sentence).toMatch(/ Automatic failover needs a second member\.$/);
});
