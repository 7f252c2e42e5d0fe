import { rmSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { identify, isAlive, recall, remember } from '@serverctl/lab';

/*
 * Where a run keeps logs, secrets and data. It goes away with the run: by remove(), else when the process exits, and for a process that
 * was killed outright by the next run, which finds the owner's pid and start time in the directory.
 */

const prefix = 'serverctl-stage-';
const ownerFile = (directory: string) => join(directory, 'owner');

export interface StageDirectory {
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes a directory that others may enter (the database runs unprivileged), after those of dead owners are gone. */
export async function makeStageDirectory(parent: string): Promise<StageDirectory> {
  await removeAbandoned(parent);
  const path = await mkdtemp(join(parent, prefix));
  const atExit = () => rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', atExit);
  await chmod(path, 0o755);
  const owner = identify(process.pid);
  if (owner !== null) remember(ownerFile(path), owner);
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true, maxRetries: 5 });
      process.off('exit', atExit);
    },
  };
}

/** Only directories that name a dead owner: one without an owner's file is being made, or is not ours. */
async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    if (!name.startsWith(prefix)) continue;
    const owner = recall(ownerFile(path));
    if (owner !== null && !isAlive(owner)) await rm(path, { recursive: true, force: true, maxRetries: 5 });
  }
}
