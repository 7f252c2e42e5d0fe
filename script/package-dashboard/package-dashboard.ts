import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { withLock } from '../../lab/lock.ts';
import { mustRun } from '../../lab/shell.ts';

export interface DashboardRequest {
  readonly repository: string;
  /** Where it goes: dist/dashboard. */
  readonly directory: string;
  readonly say: (line: string) => void;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

/** What was built is named beside it; the same sources are not built again. */
const stampFile = 'built-from';

/**
 * Brings the dashboard up to date: only what is missing, or older than its sources, is built. Two at once wait for each other. The old one is
 * there until the new one is whole: assets first, then the page that names them; assets of before stay for pages that are open.
 */
export async function packageDashboard({
  repository,
  directory,
  say,
  nowMs,
}: DashboardRequest): Promise<{ isBuilt: boolean }> {
  await mkdir(dirname(directory), { recursive: true });
  return withLock(join(dirname(directory), '.dashboard.lock'), async () => {
    const builtFrom = await hashOfSources(repository);
    if ((await readStamp(directory)) === builtFrom) return { isBuilt: false };
    const beganMs = nowMs();
    say('Building the dashboard …');
    const scratch = `${directory}.building`;
    await rm(scratch, { recursive: true, force: true }); // of a run that was killed
    try {
      await build(repository, scratch);
      await publish(scratch, directory, builtFrom);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
    say(`dist/dashboard is built, in ${((nowMs() - beganMs) / 1_000).toFixed(1)} s.`);
    return { isBuilt: true };
  });
}

async function build(repository: string, into: string): Promise<void> {
  const vite = join(repository, 'node_modules/vite/bin/vite.js');
  const cwd = join(repository, 'apps/dashboard');
  // As for everybody: with another one, a test's, React would come with its development half.
  const env = { ...process.env, NODE_ENV: 'production' };
  await mustRun([process.execPath, vite, 'build', '--logLevel', 'warn', '--outDir', into], { cwd, env });
}

async function publish(scratch: string, directory: string, builtFrom: string): Promise<void> {
  await rm(join(directory, stampFile), { force: true });
  await cp(join(scratch, 'assets'), join(directory, 'assets'), { recursive: true });
  await rename(join(scratch, 'index.html'), join(directory, 'index.html'));
  const current = new Set(await readdir(join(scratch, 'assets')));
  await removeStale(join(directory, 'assets'), current);
  await writeFile(join(directory, stampFile), builtFrom);
}

/** Kept are those of the last build but one: a page that is open may still ask for a part of its own. */
async function removeStale(assets: string, current: ReadonlySet<string>): Promise<void> {
  const listFile = join(dirname(assets), 'assets-before');
  const before = new Set((await readFile(listFile, 'utf8').catch(() => '')).split('\n'));
  for (const name of await readdir(assets)) {
    if (!current.has(name) && !before.has(name)) await rm(join(assets, name));
  }
  await writeFile(listFile, [...current].join('\n'));
}

async function readStamp(directory: string): Promise<string | null> {
  return readFile(join(directory, stampFile), 'utf8').catch(() => null);
}

/** Of everything that the build reads: its own folder, and the versions of what it is made with. The contract gives types only. */
async function hashOfSources(repository: string): Promise<string> {
  const folder = join(repository, 'apps/dashboard');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => !file.endsWith('.test.ts'));
  const hash = createHash('sha256');
  for (const file of [...files, join(repository, 'package-lock.json')].sort()) {
    hash
      .update(`${relative(repository, file)}\0`)
      .update(await readFile(file))
      .update('\0');
  }
  return hash.digest('hex');
}
