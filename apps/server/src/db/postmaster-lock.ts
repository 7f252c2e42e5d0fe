import { readFile, readlink, realpath, writeFile } from 'node:fs/promises';
import { AppError } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';

/*
 * What a crash may have left in PostgreSQL's own lock, `postmaster.pid`. Only the holder of the process lock looks here, so a postmaster
 * that lives is one of these:
 *   orphan      its control plane was killed and it is shutting down → wait for it
 *   by hand     somebody started it → `database_busy`
 * and a number whose process is gone, or was given to something else, is nobody's: PostgreSQL may take the cluster.
 */

const orphanPatienceMs = 10_000;
const pollMs = 20;

/** Returns when the cluster is free to be started; throws `database_busy` when it will not be. */
export async function claimCluster(cluster: string, clock: Clock): Promise<void> {
  const giveUpAt = clock.now() + orphanPatienceMs;
  for (;;) {
    const pid = await livePostmaster(cluster);
    if (pid === null) return disownStaleLock(`${cluster}/postmaster.pid`);
    if (clock.now() >= giveUpAt) throw new AppError('database_busy', { path: cluster, pid });
    await clock.sleep(pollMs);
  }
}

/** The process id of the postmaster that runs on this cluster now, or null. A postmaster's working directory is its cluster. */
export async function livePostmaster(cluster: string): Promise<number | null> {
  const pid = Number.parseInt(await readFile(`${cluster}/postmaster.pid`, 'utf8').catch(() => ''), 10);
  if (!(pid > 0)) return null;
  const workingDirectory = await readlink(`/proc/${pid}/cwd`).catch(() => null);
  return workingDirectory !== null && workingDirectory === (await realpath(cluster)) ? pid : null;
}

/**
 * A lock left by a crash whose number now belongs to something else (a container starts counting from 1 again) would be believed by
 * PostgreSQL. Our own number, its parent's, is one that it takes as stale; it still checks the shared memory named below it, so backends
 * that outlived their postmaster are found. Deleting the file would lose that check.
 */
export async function disownStaleLock(file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return;
  await writeFile(file, text.replace(/^-?\d+/, `${process.pid}`));
}
