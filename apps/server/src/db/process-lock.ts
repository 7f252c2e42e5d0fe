import { spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@serverctl/core';
import { engineEnvironment, launcherMissing } from './engine-user.ts';

/** Held until released or until this process is gone, however it goes. */
export interface ProcessLock {
  release(): Promise<void>;
}

const locker = 'flock'; // util-linux, as setpriv is
const conflictExitCode = 71;
/** A control plane that was killed is still letting go when its supervisor starts the next one. */
const waitSeconds = 2;

/**
 * One control plane per data directory (R15: "one process, proved by its lock"). PostgreSQL's own lock is not enough: it is free while the
 * engine is being started again, and what a crash left in it may be touched by nobody but the one who holds this. Node has no flock(2), so
 * a child holds it; it ends when the pipe from us ends. Throws `database_busy`
 * when somebody has held it for two seconds.
 */
export async function lockDirectory(root: string): Promise<ProcessLock> {
  makeLockFile(root);
  const args = [
    `--timeout=${waitSeconds}`,
    `--conflict-exit-code=${conflictExitCode}`,
    '--no-fork',
    join(root, 'lock'),
  ];
  const child = spawn(locker, [...args, 'sh', '-c', 'echo locked; exec cat'], {
    cwd: '/',
    env: engineEnvironment,
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  const gone = new Promise<number | null>((resolve) => child.once('close', resolve));
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(launcherMissing(cause)));
    child.stdout.once('data', () =>
      resolve({
        async release() {
          child.stdin.end();
          await gone;
        },
      }),
    );
    void gone.then((code) => {
      if (code === conflictExitCode) reject(new AppError('database_busy', { path: root }));
      else reject(lockUnusable(root));
    });
  });
}

/** For us alone: whoever may open it, may hold it and keep us from starting. */
function makeLockFile(root: string): void {
  const path = join(root, 'lock');
  try {
    writeFileSync(path, '', { flag: 'a', mode: 0o600 });
    chmodSync(path, 0o600); // made by an earlier release
  } catch (cause) {
    throw lockUnusable(root, cause);
  }
}

function lockUnusable(root: string, cause?: unknown): AppError {
  return new AppError('data_directory_unusable', { path: root, because: 'its lock file cannot be opened' }, cause);
}
