import { createHash } from 'node:crypto';
import { access, chmod, chown, constants, lstat, mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { AppError } from '@serverctl/core';
import { chooseEngineUser, type EngineUser, runAsEngineUser } from './engine-user.ts';

/** Where everything durable lives. */
export interface DataDirectory {
  readonly root: string;
  /** PostgreSQL's own directory: 0700, the engine's user's. */
  readonly cluster: string;
  /** Holds the Unix socket: 0700, the engine's user's (R44). */
  readonly socket: string;
  readonly user: EngineUser;
}

/** A socket's path has 107 bytes at most (R44). */
const socketPathBytes = 107;
const socketName = '/.s.PGSQL.5432';

/**
 * Makes the data directory ready for the engine. Its root is ours: 0711 when the engine runs as another user, who must pass through it to
 * its own part, else 0700. Throws `data_directory_unusable` in words.
 */
export async function prepareDataDirectory(path: string): Promise<DataDirectory> {
  if (!isAbsolute(path)) throw unusable(path, 'it is not an absolute path');
  const root = await makeDataDirectory(path, 0o711);
  const ourUid = process.getuid?.() ?? -1;
  const owner = await stat(root);
  if (!owner.isDirectory()) throw unusable(root, 'it is not a directory');
  if (owner.uid !== ourUid) throw unusable(root, `it belongs to uid ${owner.uid}, and we run as uid ${ourUid}`);
  await access(root, constants.W_OK).catch((cause) => {
    throw unusable(root, 'it is not writable', cause);
  });
  const cluster = join(root, 'database');
  const clusterOwner = await lstat(cluster).catch(() => null);
  const user = await chooseEngineUser(clusterOwner?.uid ?? null);
  if (clusterOwner !== null && clusterOwner.uid !== user.uid)
    throw unusable(cluster, `it belongs to uid ${clusterOwner.uid}, and the database would run as uid ${user.uid}`);
  await chmod(root, user.foreign ? 0o711 : 0o700);
  if (user.foreign) await assertReachable(root, user);
  const socket = await makeSocketDirectory(root, user);
  return { root, cluster, socket, user };
}

/** Makes the directory where it is missing and returns its real path. Throws `data_directory_unusable`. */
export async function makeDataDirectory(path: string, mode = 0o700): Promise<string> {
  return makeDirectories(path, mode)
    .then(() => realpath(path))
    .catch((cause: NodeJS.ErrnoException) => {
      throw unusable(path, `it cannot be made or entered (${cause.code})`, cause);
    });
}

/** Like a recursive mkdir, which tries for ever where the system answers that a parent is missing though it is there, as /proc does. */
async function makeDirectories(path: string, mode: number): Promise<void> {
  await mkdir(path, { mode }).catch(async (cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') return;
    const parent = dirname(path);
    if (cause.code !== 'ENOENT' || (await isThere(parent))) throw cause;
    await makeDirectories(parent, mode);
    await mkdir(path, { mode });
  });
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** A directory that is the engine's alone; refuses one that somebody else put there before us. */
export async function makeEngineDirectory(path: string, user: EngineUser): Promise<void> {
  await mkdir(path, { mode: 0o700 }).then(
    () => chown(path, user.uid, user.gid),
    async (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EEXIST') throw unusable(path, `it cannot be made (${cause.code})`, cause);
      const existing = await lstat(path);
      if (!existing.isDirectory() || existing.uid !== user.uid)
        throw unusable(path, `it exists and is not a directory of uid ${user.uid}`);
    },
  );
  await chmod(path, 0o700);
}

/** True when the engine's user can execute or enter `path`. Asked of the kernel as that user, so access lists count too. */
export async function isReachable(path: string, user: EngineUser): Promise<boolean> {
  if (!user.foreign) return true;
  return (await runAsEngineUser(user, ['test', '-x', path])).code === 0;
}

async function assertReachable(root: string, user: EngineUser): Promise<void> {
  if (await isReachable(root, user)) return;
  const above: string[] = [];
  for (let path = root; path !== '/'; path = dirname(path)) above.unshift(path);
  for (const path of above)
    if (!(await isReachable(path, user)))
      throw unusable(root, `the user ${user.name}, as whom the database runs, cannot pass through ${path}`);
}

/** Below the data directory where its name is short enough, else a short name that stands for it. */
async function makeSocketDirectory(root: string, user: EngineUser): Promise<string> {
  const beside = join(root, 'socket');
  const fits = Buffer.byteLength(beside + socketName) <= socketPathBytes;
  const short = `serverctl-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`;
  const socket = fits ? beside : join(user.foreign ? '/run' : '/tmp', short);
  await makeEngineDirectory(socket, user);
  return socket;
}

function unusable(path: string, because: string, cause?: unknown): AppError {
  return new AppError('data_directory_unusable', { path, because }, cause);
}
