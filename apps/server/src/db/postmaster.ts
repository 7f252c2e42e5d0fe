import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../platform/clock.ts';
import type { PostgresBinaries } from './binaries.ts';
import type { AccessFiles } from './cluster.ts';
import type { DataDirectory } from './data-directory.ts';
import { asEngineUser, engineEnvironment, launcherMissing } from './engine-user.ts';

/** What the engine says, for the server's log. pino's logger is one. */
export interface EngineLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface PostmasterOptions {
  readonly directory: DataDirectory;
  readonly binaries: PostgresBinaries;
  readonly access: AccessFiles;
  readonly clock: Clock;
  readonly log: EngineLog;
  /** On top of ours. The test database switches off fsync by it; the product never does. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface PostmasterExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** The last lines that it wrote. */
  readonly words: string;
}

/** One run of PostgreSQL. */
export interface Postmaster {
  readonly pid: number;
  readonly exited: Promise<PostmasterExit>;
  /** True once it takes connections; false when it ended before. */
  readonly ready: Promise<boolean>;
  /** A fast shutdown: open transactions roll back, a checkpoint is written. Resolves when it is gone. */
  stop(): Promise<void>;
}

const readyPollMs = 10;
const fastShutdownMs = 10_000;
const immediateShutdownMs = 5_000;

/** Small on purpose: our working set is a few megabytes. Durability is PostgreSQL's default, said again so that no file can undo it. */
const ourSettings = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  wal_level: 'minimal',
  max_wal_senders: '0',
  min_wal_size: '16MB',
  max_wal_size: '128MB',
  shared_buffers: '16MB',
  work_mem: '2MB',
  maintenance_work_mem: '16MB',
  max_connections: '40',
  max_worker_processes: '1',
  max_parallel_workers: '0',
  autovacuum_max_workers: '1',
  huge_pages: 'off',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_line_prefix: '',
  log_checkpoints: 'off',
  // In this scale LOG stands above ERROR: starts, stops and crashes are told, failed statements are told to who sent them.
  log_min_messages: 'log',
};

export function spawnPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const { directory, binaries, access, log } = options;
  const settings = {
    ...ourSettings,
    ...options.settings,
    hba_file: access.hba,
    ident_file: access.ident,
    unix_socket_directories: socketListEntry(directory.socket),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [file, ...args] = asEngineUser(directory.user, [
    join(binaries.binDir, 'postgres'),
    '-D',
    directory.cluster,
    ...flags,
  ]);
  // A session of its own, so that Ctrl-C on our terminal reaches us only: we release the lease before the database goes.
  const child = spawn(file, args, {
    cwd: '/',
    env: engineEnvironment,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const words = readWords(child, log);
  const exited = new Promise<PostmasterExit>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, words: words() }));
  });
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(launcherMissing(cause)));
    child.once('spawn', () => {
      const pid = child.pid ?? 0;
      const ready = becomesReady(pid, directory.cluster, exited, options.clock);
      resolve({ pid, exited, ready, stop: () => stopPostmaster(child, exited, options.clock) });
    });
  });
}

/** The value is a list: quoted, so that a comma in a path does not part it. */
function socketListEntry(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}

function readWords(child: ChildProcess, log: EngineLog): () => string {
  const lines: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter(Boolean)) {
      log.debug({ line }, 'postgresql');
      lines.push(line);
      if (lines.length > 20) lines.shift();
    }
  });
  return () => lines.slice(-5).join(' | ');
}

/** As pg_ctl learns it: the postmaster writes its state into the eighth line of its lock file. */
async function becomesReady(pid: number, cluster: string, exited: Promise<PostmasterExit>, clock: Clock) {
  let gone = false;
  void exited.then(() => {
    gone = true;
  });
  while (!gone) {
    const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    if (Number(lines[0]) === pid && lines[7]?.trim() === 'ready') return true;
    await clock.sleep(readyPollMs);
  }
  return false;
}

async function stopPostmaster(child: ChildProcess, exited: Promise<PostmasterExit>, clock: Clock): Promise<void> {
  const steps = [
    ['SIGINT', fastShutdownMs],
    ['SIGQUIT', immediateShutdownMs],
  ] as const;
  for (const [signal, patienceMs] of steps) {
    child.kill(signal);
    const patience = new AbortController();
    const inTime = await Promise.race([
      exited.then(() => true),
      clock.sleep(patienceMs, patience.signal).then(() => false),
    ]);
    patience.abort();
    if (inTime) return;
  }
  child.kill('SIGKILL');
  await exited;
}
