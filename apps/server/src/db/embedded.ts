import { AppError } from '@serverctl/core';
import pg from 'pg';
import type { Clock } from '../platform/clock.ts';
import { ensureCluster, reachableBinaries, roleName, writeAccessFiles } from './cluster.ts';
import { prepareDataDirectory } from './data-directory.ts';
import { type EngineLog, type Postmaster, type PostmasterOptions, spawnPostmaster } from './postmaster.ts';
import { claimCluster, disownStaleLock, livePostmaster } from './postmaster-lock.ts';
import { lockDirectory } from './process-lock.ts';

/*
 * The embedded database: a real PostgreSQL as our child, on a Unix socket only (ARCHITECTURE.md, One engine; R44).
 *
 *   starting ──ready──→ running ──stop()──→ stopped
 *      ↑                   │ exits by itself
 *      └── back-off ───────┘          ten failed starts in a row → given up
 *
 * While it is not running every query fails with `database_unavailable`: nobody ages (R2), nothing is decided, records stay as they are.
 * The socket's path never changes, so connection pools find it again by themselves.
 */

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: EngineLog;
  /** For the test database only. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** How to connect; a part of pg's PoolConfig. `host` is the socket's directory. */
export interface EmbeddedConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

export interface Embedded {
  readonly connection: EmbeddedConnection;
  /** Process id of the postmaster that runs now. */
  pid(): number;
  /** Fast shutdown; resolves when PostgreSQL is gone. */
  stop(): Promise<void>;
  /** Resolves when it is stopped, or when it could not be started again and was given up (`because` says why). */
  readonly exited: Promise<{ readonly because: string | null }>;
}

const startPatienceMs = 5_000;
const firstDelayMs = 100;
const longestDelayMs = 5_000;
const mostFailedStarts = 10;

/** Starts PostgreSQL, making the cluster first where there is none. Throws `data_directory_unusable`, `database_busy`, `database_binaries_missing` or `database_unavailable`. */
export async function startEmbedded({ dataDir, clock, log, settings }: EmbeddedOptions): Promise<Embedded> {
  const directory = await prepareDataDirectory(dataDir);
  const lock = await lockDirectory(directory.root);
  try {
    await claimCluster(directory.cluster, clock);
    const binaries = await reachableBinaries(directory);
    await ensureCluster(directory, binaries);
    const access = await writeAccessFiles(directory);
    const running = await superviseEngine({ directory, binaries, access, clock, log, ...(settings && { settings }) });
    const exited = running.exited.finally(() => lock.release());
    return { ...running, exited, stop: () => running.stop().then(() => exited.then(() => undefined)) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function superviseEngine(options: PostmasterOptions): Promise<Embedded> {
  const { directory, clock, log } = options;
  let postmaster = await startInTime(options);
  log.info(
    { pid: postmaster.pid, user: directory.user.name, from: options.binaries.binDir },
    'embedded PostgreSQL runs',
  );
  const connection = { host: directory.socket, port: 5432, user: roleName, database: roleName };
  await ensureDatabase(connection).catch(async (cause) => {
    await postmaster.stop();
    throw new AppError('database_unavailable', { because: 'its first connection was refused' }, cause);
  });
  const stopping = new AbortController();
  const exited = keepRunning();
  return {
    connection,
    pid: () => postmaster.pid,
    exited,
    async stop() {
      stopping.abort();
      await postmaster.stop();
      await exited;
    },
  };

  async function keepRunning(): Promise<{ because: string | null }> {
    for (let failed = 0; ; ) {
      const exit = await postmaster.exited;
      if (stopping.signal.aborted) return { because: null };
      log.error({ ...exit, failed }, 'embedded PostgreSQL ended by itself and is started again');
      if (failed >= mostFailedStarts) return { because: exit.words };
      await clock.sleep(delayMs(failed), stopping.signal);
      if (stopping.signal.aborted) return { because: null };
      postmaster = await start(options);
      failed = (await postmaster.ready) ? 0 : failed + 1;
    }
  }
}

function delayMs(failed: number): number {
  return Math.min(longestDelayMs, firstDelayMs * 2 ** failed);
}

async function start(options: PostmasterOptions): Promise<Postmaster> {
  await disownStaleLock(`${options.directory.socket}/.s.PGSQL.5432.lock`);
  return spawnPostmaster(options);
}

/** Tries for a few seconds: backends of a postmaster that was killed hold its shared memory until they notice. */
async function startInTime(options: PostmasterOptions): Promise<Postmaster> {
  const { clock, directory } = options;
  const giveUpAt = clock.now() + startPatienceMs;
  for (let failed = 0; ; failed++) {
    const postmaster = await start(options);
    if (await postmaster.ready) return postmaster;
    const { words } = await postmaster.exited;
    const winner = await livePostmaster(directory.cluster);
    if (winner !== null) throw new AppError('database_busy', { path: directory.cluster, pid: winner });
    if (clock.now() >= giveUpAt) throw new AppError('database_unavailable', { because: words });
    await clock.sleep(delayMs(failed));
  }
}

async function ensureDatabase(connection: EmbeddedConnection): Promise<void> {
  const client = new pg.Client({ ...connection, database: 'postgres' });
  client.on('error', () => {}); // its query rejects too
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [connection.database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${connection.database}`);
  } finally {
    await client.end();
  }
}
