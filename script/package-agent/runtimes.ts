import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { mustRun } from '../../lab/shell.ts';
import { PackageFailure } from './failure.ts';

/*
 * Bun's runtime for a target. npm installs this machine's own; the other architecture's it refuses (package field "cpu"), so that one is
 * fetched as the archive that package-lock.json names and kept in the cache. The archive is kept, not the program in it: its SHA-512 is
 * compared with the lock file before every use, so nothing in the cache is ever trusted.
 */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Subresource integrity as npm writes it: `sha512-<base64>`. */
  readonly integrity: string;
}

export interface RuntimePlaces {
  readonly repository: string;
  readonly cache: string;
  /** A folder of this run alone. */
  readonly scratch: string;
}

const programInPackage = 'bin/bun';
const fetchLimitMs = 15 * 60_000;

/** What package-lock.json pins. */
export async function readLocked(repository: string, name: string): Promise<LockedPackage> {
  const lock = JSON.parse(await readFile(join(repository, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>;
  };
  const { version, integrity } = lock.packages[`node_modules/${name}`] ?? {};
  if (version === undefined || !integrity?.startsWith('sha512-')) {
    throw new PackageFailure(
      `package-lock.json has no version with a SHA-512 for ${name}: run npm install and commit it.`,
    );
  }
  return { name, version, integrity };
}

/** Path of the installed runtime, or null when npm did not install this version here. */
export async function installedRuntime(repository: string, locked: LockedPackage): Promise<string | null> {
  const folder = join(repository, 'node_modules', locked.name);
  const program = join(folder, programInPackage);
  if (!existsSync(program)) return null;
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { readonly version: string };
  return version === locked.version ? program : null;
}

/** Path of a target's runtime; fetches it when it is neither installed nor cached. Throws PackageFailure when the archive is not the pinned one. */
export async function runtimeOf(
  locked: LockedPackage,
  places: RuntimePlaces,
  say: (line: string) => void,
): Promise<string> {
  const installed = await installedRuntime(places.repository, locked);
  if (installed !== null) return installed;
  const archive = join(places.cache, archiveName(locked));
  if (!existsSync(archive)) {
    say(`Fetching ${locked.name}@${locked.version} (about 50 MB) into ${places.cache} …`);
    await fetchArchive(locked, archive, places);
  }
  await verifyArchive(archive, locked);
  return unpackRuntime(archive, await mkdtemp(join(places.scratch, 'runtime-')));
}

/** Name of a package's archive in the cache. */
export const archiveName = ({ name, version }: LockedPackage): string =>
  `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;

/** Fetched beside its place and renamed, so that a run that is cut off leaves no half file under the name. */
async function fetchArchive(
  locked: LockedPackage,
  archive: string,
  { cache, repository }: RuntimePlaces,
): Promise<void> {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'fetching-'));
  try {
    const spec = `${locked.name}@${locked.version}`;
    const options = ['--json', '--loglevel=error', '--pack-destination', folder];
    await mustRun(['npm', 'pack', spec, ...options], { cwd: repository, timeoutMs: fetchLimitMs });
    const fetched = join(folder, archiveName(locked));
    await verifyArchive(fetched, locked);
    await rename(fetched, archive);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Throws, and removes the archive, unless its SHA-512 is the lock file's. */
async function verifyArchive(archive: string, { integrity, name }: LockedPackage): Promise<void> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(archive), hash);
  if (`sha512-${hash.digest('base64')}` === integrity) return;
  await rm(archive, { force: true });
  throw new PackageFailure(
    `The archive of ${name} does not have the SHA-512 that package-lock.json names. It was removed and not used; try again, and ask who changed it if that repeats.`,
  );
}

async function unpackRuntime(archive: string, folder: string): Promise<string> {
  await mustRun(['tar', '-xzf', archive, '-C', folder, '--no-same-owner', `package/${programInPackage}`]);
  return join(folder, 'package', programInPackage);
}
