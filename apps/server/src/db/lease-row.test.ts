import { sql, type Transaction } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { atOnce, createLease } from '../worker/lease.ts';
import { describeLeaseRow } from '../worker/lease-row-suite.ts';
import { dividedLeaseTimes, type LeaseTimes } from '../worker/lease-times.ts';
import type { Lease, LeaseFence } from '../worker/ports.ts';
import { createLeaseRow, leaseChannel, lockFence } from './lease-row.ts';
import type { Database } from './schema.ts';
import { type TestDatabase, testDatabase } from './testing.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(() => sql`DELETE FROM lease`.execute(database.kysely));

const takeoverMs = 500;
const row = () => createLeaseRow(database.kysely);

/** Resolves with the fence, and how long it took, when the lease becomes held. */
async function whenHeld(lease: Lease) {
  const beganAt = systemClock.now();
  while (lease.held() === null) await new Promise<void>((resolve) => lease.onChange(resolve));
  return { fence: lease.held(), tookMs: systemClock.now() - beganAt };
}

async function withLease<Result>(
  options: { holder: string; times?: LeaseTimes; exclusive?: boolean },
  use: (lease: Lease, stop: () => Promise<void>) => Promise<Result>,
): Promise<Result> {
  const stop = new AbortController();
  const onRelease = (wake: () => void) => database.listen(leaseChannel, wake);
  const lease = createLease({ row: row(), onRelease, clock: systemClock, times: dividedLeaseTimes(20), ...options });
  const ended = lease.keep(stop.signal);
  const end = () => {
    stop.abort();
    return ended;
  };
  return use(lease, end).finally(end);
}

const around = (atMs: number) => ({ rowsFromMs: atMs - 5_000, rowsByMs: () => atMs + 5_000, ageMs: () => 0 });
const locks = (trx: Transaction<Database>, fence: LeaseFence) => lockFence(trx, fence, fence.rowsByMs());

/** Takes it whoever holds it: the fence of a process that renewed a moment ago. */
async function takeLease(holder: string): Promise<LeaseFence> {
  const acquired = await row().acquire(holder, atOnce);
  if (acquired.kind === 'taken') throw new Error('the lease was not taken');
  return { holder, term: acquired.term, ...around(acquired.atMs) };
}

describeLeaseRow('PostgreSQL', async () => {
  await sql`DELETE FROM lease`.execute(database.kysely);
  return { row: row(), close: async () => undefined };
});

test('after a holder vanished another takes over, no earlier than the takeover time after the last renewal', async () => {
  const beganAt = systemClock.now();
  await row().acquire('vanished', null);
  await withLease({ holder: 'successor' }, async (lease) => {
    const { fence } = await whenHeld(lease);
    expect(fence).toMatchObject({ holder: 'successor', term: 2 });
    expect(systemClock.now() - beganAt).toBeGreaterThanOrEqual(takeoverMs - 1);
  });
});

test('at the real times too: a takeover comes 10 to 12 s after the last renewal', async () => {
  await row().acquire('vanished', null);
  await withLease({ holder: 'successor', times: dividedLeaseTimes(1) }, async (lease) => {
    const { tookMs } = await whenHeld(lease);
    expect(tookMs).toBeGreaterThan(9_900);
    expect(tookMs).toBeLessThan(12_000);
  });
});

test('a clean stop frees it at once: who waits is told, and does not wait for a time', async () => {
  await withLease({ holder: 'first', times: dividedLeaseTimes(1) }, async (first, stopFirst) => {
    await whenHeld(first);
    await withLease({ holder: 'second', times: dividedLeaseTimes(1) }, async (second) => {
      await database.settled();
      await stopFirst();
      const { fence, tookMs } = await whenHeld(second);
      expect(fence).toMatchObject({ holder: 'second', term: 2 });
      expect(tookMs).toBeLessThan(1_500);
    });
  });
});

test('on an embedded database the lease of a killed process is taken at once', async () => {
  await row().acquire('killed', null);
  await withLease({ holder: 'next run', times: dividedLeaseTimes(1), exclusive: true }, async (lease) => {
    const { fence, tookMs } = await whenHeld(lease);
    expect(fence).toMatchObject({ holder: 'next run', term: 2 });
    expect(tookMs).toBeLessThan(1_500);
  });
});

/** The server's wall clock jumps: what it stamped before lies so far in the past or in the future now. */
const jump = (years: number) =>
  sql`UPDATE lease SET renewed_at = renewed_at - make_interval(years => ${years})`.execute(database.kysely);

/** Resolves when the lease has been renewed so many times more. */
async function renewedTimes(times: number): Promise<void> {
  const read = async () => {
    const row = await database.kysely.selectFrom('lease').select('renewals').executeTakeFirstOrThrow();
    return Number(row.renewals);
  };
  const until = (await read()) + times;
  while ((await read()) < until);
}

test('the server’s wall clock jumps by ten years: a living holder keeps its lease, at most in a new term', async () => {
  await withLease({ holder: 'living' }, async (living) => {
    await whenHeld(living);
    await withLease({ holder: 'rival' }, async (rival) => {
      for (const years of [10, -10]) {
        await jump(years);
        await renewedTimes(15); // one each 100 ms: three times the takeover time
        expect([living.held()?.holder, rival.held()]).toEqual(['living', null]);
      }
    });
  });
});

test.each([10, -10])('the server’s wall clock jumps by %d years: a dead holder is followed in time', async (years) => {
  await row().acquire('dead', null);
  await jump(years);
  await withLease({ holder: 'successor' }, async (lease) => {
    const { fence, tookMs } = await whenHeld(lease);
    expect(fence).toMatchObject({ holder: 'successor', term: 2 });
    expect(tookMs).toBeGreaterThanOrEqual(takeoverMs - 1);
    expect(tookMs).toBeLessThan(2 * takeoverMs);
  });
});

test('while a transaction has locked its fence nobody takes the lease over; afterwards the fence is void', async () => {
  const fence = await takeLease('one');
  const order: string[] = [];
  let takeover: Promise<void> = Promise.resolve();
  await database.kysely.transaction().execute(async (trx) => {
    expect(await locks(trx, fence)).toBe(true);
    takeover = row()
      .acquire('two', atOnce)
      .then(() => void order.push('taken over'));
    const waiting = sql<{
      n: number;
    }>`SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
    while ((await waiting.execute(database.kysely)).rows[0]?.n !== 1);
    order.push('committing');
  });
  await takeover;
  expect(order).toEqual(['committing', 'taken over']);
  expect(await database.kysely.transaction().execute((trx) => locks(trx, fence))).toBe(false);
});

test('a process of the version before, which says only when it renewed, is not taken for dead', async () => {
  const present = row();
  await present.acquire('old', atOnce);
  const before = await present.acquire('new', null);
  await sql`UPDATE lease SET renewed_at = clock_timestamp()`.execute(database.kysely);
  const after = await present.acquire('new', null);
  expect([before.kind, after.kind]).toEqual(['taken', 'taken']);
  expect(after).not.toEqual(before);
});

test('a fence whose process slept since its last renewal holds no more (R15)', async () => {
  const fence = await takeLease('sleeper');
  const holds = (held: LeaseFence) => database.kysely.transaction().execute((trx) => locks(trx, held));
  const [asleep, setBack] = [-20_000, 20_000].map((ms) => {
    return { ...fence, ...around(fence.rowsFromMs + 5_000 + ms) };
  }) as [LeaseFence, LeaseFence];
  expect([await holds(asleep), await holds(fence), await holds(setBack)]).toEqual([false, true, false]);
  const renewedAt = (await row().renew(fence)) ?? 0;
  expect(await holds(asleep), 'by a renewal whose reply is not here yet').toBe(false);
  expect(await holds({ ...fence, ...around(renewedAt) })).toBe(true);
});

test('a transaction that waited for the pool’s row is no sleep, one that began too late is (R15)', async () => {
  const fence = await takeLease('patient');
  await database.kysely.transaction().execute(async (trx) => {
    const began = sql<{ ms: number }>`SELECT extract(epoch FROM transaction_timestamp())::float8 * 1000 AS ms`;
    const atMs = (await began.execute(trx)).rows[0]?.ms ?? 0;
    await sql`SELECT pg_sleep(0.05)`.execute(trx);
    expect(await lockFence(trx, { ...fence, rowsFromMs: atMs }, atMs)).toBe(true);
    expect(await lockFence(trx, { ...fence, rowsFromMs: 0 }, atMs - 1)).toBe(false);
  });
});
