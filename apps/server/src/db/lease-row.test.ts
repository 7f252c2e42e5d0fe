import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { createLease, dividedLeaseTimes, type LeaseTimes } from '../worker/lease.ts';
import type { Lease } from '../worker/ports.ts';
import { createLeaseRow, leaseChannel, lockFence } from './lease-row.ts';
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

test('a free lease is acquired, one in use is not, and says for how long', async () => {
  expect(await row().acquire('one', takeoverMs)).toEqual({ kind: 'acquired', term: 1 });
  const second = await row().acquire('two', takeoverMs);
  expect(second).toMatchObject({ kind: 'taken' });
  expect(second.kind === 'taken' && second.freeInMs > 0 && second.freeInMs <= takeoverMs).toBe(true);
});

test('each acquisition has a higher term, also by the same holder', async () => {
  const fence = { holder: 'one', term: 1 };
  await row().acquire('one', takeoverMs);
  expect(await row().acquire('one', takeoverMs)).toEqual({ kind: 'acquired', term: 2 });
  expect(await row().renew(fence, 400)).toBe(false);
  expect(await row().renew({ ...fence, term: 2 }, 400)).toBe(true);
  await row().release(fence);
  expect(await row().renew({ ...fence, term: 2 }, 400)).toBe(true);
});

test('after a holder vanished another takes over, no earlier than the takeover time after the last renewal', async () => {
  const beganAt = systemClock.now();
  await row().acquire('vanished', takeoverMs);
  await withLease({ holder: 'successor' }, async (lease) => {
    const { fence } = await whenHeld(lease);
    expect(fence).toEqual({ holder: 'successor', term: 2 });
    expect(systemClock.now() - beganAt).toBeGreaterThanOrEqual(takeoverMs - 1);
  });
});

test('at the real times too: a takeover comes 10 to 12 s after the last renewal', async () => {
  await row().acquire('vanished', 10_000);
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
      expect(fence).toEqual({ holder: 'second', term: 2 });
      expect(tookMs).toBeLessThan(1_500);
    });
  });
});

test('on an embedded database the lease of a killed process is taken at once', async () => {
  await row().acquire('killed', 10_000);
  await withLease({ holder: 'next run', times: dividedLeaseTimes(1), exclusive: true }, async (lease) => {
    const { fence, tookMs } = await whenHeld(lease);
    expect(fence).toEqual({ holder: 'next run', term: 2 });
    expect(tookMs).toBeLessThan(1_500);
  });
});

test('a renewal that lies in the future, after the server’s clock was set back, ages from now on', async () => {
  await row().acquire('before the jump', takeoverMs);
  await sql`UPDATE lease SET renewed_at = now() + interval '10 years'`.execute(database.kysely);
  await withLease({ holder: 'successor' }, async (lease) => {
    const { fence, tookMs } = await whenHeld(lease);
    expect(fence?.holder).toBe('successor');
    expect(tookMs).toBeGreaterThanOrEqual(takeoverMs - 1);
  });
});

test('while a transaction has locked its fence nobody takes the lease over; afterwards the fence is void', async () => {
  await row().acquire('one', takeoverMs);
  const fence = { holder: 'one', term: 1 };
  const order: string[] = [];
  let takeover: Promise<void> = Promise.resolve();
  await database.kysely.transaction().execute(async (trx) => {
    expect(await lockFence(trx, fence)).toBe(true);
    takeover = row()
      .acquire('two', 0)
      .then(() => void order.push('taken over'));
    const waiting = sql<{
      n: number;
    }>`SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
    while ((await waiting.execute(database.kysely)).rows[0]?.n !== 1);
    order.push('committing');
  });
  await takeover;
  expect(order).toEqual(['committing', 'taken over']);
  expect(await database.kysely.transaction().execute((trx) => lockFence(trx, fence))).toBe(false);
});
