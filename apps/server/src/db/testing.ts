import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import pg from 'pg';
import { systemClock } from '../platform/clock.ts';
import { findBinaries } from './binaries.ts';
import { type OpenDatabase, openDatabase } from './connection.ts';
import { type Embedded, type EmbeddedConnection, startEmbedded } from './embedded.ts';
import { migrateToLatest } from './migrate.ts';

/*
 * A real PostgreSQL for tests. A data directory with migrated tables is made once per version of the migrations and kept in /tmp; each test
 * file (its own process) copies it and runs its own server on the copy, and each `testDatabase()` is a clone of the template in it.
 * Only here is fsync off: these databases need not outlive the test.
 */

export interface TestDatabase extends OpenDatabase {
  readonly connection: EmbeddedConnection;
  /** The same as a DATABASE_URL. */
  readonly url: string;
  /** Resolves when every notice sent before has been told to the subscribers. */
  settled(): Promise<void>;
  /** Drops the database; the server ends with the last one. */
  close(): Promise<void>;
}

export const silentLog = { debug() {}, info() {}, warn() {}, error() {} };
const testSettings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '100' };
const place = '/tmp'; // not $TMPDIR: an unprivileged engine must be able to pass through

let server: { embedded: Embedded; directory: string } | null = null;
let starting: Promise<void> | null = null;
let open = 0;

/** A fresh, migrated, empty database. Close it in `afterAll`. */
export async function testDatabase(): Promise<TestDatabase> {
  open += 1;
  starting ??= startServer();
  await starting;
  if (server === null) throw new Error('the test database did not start');
  const { connection } = server.embedded;
  const name = `t_${randomBytes(6).toString('hex')}`;
  await administer(connection, `CREATE DATABASE ${name} TEMPLATE ${connection.database}`);
  const own = { ...connection, database: name };
  const database = openDatabase({ connection: own, clock: systemClock, log: silentLog });
  return {
    ...database,
    connection: own,
    url: `postgresql://${own.user}@/${name}?host=${encodeURIComponent(own.host)}`,
    settled: () => settled(database),
    async close() {
      await database.close();
      await administer(connection, `DROP DATABASE ${name} WITH (FORCE)`);
      open -= 1;
      if (open === 0) await stopServer();
    },
  };
}

/** Notices come in the order of their commits, on one connection: when ours has come, all before it have. */
function settled({ kysely, listen }: OpenDatabase): Promise<void> {
  return new Promise((resolve, reject) => {
    const unsubscribe = listen('settled', (payload) => {
      if (payload === null) return void sql`SELECT pg_notify('settled', 'now')`.execute(kysely).catch(reject);
      unsubscribe();
      resolve();
    });
  });
}

/** Without the product's limits of time: on a starved machine a copy of a database takes longer than a statement may. */
async function administer({ host, user }: EmbeddedConnection, statement: string): Promise<void> {
  const client = new pg.Client({ host, user, database: 'postgres' });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function startServer(): Promise<void> {
  const template = await ensureTemplate();
  await removeLeftovers(template);
  const directory = await mkdtemp(join(place, 'sct-db-'));
  await copyTree(template, directory);
  server = { directory, embedded: await start(directory) };
}

async function stopServer(): Promise<void> {
  const stopped = server;
  server = null;
  starting = null;
  await stopped?.embedded.stop();
  if (stopped) await rm(stopped.directory, { recursive: true, force: true });
}

function start(dataDir: string): Promise<Embedded> {
  return startEmbedded({ dataDir, clock: systemClock, log: silentLog, settings: testSettings });
}

/** Made beside its place and renamed: of two test processes that make it at once, one wins and both are served. */
async function ensureTemplate(): Promise<string> {
  const template = join(place, `sct-template-${await fingerprint()}`);
  if (await stat(template).catch(() => null)) return template;
  const draft = await mkdtemp(join(place, 'sct-draft-'));
  const embedded = await start(draft);
  const database = openDatabase({ connection: embedded.connection, clock: systemClock, log: silentLog });
  await migrateToLatest(database.kysely, { clock: systemClock, log: silentLog });
  await database.close();
  await embedded.stop();
  await rename(draft, template).catch(() => rm(draft, { recursive: true, force: true }));
  return template;
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256').update(`${process.getuid?.()} ${(await findBinaries(null)).binDir}`);
  for (const file of ['cluster.ts', 'embedded.ts', 'postmaster.ts', 'migrations']) {
    const path = join(import.meta.dirname, file);
    const parts = file.endsWith('.ts') ? [path] : (await readdir(path)).sort().map((name) => join(path, name));
    for (const part of parts) hash.update(await readFile(part));
  }
  return hash.digest('hex').slice(0, 12);
}

/**
 * cp keeps the owners, which Node's own does not, and shares blocks where the file system can. Not the times: a copy of a template of more
 * than an hour ago would be a leftover to every other test process, and be removed under its server.
 */
async function copyTree(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-a', '--no-preserve=timestamps', `${from}/.`, to]);
}

/** Of test processes that were killed, and of older migrations; an hour is longer than any run. */
async function removeLeftovers(template: string): Promise<void> {
  for (const name of await readdir(place)) {
    const path = join(place, name);
    if (!/^sct-(db|draft|template)-/.test(name) || path === template) continue;
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (systemClock.wallTime().getTime() - mtimeMs > 3_600_000)
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
