import { type AddressInfo, connect, createServer } from 'node:net';
import type { Ipv4, MemberId } from '@serverctl/core';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openDatabase } from '../db/connection.ts';
import { silentLog, type TestDatabase, testDatabase } from '../db/testing.ts';
import { systemClock } from '../platform/clock.ts';
import { createAddressStore } from './store-addresses.ts';
import { createBeatStore } from './store-beats.ts';
import { addMember, beatOf } from './testing/beats.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test('members are locked in the order in which a promotion locks them: it never waits for what waits for it', async () => {
  const { kysely } = database;
  const [first = '', last = ''] = [await addMember(database), await addMember(database)].toSorted();
  // From now on the last one comes first in the table and in its indexes, as it does in the report.
  for (const [place, id] of [last, first].entries())
    await sql`UPDATE member SET public_ipv6 = ${`2001:db8::${place + 1}`} WHERE id = ${id}`.execute(kysely);
  const reports = [last, first].map((id, place) => ({
    memberId: id as MemberId,
    address: `192.0.2.${place + 1}` as Ipv4,
    isDoubted: false,
  }));
  const { writing } = await kysely.transaction().execute(async (promotion) => {
    await sql`SELECT FROM member WHERE id = ${first} FOR SHARE`.execute(promotion);
    const writing = createAddressStore(kysely).write('here', 'A', reports);
    await vi.waitFor(expectWaiting, { interval: 10, timeout: 20_000 });
    await sql`SELECT FROM member WHERE id = ${last} FOR SHARE NOWAIT`.execute(promotion);
    return { writing };
  });
  expect(await writing).toEqual(new Set());
  const rows = await kysely.selectFrom('member').select('reported_ipv4').orderBy('id').execute();
  expect(rows.map((row) => row.reported_ipv4)).toEqual(['192.0.2.2', '192.0.2.1']);
});

test('a member whom another listener has heard while its row was waited for keeps what that one writes', async () => {
  const { kysely } = database;
  const memberId = (await addMember(database)) as MemberId;
  const report = { memberId, address: '192.0.2.9' as Ipv4, isDoubted: false };
  const beat = { beat: beatOf(memberId, 1, 2), heardAtMs: 0, reportJson: '{}', traffic: null };
  const { writing } = await kysely.transaction().execute(async (promotion) => {
    await sql`SELECT FROM member WHERE id = ${memberId} FOR SHARE`.execute(promotion);
    const writing = createAddressStore(kysely).write('here', 'A', [report]);
    await vi.waitFor(expectWaiting, { interval: 10, timeout: 20_000 });
    await createBeatStore(kysely).store({ listenerId: 'there', watermarkMs: 0, beats: [beat], changed: false });
    return { writing };
  });
  expect(await writing).toEqual(new Set([memberId]));
  const { reported_ipv4 } = await kysely
    .selectFrom('member')
    .select('reported_ipv4')
    .where('id', '=', memberId)
    .executeTakeFirstOrThrow();
  expect(reported_ipv4).toBeNull();
});

const addressOf = async (memberId: string) =>
  (
    await database.kysely
      .selectFrom('member')
      .select('reported_ipv4')
      .where('id', '=', memberId)
      .executeTakeFirstOrThrow()
  ).reported_ipv4;

test('a process that stands still once it has asked for the lock leaves nothing locked: what it wanted is written, and a promotion waits for nobody (R2)', async () => {
  const { connection, kysely } = database;
  const memberId = (await addMember(database)) as MemberId;
  const stopped = Promise.withResolvers<void>();
  let isStopped = false;
  const proxy = createServer((near) => {
    const far = connect(`${connection.host}/.s.PGSQL.${connection.port}`);
    near.on('data', (chunk) => {
      if (isStopped) return;
      far.write(chunk);
      if (!chunk.includes('FOR NO KEY UPDATE')) return;
      isStopped = true;
      stopped.resolve();
    });
    far.on('data', (chunk) => near.write(chunk));
    for (const wire of [near, far]) wire.on('error', () => {});
    // What has stopped says nothing of its end either.
    near.on('close', () => isStopped || far.destroy());
    proxy.once('close', () => far.destroy());
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  const remote = openDatabase({
    connection: { ...connection, host: '127.0.0.1', port: (proxy.address() as AddressInfo).port },
    clock: systemClock,
    log: silentLog,
  });
  const report = { memberId, address: '192.0.2.17' as Ipv4, isDoubted: false };
  const writing = createAddressStore(remote.vital).write('here', 'A', [report]);
  const ended = writing.catch(() => undefined);
  await stopped.promise;
  await vi.waitFor(async () => expect(await addressOf(memberId)).toBe(report.address), { timeout: 5_000 });
  await sql`SELECT FROM member WHERE id = ${memberId} FOR SHARE NOWAIT`.execute(kysely);
  await ended;
  await remote.close();
  proxy.close();
});

test('what is said is compared with what another listener is just writing, not with what stood there before', async () => {
  const { kysely } = database;
  const memberId = (await addMember(database)) as MemberId;
  const report = { memberId, address: '192.0.2.20' as Ipv4, isDoubted: true };
  const store = createAddressStore(kysely);
  await store.write('here', 'A', [report]);
  const { writing } = await kysely.transaction().execute(async (there) => {
    await sql`UPDATE member SET reported_ipv4 = '192.0.2.21' WHERE id = ${memberId}`.execute(there);
    const writing = store.write('here', 'A', [report]);
    await Promise.race([writing, vi.waitFor(expectWaiting, { interval: 10, timeout: 20_000 })]);
    return { writing };
  });
  expect(await writing).toEqual(new Set());
  expect(await addressOf(memberId)).toBe(report.address);
});

async function expectWaiting(): Promise<void> {
  const { rows } = await sql`
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(
    database.kysely,
  );
  expect(rows).toHaveLength(1);
}
