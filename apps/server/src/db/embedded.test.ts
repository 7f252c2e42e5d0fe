import { execFile, spawn } from 'node:child_process';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { findBinaries, usualPlaces } from './binaries.ts';
import { ensureCluster, reachableBinaries } from './cluster.ts';
import { openDatabase } from './connection.ts';
import { prepareDataDirectory } from './data-directory.ts';
import { type Embedded, startEmbedded } from './embedded.ts';
import { livePostmaster } from './postmaster-lock.ts';
import { silentLog } from './testing.ts';

const isRoot = process.getuid?.() === 0;
let root: string;
let dataDir: string;
const running: Embedded[] = [];

beforeEach(async () => {
  root = await mkdtemp('/tmp/sct-emb-');
  await chmod(root, 0o755);
  dataDir = join(root, 'data');
});
afterEach(async () => {
  for (const embedded of running.splice(0)) await embedded.stop();
  await rm(root, { recursive: true });
});

async function start(directory = dataDir): Promise<Embedded> {
  const embedded = await startEmbedded({ dataDir: directory, clock: systemClock, log: silentLog });
  running.push(embedded);
  return embedded;
}

const open = ({ connection }: Embedded) => openDatabase({ connection, clock: systemClock, log: silentLog });

async function ask<Row>(embedded: Embedded, question: string): Promise<Row[]> {
  const database = open(embedded);
  try {
    return (await sql.raw<Row>(question).execute(database.kysely)).rows;
  } finally {
    await database.close();
  }
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await systemClock.sleep(5);
}

/** Gone, or a zombie that whoever adopted it has not buried yet. */
async function hasEnded(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State:\tZ');
  return /^State:\s+Z/m.test(status);
}

/** A data directory that was started and stopped once: making a cluster takes a second and more. */
let usedBefore: string;
beforeAll(async () => {
  usedBefore = await mkdtemp('/tmp/sct-emb-');
  const first = await startEmbedded({ dataDir: usedBefore, clock: systemClock, log: silentLog });
  await first.stop();
});
afterAll(() => rm(usedBefore, { recursive: true }));
const startUsed = async (directory = dataDir) => {
  await promisify(execFile)('cp', ['-a', usedBefore, directory]);
  return start(directory);
};

test('its lock can be held by nobody else: a stranger who could open it would keep us from starting', async () => {
  await (await startUsed()).stop();
  const lock = join(dataDir, 'lock');
  expect((await stat(lock)).mode & 0o777).toBe(0o600);
  await chmod(lock, 0o644); // as an earlier release left it
  await (await start()).stop();
  expect((await stat(lock)).mode & 0o777).toBe(0o600);
});

describe('a new cluster', () => {
  test('is durable, listens on a socket that only its user can reach, and trusts nobody (R44)', async () => {
    const embedded = await start();
    const settings = await ask<{ name: string; setting: string }>(
      embedded,
      `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses', 'data_checksums')`,
    );
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      listen_addresses: '',
      data_checksums: 'on',
    });
    const methods = await ask<{ auth_method: string }>(embedded, 'SELECT DISTINCT auth_method FROM pg_hba_file_rules');
    expect(methods).toEqual([{ auth_method: 'peer' }]);
    expect((await stat(embedded.connection.host)).mode & 0o777).toBe(0o700);
    expect((await stat(join(dataDir, 'database'))).mode & 0o777).toBe(0o700);
  });

  test.runIf(isRoot)(
    'of root runs as an unprivileged user, and sees nothing of our environment (only root can show it)',
    async () => {
      const embedded = await start();
      const status = await readFile(`/proc/${embedded.pid()}/status`, 'utf8');
      const [uids, groups] = [/^Uid:\s+(.*)$/m.exec(status)?.[1], /^Groups:(.*)$/m.exec(status)?.[1]];
      expect(uids?.split('\t').every((uid) => Number(uid) > 0)).toBe(true);
      expect(groups?.trim()).toBe('');
      const environment = await readFile(`/proc/${embedded.pid()}/environ`, 'utf8');
      expect(environment.split('\0').map((entry) => entry.split('=')[0])).not.toContain('HOME');
    },
  );

  test('in a directory with a long name has its socket elsewhere, within 107 bytes (R44)', async () => {
    const embedded = await startUsed(join(root, 'd'.repeat(120)));
    expect(Buffer.byteLength(`${embedded.connection.host}/.s.PGSQL.5432`)).toBeLessThanOrEqual(107);
    expect(await ask(embedded, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await rm(embedded.connection.host, { recursive: true });
  });

  test('keeps what was written over a clean stop', async () => {
    const first = await startUsed();
    await ask(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    expect(await first.exited).toEqual({ because: null });
    expect(await ask(await start(), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });
});

test('a second control plane on the same directory is refused, and the first goes on', async () => {
  const first = await startUsed();
  await expect(start()).rejects.toMatchObject({ code: 'database_busy' });
  expect(await ask(first, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await first.stop();
  await start();
});

test('no acknowledged commit is lost when PostgreSQL is killed in the middle of them, and it is back by itself', async () => {
  const embedded = await startUsed();
  const database = open(embedded);
  await sql`CREATE TABLE promise (n bigint PRIMARY KEY)`.execute(database.kysely);
  const acknowledged = new Set<number>();
  let next = 0;
  for (let round = 0; round < 5; round += 1) {
    const before = acknowledged.size;
    const killed = embedded.pid();
    const writers = Array.from({ length: 4 }, async () => {
      for (;;) {
        const n = next++;
        try {
          await sql`INSERT INTO promise VALUES (${n})`.execute(database.kysely);
        } catch (error) {
          expect(error).toMatchObject({ code: 'database_unavailable' });
          return;
        }
        acknowledged.add(n);
      }
    });
    await until(() => acknowledged.size > before + 50);
    process.kill(killed, 'SIGKILL');
    await Promise.all(writers);
    await until(async () => embedded.pid() !== killed && (await answers(database)));
    const { rows } = await sql<{ n: number }>`SELECT n FROM promise`.execute(database.kysely);
    const stored = new Set(rows.map(({ n }) => n));
    expect([...acknowledged].filter((n) => !stored.has(n))).toEqual([]);
  }
  await database.close();
});

async function answers(database: ReturnType<typeof open>): Promise<boolean> {
  return sql`SELECT 1`.execute(database.kysely).then(
    () => true,
    () => false,
  );
}

describe('when the control plane is killed', () => {
  /** A control plane of its own: starts the database, says its process id, and stays. */
  async function plane() {
    await promisify(execFile)('cp', ['-a', usedBefore, dataDir]);
    const script = `
      import { startEmbedded } from ${JSON.stringify(join(import.meta.dirname, 'embedded.ts'))};
      import { systemClock } from ${JSON.stringify(join(import.meta.dirname, '../platform/clock.ts'))};
      const log = { debug() {}, info() {}, warn() {}, error() {} };
      const embedded = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)}, clock: systemClock, log });
      console.log(embedded.pid());`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    const pid = await new Promise<number>((resolve) => child.stdout.once('data', (text) => resolve(Number(text))));
    return { child, gone, pid };
  }

  test('PostgreSQL does not outlive it, and the next one starts at once', async () => {
    const { child, gone, pid } = await plane();
    expect(await livePostmaster(join(dataDir, 'database'))).toBe(pid);
    child.kill('SIGKILL');
    await gone;
    const embedded = await start();
    expect(embedded.pid()).not.toBe(pid);
    await until(() => hasEnded(pid));
  });

  test('and PostgreSQL with it, what both left behind does not keep the next one out', async () => {
    const { child, gone, pid } = await plane();
    process.kill(pid, 'SIGSTOP'); // it must not shut down by itself
    child.kill('SIGKILL');
    await gone;
    process.kill(pid, 'SIGKILL');
    expect(await readFile(join(dataDir, 'database/postmaster.pid'), 'utf8')).toMatch(new RegExp(`^${pid}\n`));
    expect(await ask(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('a lock left behind whose number now belongs to something else does not keep it out either', async () => {
    await (await startUsed()).stop();
    const stale = `${process.ppid}\n${join(dataDir, 'database')}\n1700000000\n5432\n/nowhere\n\n  1234 0\nready   \n`;
    await writeFile(join(dataDir, 'database/postmaster.pid'), stale);
    expect(await ask(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('a directory that cannot be used is an error in words', () => {
  const because = (text: RegExp) => ({
    code: 'data_directory_unusable',
    details: { because: expect.stringMatching(text) },
  });

  test('one that is a file', async () => {
    await writeFile(dataDir, '');
    await expect(start()).rejects.toMatchObject(because(/cannot be made or entered|not a directory/));
  });

  test.runIf(isRoot)('one of another user (only root can make it)', async () => {
    await mkdir(dataDir);
    await chown(dataDir, 12_345, 12_345);
    await expect(start()).rejects.toMatchObject(because(/belongs to uid 12345, and we run as uid 0/));
  });

  test.runIf(isRoot)('a database of an unknown user (only root can make it)', async () => {
    await mkdir(join(dataDir, 'database'), { recursive: true });
    await chown(join(dataDir, 'database'), 12_345, 12_345);
    await expect(start()).rejects.toMatchObject(because(/belongs to uid 12345/));
  });

  test.runIf(isRoot)('one below a closed home (only root meets it)', async () => {
    await mkdir(join(root, 'home'), { mode: 0o700 });
    await expect(start(join(root, 'home/state'))).rejects.toMatchObject(
      because(new RegExp(`cannot pass through ${root}/home$`)),
    );
  });

  test('a database of a major version that is not installed names the package', async () => {
    const directory = await prepareDataDirectory(dataDir);
    await mkdir(directory.cluster);
    await chown(directory.cluster, directory.user.uid, directory.user.gid);
    await writeFile(join(directory.cluster, 'PG_VERSION'), '11\n');
    const missing = {
      code: 'database_binaries_missing',
      details: { package: expect.stringContaining('postgresql-11') },
    };
    await expect(start()).rejects.toMatchObject(missing);
  });
});

const npmPlaces = { ...usualPlaces(), debianRoot: '/nowhere', redHatRoot: '/nowhere' };

describe.runIf(npmPlaces.npmModule !== null)('the binaries of npm (where the optional package is installed)', () => {
  test('make a cluster that later starts choose by its recorded version', async () => {
    const npm = await findBinaries(null, npmPlaces);
    await ensureCluster(await prepareDataDirectory(dataDir), npm);
    const version = await ask<{ major: number }>(
      await start(),
      `SELECT current_setting('server_version_num')::int / 10000 AS major`,
    );
    expect(version).toEqual([{ major: npm.major }]);
  });

  test.runIf(isRoot)('are copied to where the database’s user can run them (only root has another user)', async () => {
    const closed = join(root, 'home');
    await mkdir(closed, { mode: 0o700 });
    const packageRoot = join(npmPlaces.npmModule ?? '', '../..');
    await cp(packageRoot, join(closed, 'package'), { recursive: true, verbatimSymlinks: true });
    const places = { ...npmPlaces, npmModule: join(closed, 'package/dist/index.js') };
    const directory = await prepareDataDirectory(dataDir);
    const binaries = await reachableBinaries(directory, places);
    expect(binaries.binDir.startsWith(directory.root)).toBe(true);
    await ensureCluster(directory, binaries);
    expect(await readFile(join(directory.cluster, 'PG_VERSION'), 'utf8')).toBe(`${binaries.major}\n`);
  });
});
