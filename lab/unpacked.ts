import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from './lock.ts';
import { cacheDirectory } from './settings.ts';
import { mustRun, run } from './shell.ts';

/** Debian packages in a directory of their own, and what their programs need in the environment to run from there. */
export interface Unpacked {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * These packages and the libraries that this machine lacks, unpacked once into the cache and never installed: that needs no root, and
 * starts no system-wide service, which installing a server would.
 */
export async function unpackPackages(name: string, packages: readonly string[]): Promise<Unpacked> {
  const directory = join(cacheDirectory(), name);
  if (!existsSync(directory)) await unpackOnce(directory, packages);
  const libraries = join(directory, 'usr/lib');
  const triplets = (await readdir(libraries)).filter((entry) => entry.includes('-linux-'));
  const path = triplets.map((triplet) => join(libraries, triplet)).join(':');
  return { directory, env: { LD_LIBRARY_PATH: path } };
}

/** Where the machine itself has a program. */
export function findInstalled(program: string): string | undefined {
  return ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin']
    .map((directory) => join(directory, program))
    .find(existsSync);
}

async function unpackOnce(directory: string, packages: readonly string[]): Promise<void> {
  await mkdir(cacheDirectory(), { recursive: true });
  await withLock(`${directory}.lock`, async () => {
    if (existsSync(directory)) return;
    const draft = `${directory}.draft`;
    const debs = `${directory}.debs`;
    for (const path of [draft, debs]) await rm(path, { recursive: true, force: true });
    await mkdir(draft);
    await download(debs, packages);
    for (const deb of await readdir(debs)) {
      if (deb.endsWith('.deb')) await mustRun(['dpkg', '-x', join(debs, deb), draft]);
    }
    await rm(debs, { recursive: true, force: true });
    await rename(draft, directory);
  });
}

/** Lists of our own when the machine's are missing or too old to fetch by: updating those would need root. */
async function download(debs: string, packages: readonly string[]): Promise<void> {
  await mkdir(join(debs, 'lists/partial'), { recursive: true });
  await mkdir(join(debs, 'cache/archives/partial'), { recursive: true });
  const ownLists = ['-o', `Dir::State::lists=${debs}/lists`, '-o', `Dir::Cache=${debs}/cache`];
  const fetch = async (settings: readonly string[]): Promise<void> => {
    const wanted = [...packages, ...(await missingLibraries(settings, packages))];
    const sandbox = ['-o', 'APT::Sandbox::User=root']; // the download user may not enter our directory
    await mustRun(['apt-get', ...settings, ...sandbox, 'download', '-qq', ...new Set(wanted)], { cwd: debs });
  };
  try {
    await fetch([]);
  } catch {
    await mustRun(['apt-get', ...ownLists, '-o', 'APT::Sandbox::User=root', 'update', '-qq']);
    await fetch(ownLists);
  }
}

/** Those libraries below the packages that this machine does not have. */
async function missingLibraries(settings: readonly string[], packages: readonly string[]): Promise<string[]> {
  const onlyHard = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(
    (kind) => `--no-${kind}`,
  );
  const tree = await mustRun(['apt-cache', ...settings, 'depends', '--recurse', ...onlyHard, ...packages]);
  const libraries = [...new Set(tree.split('\n').filter((line) => /^lib[a-z0-9.+-]+$/.test(line)))];
  const missing = await Promise.all(libraries.map(async (name) => ((await isInstalled(name)) ? null : name)));
  return missing.filter((name) => name !== null);
}

async function isInstalled(name: string): Promise<boolean> {
  const { stdout } = await run(['dpkg', '-s', name]);
  return /^Status: .* installed$/m.test(stdout);
}
