import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '@serverctl/core';
import { type BinaryPlaces, findBinaries, type PostgresBinaries } from './binaries.ts';
import { type DataDirectory, isReachable, makeEngineDirectory } from './data-directory.ts';
import { ourName, runAsEngineUser } from './engine-user.ts';

/** The database role and database of the embedded cluster. */
export const roleName = 'serverctl';

/** The cluster's major version as PostgreSQL recorded it; null when there is no cluster yet. */
export async function recordedMajor(cluster: string): Promise<number | null> {
  const text = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => null);
  return text === null ? null : Number.parseInt(text, 10);
}

/** Finds the binaries for this cluster, where its user can run them: npm's are copied when they lie below a closed directory. */
export async function reachableBinaries(directory: DataDirectory, places?: BinaryPlaces): Promise<PostgresBinaries> {
  const found = await findBinaries(await recordedMajor(directory.cluster), places);
  if (await isReachable(join(found.binDir, 'postgres'), directory.user)) return found;
  if (found.npmTree === null) {
    const because = `the user ${directory.user.name} cannot run ${found.binDir}/postgres`;
    throw new AppError('database_binaries_missing', { major: found.major, because });
  }
  const copy = join(directory.root, `postgresql-${found.npmTree.version}`);
  await placeOnce(copy, async (draft) => {
    await cp(found.npmTree?.root ?? '', draft, { recursive: true, verbatimSymlinks: true });
  });
  return { ...found, binDir: join(copy, 'bin') };
}

/** Makes the cluster unless it is there. Complete or absent: it is made beside its place and renamed, so a crash leaves nothing half. */
export async function ensureCluster(directory: DataDirectory, binaries: PostgresBinaries): Promise<void> {
  if ((await recordedMajor(directory.cluster)) !== null) return;
  await placeOnce(directory.cluster, async (draft) => {
    await rm(draft, { recursive: true });
    await makeEngineDirectory(draft, directory.user);
    const { code, output } = await runAsEngineUser(directory.user, [
      join(binaries.binDir, 'initdb'),
      `--pgdata=${draft}`,
      `--username=${roleName}`,
      '--auth=reject', // ours is given at each start, see writeAccessFiles
      '--encoding=UTF8',
      '--lc-collate=C', // an index must not depend on the host's libc
      '--lc-ctype=C.UTF-8',
      '--data-checksums',
      '--wal-segsize=4',
      '--no-instructions',
    ]);
    if (code !== 0) throw new AppError('database_unavailable', { because: `initdb failed: ${output.slice(-500)}` });
  });
  if ((await recordedMajor(directory.cluster)) === null)
    throw new AppError('data_directory_unusable', {
      path: directory.cluster,
      because: 'it is there and holds no database',
    });
}

export interface AccessFiles {
  readonly hba: string;
  readonly ident: string;
}

/**
 * Who may connect: the kernel says who the peer is, and only our own user is let in, as the one role (R44: never `trust`). Chosen over a
 * generated password because there is then no secret to keep. The files are ours, not the engine's, and written at each start, since the
 * data may have moved to another user.
 */
export async function writeAccessFiles(directory: DataDirectory): Promise<AccessFiles> {
  const files = { hba: join(directory.root, 'pg_hba.conf'), ident: join(directory.root, 'pg_ident.conf') };
  await replaceFile(files.hba, `local all ${roleName} peer map=${roleName}\n`);
  await replaceFile(files.ident, `${roleName} "${ourName()}" ${roleName}\n`);
  return files;
}

async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  await writeFile(draft, text, { mode: 0o644 });
  await chmod(draft, 0o644);
  await rename(draft, path);
}

/** Builds in a draft and renames it into place; where another process was first, its result stays. */
async function placeOnce(path: string, build: (draft: string) => Promise<void>): Promise<void> {
  if (await stat(path).catch(() => null)) return;
  const draft = `${path}.${randomBytes(4).toString('hex')}.new`;
  try {
    await mkdir(draft, { mode: 0o755 });
    await build(draft);
    await rename(draft, path);
    await using parent = await open(dirname(path));
    await parent.sync();
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}
