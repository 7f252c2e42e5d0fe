import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { AppError } from '@serverctl/core';

/** Who runs PostgreSQL: ourselves, or, when we are root, an unprivileged user (it refuses to run as root). */
export interface EngineUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** True when it is another user than ours. */
  readonly foreign: boolean;
}

/** In this order; `nobody` last, since other services may run as it. PostgreSQL needs a user that has a name, so a bare uid will not do. */
const candidates = ['serverctl', 'postgres', 'nobody'];

/** What the child sees of our environment: nothing, for ours may hold the master key (R38). */
export const engineEnvironment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC' };

/**
 * The user for a cluster. One that exists already (`ownerUid`) keeps its owner, so that a package installed later, which brings a
 * `postgres` user with it, does not lock us out.
 */
export async function chooseEngineUser(ownerUid: number | null, passwdFile = '/etc/passwd'): Promise<EngineUser> {
  const ourUid = process.getuid?.() ?? -1;
  const ourGid = process.getgid?.() ?? -1;
  if (ourUid !== 0) return { name: ourName(), uid: ourUid, gid: ourGid, foreign: false };
  const known = await usersIn(passwdFile);
  const user = candidates
    .map((name) => known.find((entry) => entry.name === name))
    .find((entry) => entry !== undefined && entry.uid !== 0 && (ownerUid === null || entry.uid === ownerUid));
  if (user === undefined) {
    const because =
      ownerUid === null
        ? `none of the users ${candidates.join(', ')} exists, and PostgreSQL does not run as root`
        : `its database belongs to uid ${ownerUid}, which is none of ${candidates.join(', ')}`;
    throw new AppError('data_directory_unusable', { because });
  }
  return { ...user, foreign: true };
}

/** Our own user's name. A container may run us under a number that has none, and PostgreSQL refuses that. */
export function ourName(): string {
  try {
    return userInfo().username;
  } catch (cause) {
    const because = `uid ${process.getuid?.()}, as which we run, has no name in /etc/passwd, and PostgreSQL needs one`;
    throw new AppError('data_directory_unusable', { because }, cause);
  }
}

async function usersIn(passwdFile: string) {
  const text = await readFile(passwdFile, 'utf8');
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}

/** Closes the gap between fork and setpriv's prctl: had we died in it, no signal would ever come. */
const onlyBelowUs = '[ "$PPID" = "$1" ] || exit 70; shift; exec "$@"';

/** The argument vector that runs `command` as the engine's user and ends it with SIGINT (a fast shutdown) when we end, however we end. */
export function asEngineUser(user: EngineUser, command: readonly string[]): readonly [string, ...string[]] {
  const become = user.foreign ? [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--no-new-privs'] : [];
  return ['setpriv', ...become, '--pdeathsig=INT', '--', 'sh', '-c', onlyBelowUs, 'sh', `${process.pid}`, ...command];
}

export interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a short command as the engine's user to its end; its output is kept for an error's words. */
export function runAsEngineUser(user: EngineUser, command: readonly string[]): Promise<Finished> {
  const [file, ...args] = asEngineUser(user, command);
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: '/', env: engineEnvironment, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-4_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (cause) => reject(launcherMissing(cause)));
    child.on('close', (code) => resolve({ code, output: output.trim() }));
  });
}

export function launcherMissing(cause: Error): AppError {
  return new AppError('database_binaries_missing', { package: 'util-linux', because: 'setpriv cannot be run' }, cause);
}
