import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { openDatabase } from './connection.ts';
import { violatedConstraint } from './pg-errors.ts';
import { silentLog, type TestDatabase, testDatabase } from './testing.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const unavailable = { code: 'database_unavailable' };
const failure = (statement: string) =>
  sql
    .raw(statement)
    .execute(database.kysely)
    .catch((error: unknown) => error);

test('a bigint comes as a number, and one that a number cannot hold is an error, never rounded', async () => {
  const { rows } = await sql`SELECT 9007199254740991::bigint AS n`.execute(database.kysely);
  expect(rows).toEqual([{ n: Number.MAX_SAFE_INTEGER }]);
  await expect(sql`SELECT 9007199254740993::bigint AS n`.execute(database.kysely)).rejects.toThrow();
});

test('an address comes as plain text, without a mask', async () => {
  const { rows } = await sql`SELECT '198.51.100.7'::inet AS address`.execute(database.kysely);
  expect(rows).toEqual([{ address: '198.51.100.7' }]);
});

test('nobody’s function stands before PostgreSQL’s own, whatever the database’s settings say', async () => {
  const { kysely, url } = database;
  const { rows } = await sql<{ name: string }>`SELECT current_database() AS name`.execute(kysely);
  await sql`ALTER DATABASE ${sql.id(rows[0]?.name ?? '')} SET search_path = public, pg_catalog`.execute(kysely);
  await sql`CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT ''epoch''::timestamptz'`.execute(
    kysely,
  );
  const later = openDatabase({ connection: { connectionString: url }, clock: systemClock, log: silentLog });
  for (const connections of [later.kysely, later.vital]) {
    expect(await sql`SELECT clock_timestamp() > now() - interval '1 day' AS own`.execute(connections)).toMatchObject({
      rows: [{ own: true }],
    });
  }
  await later.close();
});

test('of several statements in one message the last one’s rows are the answer, and a failure undoes them all', async () => {
  const { kysely } = database;
  expect(await sql`SELECT 1 AS one; SELECT 2 AS two`.execute(kysely)).toMatchObject({ rows: [{ two: 2 }] });
  expect(await failure(`INSERT INTO lease (name) VALUES ('half'); SELECT nonsense`)).toMatchObject({ code: '42703' });
  expect(await sql`SELECT FROM lease WHERE name = 'half'`.execute(kysely)).toMatchObject({ rows: [] });
});

describe('a failure that means "does not answer" is database_unavailable:', () => {
  test('nobody at the socket', async () => {
    const nowhere = { host: '/nowhere', port: 5432, user: 'serverctl', database: 'serverctl' };
    const away = openDatabase({ connection: nowhere, clock: systemClock, log: silentLog });
    await expect(sql`SELECT 1`.execute(away.kysely)).rejects.toMatchObject(unavailable);
    await away.close();
  });

  test('a DATABASE_URL at which nobody listens', async () => {
    const connection = { connectionString: 'postgresql://nobody@127.0.0.1:9/none' };
    const away = openDatabase({ connection, clock: systemClock, log: silentLog });
    await expect(sql`SELECT 1`.execute(away.kysely)).rejects.toMatchObject(unavailable);
    await away.close();
  });

  test('a connection that is cut in the middle of a statement, and the next statement has a new one', async () => {
    expect(await failure('SELECT pg_terminate_backend(pg_backend_pid())')).toMatchObject(unavailable);
    expect(await sql`SELECT 1 AS one`.execute(database.kysely)).toMatchObject({ rows: [{ one: 1 }] });
  });

  test('a statement that takes longer than it may', async () => {
    const slow = database.kysely.transaction().execute(async (trx) => {
      await sql`SET LOCAL statement_timeout = 50`.execute(trx);
      await sql`SELECT pg_sleep(10)`.execute(trx);
    });
    await expect(slow).rejects.toMatchObject(unavailable);
  });
});

describe('what heartbeats and the lease need', () => {
  test('stays open between two statements no longer than one of them may take', async () => {
    const { rows } = await sql`SELECT current_setting('idle_in_transaction_session_timeout')::interval
      = current_setting('statement_timeout')::interval AS same`.execute(database.vital);
    expect(rows).toEqual([{ same: true }]);
  });

  test('is answered at once while every other connection is busy', async () => {
    const busy = Array.from({ length: 12 }, () => sql`SELECT pg_sleep(2)`.execute(database.kysely));
    const beganAt = systemClock.now();
    expect(await sql`SELECT 1 AS one`.execute(database.vital)).toMatchObject({ rows: [{ one: 1 }] });
    expect(systemClock.now() - beganAt).toBeLessThan(1_500);
    await Promise.all(busy);
  });

  test('fails within seconds at a server that is gone without a word, and is answered again once it is back', async () => {
    const { connection } = database;
    const socketPath = `${connection.host}/.s.PGSQL.${connection.port}`;
    const wires = new Set<Socket>();
    let gone = false;
    const proxy = createServer((near) => {
      const far = connect(socketPath);
      for (const [from, to] of [[near, far] as const, [far, near] as const]) {
        wires.add(from);
        from.on('data', (chunk) => gone || to.write(chunk)).on('error', () => {});
        from.on('close', () => to.destroy());
      }
    });
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    const { port } = proxy.address() as AddressInfo;
    const remote = openDatabase({
      connection: { ...connection, host: '127.0.0.1', port },
      clock: systemClock,
      log: silentLog,
    });
    const ask = () => sql`SELECT 1`.execute(remote.vital);
    await ask();
    gone = true;
    const beganAt = systemClock.now();
    await expect(ask()).rejects.toMatchObject(unavailable);
    expect(systemClock.now() - beganAt).toBeLessThan(5_000);
    gone = false;
    await ask();
    await remote.close();
    for (const wire of wires) wire.destroy();
    proxy.close();
  });
});

test('a database that ends a connection while it is being closed is no news', async () => {
  const { connection } = database;
  const shutdown = Buffer.from('E\0\0\0\0SFATAL\0C57P01\0Mterminating connection\0\0');
  shutdown.writeUInt32BE(shutdown.length - 1, 1);
  let closing = false;
  const proxy = createServer((near) => {
    const far = connect(`${connection.host}/.s.PGSQL.${connection.port}`);
    near.on('data', (chunk) => (closing ? near.write(shutdown) : far.write(chunk))).on('error', () => {});
    far.on('data', (chunk) => near.write(chunk)).on('error', () => {});
    near.on('close', () => far.destroy());
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  const warnings: unknown[] = [];
  const remote = openDatabase({
    connection: { ...connection, host: '127.0.0.1', port: (proxy.address() as AddressInfo).port },
    clock: systemClock,
    log: { ...silentLog, warn: (...said: unknown[]) => void warnings.push(said) },
  });
  await sql`SELECT 1`.execute(remote.kysely);
  closing = true;
  await remote.close();
  await new Promise((closed) => proxy.close(closed));
  expect(warnings).toEqual([]);
});

test('a mistake of ours and a violated constraint stay what they are', async () => {
  expect(await failure('SELECT nonsense')).toMatchObject({ name: 'error', code: '42703' });
  const violation = await failure(`INSERT INTO lease (name) VALUES ('a'), ('a')`);
  expect(violatedConstraint(violation)).toBe('lease_pkey');
  expect(violatedConstraint(new Error('another'))).toBeNull();
});

describe('a subscriber to a channel', () => {
  /** Collects what it is told; `next` resolves with the next thing. */
  function subscribe(channel: string) {
    const told: (string | null)[] = [];
    const waiting: ((payload: string | null) => void)[] = [];
    const unsubscribe = database.listen(channel, (payload) => {
      const taker = waiting.shift();
      if (taker === undefined) told.push(payload);
      else taker(payload);
    });
    const next = () =>
      told.length > 0 ? Promise.resolve(told.shift()) : new Promise((resolve) => waiting.push(resolve));
    return { told, next, unsubscribe };
  }
  const notify = (channel: string, payload: string) =>
    sql`SELECT pg_notify(${channel}, ${payload})`.execute(database.kysely);

  test('is told once when listening began, then each notice in order; a late one too', async () => {
    const [first, other] = [subscribe('one'), subscribe('other')];
    expect([await first.next(), await other.next()]).toEqual([null, null]);
    await notify('one', 'a');
    await notify('one', 'b');
    expect([await first.next(), await first.next()]).toEqual(['a', 'b']);
    const late = subscribe('one');
    expect(await late.next()).toBeNull();
    await database.settled();
    expect([...first.told, ...other.told]).toEqual([]);
  });

  test('is told again after the connection was lost, since it may have missed something', async () => {
    const { next } = subscribe('lost');
    expect(await next()).toBeNull();
    await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`.execute(
      database.kysely,
    );
    expect(await next()).toBeNull();
    await notify('lost', 'again');
    expect(await next()).toBe('again');
  });

  test('hears nothing any more once it has gone', async () => {
    const { told, next, unsubscribe } = subscribe('gone');
    await next();
    unsubscribe();
    await notify('gone', 'late');
    await database.settled();
    expect(told).toEqual([]);
  });
});
