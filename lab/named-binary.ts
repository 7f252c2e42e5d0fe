import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from './lock.ts';
import { cacheDirectory } from './settings.ts';
import { mustRun, run } from './shell.ts';

/** BIND's programs, and what they need in the environment to run from where they are. */
export interface NamedPrograms {
  readonly named: string;
  readonly nsupdate: string;
  readonly dig: string;
  readonly env: Readonly<Record<string, string>>;
}

export class NamedMissing extends Error {
  constructor(cause: unknown) {
    const said = cause instanceof Error ? cause.message : String(cause);
    super(
      'BIND (named, nsupdate, dig) is not installed and could not be unpacked from Debian packages. ' +
        `Install the packages bind9 and bind9-dnsutils, or run this on Debian. The attempt said: ${said}`,
      { cause },
    );
    this.name = 'NamedMissing';
  }
}

const wanted = ['bind9', 'bind9-dnsutils', 'bind9-host', 'bind9-libs'];

/**
 * The machine's BIND if it has one, else a private copy unpacked from Debian packages: that needs no root, and
 * starts no system-wide name server, which installing the package would.
 */
export async function findNamed(): Promise<NamedPrograms> {
  const installed = installedPrograms();
  if (installed) return installed;
  const directory = join(cacheDirectory(), 'named');
  try {
    if (!existsSync(directory)) await unpackOnce(directory);
    const programs = await unpackedPrograms(directory);
    await mustRun([programs.named, '-v'], { env: { ...programs.env } });
    return programs;
  } catch (error) {
    throw new NamedMissing(error);
  }
}

function installedPrograms(): NamedPrograms | null {
  const find = (name: string): string | undefined =>
    ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'].map((dir) => join(dir, name)).find(existsSync);
  const [named, nsupdate, dig] = [find('named'), find('nsupdate'), find('dig')];
  return named && nsupdate && dig ? { named, nsupdate, dig, env: {} } : null;
}

async function unpackedPrograms(directory: string): Promise<NamedPrograms> {
  const libraries = join(directory, 'usr/lib');
  const triplets = (await readdir(libraries)).filter((name) => name.includes('-linux-'));
  const path = triplets.map((name) => join(libraries, name)).join(':');
  return {
    named: join(directory, 'usr/sbin/named'),
    nsupdate: join(directory, 'usr/bin/nsupdate'),
    dig: join(directory, 'usr/bin/dig'),
    env: { LD_LIBRARY_PATH: path },
  };
}

async function unpackOnce(directory: string): Promise<void> {
  await mkdir(cacheDirectory(), { recursive: true });
  await withLock(`${directory}.lock`, async () => {
    if (existsSync(directory)) return;
    const draft = `${directory}.draft`;
    const debs = `${directory}.debs`;
    for (const path of [draft, debs]) await rm(path, { recursive: true, force: true });
    await mkdir(draft);
    await download(debs);
    for (const deb of await readdir(debs)) {
      if (deb.endsWith('.deb')) await mustRun(['dpkg', '-x', join(debs, deb), draft]);
    }
    await rm(debs, { recursive: true, force: true });
    await rename(draft, directory);
  });
}

/** Lists of our own when the machine's are missing or too old to fetch by: updating those would need root. */
async function download(debs: string): Promise<void> {
  await mkdir(join(debs, 'lists/partial'), { recursive: true });
  await mkdir(join(debs, 'cache/archives/partial'), { recursive: true });
  const ownLists = ['-o', `Dir::State::lists=${debs}/lists`, '-o', `Dir::Cache=${debs}/cache`];
  const fetch = async (settings: readonly string[]): Promise<void> => {
    const packages = await missingPackages(settings);
    const sandbox = ['-o', 'APT::Sandbox::User=root']; // the download user may not enter our directory
    await mustRun(['apt-get', ...settings, ...sandbox, 'download', '-qq', ...packages], { cwd: debs });
  };
  try {
    await fetch([]);
  } catch {
    await mustRun(['apt-get', ...ownLists, '-o', 'APT::Sandbox::User=root', 'update', '-qq']);
    await fetch(ownLists);
  }
}

/** BIND itself and those libraries below it that this machine does not have. */
async function missingPackages(settings: readonly string[]): Promise<string[]> {
  const onlyHard = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(
    (kind) => `--no-${kind}`,
  );
  const tree = await mustRun(['apt-cache', ...settings, 'depends', '--recurse', ...onlyHard, ...wanted]);
  const libraries = [...new Set(tree.split('\n').filter((line) => /^lib[a-z0-9.+-]+$/.test(line)))];
  const missing = await Promise.all(libraries.map(async (name) => ((await isInstalled(name)) ? null : name)));
  return [...wanted, ...missing.filter((name) => name !== null)];
}

async function isInstalled(name: string): Promise<boolean> {
  const { stdout } = await run(['dpkg', '-s', name]);
  return /^Status: .* installed$/m.test(stdout);
}
