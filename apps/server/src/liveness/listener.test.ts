import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createFakeClock, type FakeClock } from '../../../../testkit/src/fake-clock.ts';
import { type TestDatabase, testDatabase } from '../db/testing.ts';
import { createListener, type Listener } from './listener.ts';
import { paceLimits } from './pace.ts';
import { livenessStorage } from './storage.ts';
import { addMember, beatOf, reportOf, stubDatabase, trafficOf } from './testing/beats.ts';

/** For a loaded machine: what is awaited takes milliseconds. */
const patience = { interval: 10, timeout: 20_000 };

let database: TestDatabase;
let clock: FakeClock;
let listener: Listener;
let listeners: Listener[] = [];

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await Promise.all(listeners.map((one) => one.stop()));
  listeners = [];
  clock = createFakeClock();
  listener = newListener();
});

function newListener(listenerId = `l-${listeners.length}-${clock.now()}`): Listener {
  const one = createListener({ ...livenessStorage(database.kysely, database.listen), clock, listenerId });
  one.start();
  listeners.push(one);
  return one;
}

/** Virtual time goes on until what was heard is stored. */
async function store(one = listener): Promise<void> {
  const [stored] = await Promise.allSettled([one.flush(), clock.advance(paceLimits.urgentSpacingMs)]);
  if (stored.status === 'rejected') throw stored.reason;
}

const row = (memberId: string) =>
  database.kysely.selectFrom('member_liveness').selectAll().where('member_id', '=', memberId).executeTakeFirst();
const reported = async (memberId: string) =>
  (await database.kysely.selectFrom('member').select('reported_ipv4').where('id', '=', memberId).executeTakeFirst())
    ?.reported_ipv4;

const reportedIpv6 = async (memberId: string) =>
  (await database.kysely.selectFrom('member').select('reported_ipv6').where('id', '=', memberId).executeTakeFirst())
    ?.reported_ipv6;

const expectReported = (memberId: string, address: string, by = listener) =>
  vi.waitFor(async () => {
    await store(by);
    expect(await reported(memberId)).toBe(address);
  }, patience);

test('a thousand beating members cost at most four statements a second, each with a watermark', async () => {
  const { db, statements } = stubDatabase();
  const one = createListener({ ...livenessStorage(db, () => () => {}), clock, listenerId: 'busy' });
  one.start();
  for (let member = 0; member < 1_000; member++) one.hear(beatOf(`member-${member}`, 1, 1));
  await clock.advance(1_000);
  statements.length = 0;
  for (let tenth = 0; tenth < 30; tenth++) {
    const seq = 2 + Math.floor(tenth / 10);
    for (let member = tenth % 10; member < 1_000; member += 10)
      one.hear(beatOf(`member-${member}`, 1, seq, { traffic: member % 5 === seq ? trafficOf(member) : null }));
    await clock.advance(100);
  }
  expect(statements.length).toBeLessThanOrEqual(12);
  expect(statements.length).toBeGreaterThan(10);
  for (const statement of statements) expect(statement).toContain('watermark_ms');
  expect(one.statistics()).toMatchObject({ members: 1_000, beats: { accepted: 4_000, gaps: 0 } });
  await one.stop();
});

test('a change is stored without waiting for the batch, an unchanged beat waits', async () => {
  const { db, statements } = stubDatabase();
  const one = createListener({ ...livenessStorage(db, () => () => {}), clock, listenerId: 'quick' });
  one.start();
  one.hear(beatOf('m', 1, 1));
  await clock.advance(1_100);
  const before = statements.length;
  one.hear(beatOf('m', 1, 2));
  await clock.settle();
  expect(statements.length).toBe(before);
  one.hear(beatOf('m', 1, 3, { report: reportOf('inactive') }));
  await clock.settle();
  expect(statements.length).toBe(before + 1);
  expect(statements.at(-1)).toContain('pg_notify');
  await one.stop();
});

test('what is stored is the last word, its age and the watermark in one', async () => {
  const memberId = await addMember(database);
  listener.hear(beatOf(memberId, 3, 7, { declaredIpv4: '203.0.113.5' }));
  await clock.advance(40);
  listener.hear(beatOf(memberId, 3, 8, { declaredIpv4: '203.0.113.5', refusal: { because: 'ip', seen: '10.0.0.1' } }));
  const heardAtMs = clock.now();
  await store();
  expect(await row(memberId)).toMatchObject({
    boot: 3,
    seq: 8,
    heard_at_ms: heardAtMs,
    refusal: { because: 'ip', seen: '10.0.0.1' },
  });
  const mark = await database.kysely
    .selectFrom('listener')
    .selectAll()
    .where('id', '=', listener.listenerId)
    .executeTakeFirst();
  expect(mark?.watermark_ms).toBeGreaterThanOrEqual(heardAtMs);
});

test('a delayed batch of a process that the agent has left cannot undo a newer word', async () => {
  const memberId = await addMember(database);
  const left = newListener('left');
  const present = newListener('present');
  left.hear(beatOf(memberId, 1, 5));
  present.hear(beatOf(memberId, 1, 6));
  await store(present);
  await store(left);
  expect(await row(memberId)).toMatchObject({ listener_id: 'present', seq: 6 });
  left.hear(beatOf(memberId, 2, 1));
  await store(left);
  expect(await row(memberId)).toMatchObject({ listener_id: 'left', boot: 2, seq: 1 });
});

test('a process that starts anew takes the first seq as it comes (R35)', async () => {
  const memberId = await addMember(database);
  listener.hear(beatOf(memberId, 4, 100));
  await store();
  const again = newListener('again');
  expect(again.hear(beatOf(memberId, 4, 101))).toBe('new');
  expect(again.hear(beatOf(memberId, 4, 101))).toBe('old');
  expect(again.hear(beatOf(memberId, 3, 999))).toBe('superseded-boot');
  expect(again.statistics().beats).toMatchObject({ accepted: 1, dropped: 1, superseded: 1, gaps: 0 });
});

test('the address a member is reachable at: declared before seen, never a refused one, at most one change a minute', async () => {
  const memberId = await addMember(database);
  listener.hear(beatOf(memberId, 1, 1, { refusal: { because: 'ip', seen: '10.9.9.9' }, seenIp: '10.9.9.9' }));
  await store();
  listener.hear(beatOf(memberId, 1, 2, { seenIp: '198.51.100.1' }));
  await expectReported(memberId, '198.51.100.1');
  listener.hear(beatOf(memberId, 1, 3, { seenIp: '198.51.100.1', declaredIpv4: '203.0.113.1' }));
  await store();
  await store();
  expect(await reported(memberId)).toBe('198.51.100.1');
  await clock.advance(60_000);
  await expectReported(memberId, '203.0.113.1');
});

test('what we see counts for its own family only, and a declared one before it', async () => {
  const [four, six, both] = [await addMember(database), await addMember(database), await addMember(database)];
  listener.hear(beatOf(four, 1, 1, { seenIp: '198.51.100.4' }));
  listener.hear(beatOf(six, 1, 1, { seenIp: '2001:db8::6' }));
  listener.hear(beatOf(both, 1, 1, { seenIp: '198.51.100.5', declaredIpv6: '2001:db8::5' }));
  await expectReported(both, '198.51.100.5');
  await vi.waitFor(async () => expect(await reportedIpv6(both)).toBe('2001:db8::5'), patience); // a statement of its own
  expect([await reported(four), await reportedIpv6(four)]).toEqual(['198.51.100.4', null]);
  expect([await reported(six), await reportedIpv6(six)]).toEqual([null, '2001:db8::6']);
  expect(await row(both)).toMatchObject({ declared_ipv4: null, declared_ipv6: '2001:db8::5' });
});

test('an address that goes back to what this process wrote last is written again: another one wrote in between', async () => {
  const memberId = await addMember(database);
  const other = newListener('other');
  const here = { seenIp: '198.51.100.31', declaredIpv6: '2001:db8::31' };
  const elsewhere = { seenIp: '198.51.100.32', declaredIpv6: '2001:db8::32' };
  listener.hear(beatOf(memberId, 1, 1, here));
  await expectReported(memberId, '198.51.100.31');
  other.hear(beatOf(memberId, 1, 2, elsewhere));
  await expectReported(memberId, '198.51.100.32', other);
  await clock.advance(60_000);
  listener.hear(beatOf(memberId, 1, 3, here));
  await expectReported(memberId, '198.51.100.31');
  await vi.waitFor(async () => expect(await reportedIpv6(memberId)).toBe('2001:db8::31'), patience);
});

test('what another process wrote stays where the host, back here, says nothing of that family any more', async () => {
  const memberId = await addMember(database);
  const other = newListener('other');
  const seen = { seenIp: '198.51.100.36' };
  listener.hear(beatOf(memberId, 1, 1, { ...seen, declaredIpv6: '2001:db8::36' }));
  await vi.waitFor(async () => {
    await store();
    expect(await reportedIpv6(memberId)).toBe('2001:db8::36');
  }, patience);
  other.hear(beatOf(memberId, 1, 2, { ...seen, declaredIpv6: '2001:db8::37' }));
  await vi.waitFor(async () => {
    await store(other);
    expect(await reportedIpv6(memberId)).toBe('2001:db8::37');
  }, patience);
  await clock.advance(60_000);
  listener.hear(beatOf(memberId, 1, 3, seen));
  for (let turn = 0; turn < 3; turn++) await store();
  await listener.stop();
  expect(await reportedIpv6(memberId)).toBe('2001:db8::37');
});

test('an address that waited for its minute is not written once the member was heard by another process', async () => {
  const memberId = await addMember(database);
  const other = newListener('other');
  listener.hear(beatOf(memberId, 1, 1, { seenIp: '198.51.100.33' }));
  await expectReported(memberId, '198.51.100.33');
  listener.hear(beatOf(memberId, 1, 2, { seenIp: '198.51.100.34' }));
  await store();
  other.hear(beatOf(memberId, 1, 3, { seenIp: '198.51.100.35' }));
  await expectReported(memberId, '198.51.100.35', other);
  await clock.advance(60_000);
  for (let turn = 0; turn < 3; turn++) await store();
  await listener.stop();
  expect(await reported(memberId)).toBe('198.51.100.35');
});

test('unchanged addresses tell nobody that a pool changed', async () => {
  const member = await addMember(database);
  const said = { seenIp: '198.51.100.14', declaredIpv6: '2001:db8::14' };
  listener.hear(beatOf(member, 1, 1, said));
  await expectReported(member, '198.51.100.14');
  await listener.stop();
  const told = vi.fn();
  const unlisten = database.listen('pool_change', (payload) => payload !== null && told());
  const again = newListener('again');
  again.hear(beatOf(member, 1, 2, said));
  for (let turn = 0; turn < 5; turn++) await store(again);
  await again.stop();
  expect([await reported(member), await reportedIpv6(member)]).toEqual(['198.51.100.14', '2001:db8::14']);
  expect(told).not.toHaveBeenCalled();
  unlisten();
});

test('a private, CGNAT or local address is never kept, whether it was declared or seen', async () => {
  const memberId = await addMember(database);
  const unusable = ['10.77.0.11', '172.16.0.1', '192.168.1.1', '100.64.0.1', '127.0.0.1', '169.254.0.1', '224.0.0.1'];
  let seq = 0;
  for (const address of unusable) {
    listener.hear(beatOf(memberId, 1, ++seq, { seenIp: address }));
    listener.hear(beatOf(memberId, 1, ++seq, { seenIp: '198.51.100.21', declaredIpv4: address }));
    await clock.advance(60_000);
    await store();
  }
  for (const address of ['fd00::1', 'fe80::1', '::1', 'ff02::1']) {
    listener.hear(beatOf(memberId, 1, ++seq, { seenIp: address }));
    listener.hear(beatOf(memberId, 1, ++seq, { seenIp: '2001:db8::21', declaredIpv6: address }));
    await clock.advance(60_000);
    await store();
  }
  await listener.stop();
  expect([await reported(memberId), await reportedIpv6(memberId)]).toEqual([null, null]);
});

test('an address that another member has is not kept, and is once that one has left it', async () => {
  const [fixed, one, two] = [
    await addMember(database, '192.0.2.80'),
    await addMember(database),
    await addMember(database),
  ];
  listener.hear(beatOf(one, 1, 1, { seenIp: '192.0.2.80' }));
  listener.hear(beatOf(two, 1, 1, { seenIp: '198.51.100.22' }));
  await expectReported(two, '198.51.100.22');
  expect(await reported(one)).toBeNull();
  await database.kysely.updateTable('member').set({ public_ipv4: '192.0.2.81' }).where('id', '=', fixed).execute();
  await clock.advance(60_000);
  await expectReported(one, '192.0.2.80');
});

test('of two members that report one address at once only one gets it', async () => {
  const both = [await addMember(database), await addMember(database)];
  const said = { seenIp: '198.51.100.23', declaredIpv6: '2001:db8::23' };
  for (const id of both) listener.hear(beatOf(id, 1, 1, said));
  for (let turn = 0; turn < 5; turn++) await store();
  await listener.stop();
  const addresses = await Promise.all(both.map(reported));
  expect(addresses.toSorted()).toEqual(['198.51.100.23', null].toSorted());
  const others = await Promise.all(both.map(reportedIpv6));
  expect(others.toSorted()).toEqual(['2001:db8::23', null].toSorted());
});

test('what an agent reports is kept current beside an address that a person set', async () => {
  const memberId = await addMember(database, '192.0.2.90');
  listener.hear(beatOf(memberId, 1, 1, { seenIp: '198.51.100.24' }));
  await expectReported(memberId, '198.51.100.24');
});

test('a member that a person is changing does not stop us from listening: only its address waits (R2)', async () => {
  const memberId = await addMember(database);
  const locked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const change = database.kysely.transaction().execute(async (trx) => {
    await trx.updateTable('member').set({ priority: 7 }).where('id', '=', memberId).execute();
    locked.resolve();
    await release.promise;
  });
  await locked.promise;
  listener.hear(beatOf(memberId, 1, 1, { seenIp: '198.51.100.25' }));
  for (let turn = 0; turn < 5; turn++) await store();
  expect(listener.flushHealthy()).toBe(true);
  expect(await row(memberId)).toMatchObject({ seq: 1 });
  release.resolve();
  await change;
  await expectReported(memberId, '198.51.100.25');
});

test('HAProxy’s traffic urges no write and waits for the batch', async () => {
  const { db, statements } = stubDatabase();
  const one = createListener({ ...livenessStorage(db, () => () => {}), clock, listenerId: 'calm' });
  one.start();
  one.hear(beatOf('m', 1, 1));
  await clock.advance(1_100);
  const before = statements.length;
  one.hear(beatOf('m', 1, 2, { traffic: trafficOf(12) }));
  await clock.settle();
  expect(statements.length).toBe(before);
  await clock.advance(250);
  expect(statements.length).toBe(before + 1);
  expect(statements.at(-1)).not.toContain('pg_notify');
  await one.stop();
});

test('a reading outlives the beats without one that follow it, before and after it is stored, with the time it was heard', async () => {
  const memberId = await addMember(database);
  listener.hear(beatOf(memberId, 1, 1));
  await store();
  expect(await row(memberId)).toMatchObject({ traffic: null, traffic_at: null });
  listener.hear(beatOf(memberId, 1, 2, { traffic: trafficOf(12) }));
  await clock.advance(2);
  listener.hear(beatOf(memberId, 1, 3)); // in place of the one that carried it
  await store();
  const stored = await row(memberId);
  expect(stored).toMatchObject({ seq: 3, traffic: trafficOf(12), report: reportOf('active') });
  expect(Number(stored?.heard_at) - Number(stored?.traffic_at)).toBeGreaterThanOrEqual(1);
  await clock.advance(400);
  listener.hear(beatOf(memberId, 2, 1)); // a new boot has no news yet
  await store();
  expect(await row(memberId)).toMatchObject({ boot: 2, traffic: trafficOf(12), traffic_at: stored?.traffic_at });
  // Set back in the database, whose clock may not have ticked since: what is renewed is told from what is kept.
  await sql`UPDATE member_liveness SET traffic_at = traffic_at - interval '1 minute' WHERE member_id = ${memberId}`.execute(
    database.kysely,
  );
  listener.hear(beatOf(memberId, 2, 2, { traffic: trafficOf(0) }));
  await store();
  const renewed = await row(memberId);
  expect(renewed).toMatchObject({ traffic: trafficOf(0) });
  expect(Number(renewed?.traffic_at)).toBeGreaterThanOrEqual(Number(stored?.traffic_at));
});

test('a reading whose write failed is stored by the next one, unless there is a newer', async () => {
  const [kept, replaced] = [await addMember(database), await addMember(database)];
  listener.hear(beatOf(kept, 1, 1));
  await store();
  await sql`ALTER TABLE member_liveness RENAME TO member_liveness_away`.execute(database.kysely);
  listener.hear(beatOf(kept, 1, 2, { traffic: trafficOf(7) }));
  listener.hear(beatOf(replaced, 1, 1, { traffic: trafficOf(8) }));
  await expect(store()).rejects.toThrow();
  await sql`ALTER TABLE member_liveness_away RENAME TO member_liveness`.execute(database.kysely);
  listener.hear(beatOf(kept, 1, 3));
  listener.hear(beatOf(replaced, 1, 2, { traffic: trafficOf(9) }));
  await vi.waitFor(async () => {
    await store();
    expect(await row(kept)).toMatchObject({ seq: 3, traffic: trafficOf(7) });
    expect(await row(replaced)).toMatchObject({ seq: 2, traffic: trafficOf(9) });
  }, patience);
});

test('a removed member is forgotten', () => {
  listener.hear(beatOf('gone', 1, 1));
  listener.retain((memberId) => memberId !== 'gone');
  expect(listener.statistics().members).toBe(0);
});
