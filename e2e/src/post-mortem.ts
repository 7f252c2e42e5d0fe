import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { paths } from './paths.ts';
import type { Stage } from './stage.ts';

/** The control plane's log on a stage. */
export function planeLog(stage: Stage): string {
  return join(stage.directory, 'plane.log');
}

/** Copies the logs, and nothing else of a run, into e2e/artifacts/<name>/. */
export async function keepLogs(name: string, stage: Stage): Promise<string> {
  const directory = join(paths.root, 'e2e/artifacts', name);
  await rm(directory, { recursive: true, force: true }); // of an earlier run
  await mkdir(directory, { recursive: true });
  await copyFile(planeLog(stage), join(directory, 'plane.log')).catch(() => undefined);
  for (const member of stage.members) {
    const log = await member.log().catch(() => null);
    await writeFile(join(directory, `${member.name}.log`), log ?? 'not reachable');
  }
  return directory;
}

/** The last lines of a log file; empty where there is none. */
export async function lastLines(file: string, count = 12): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
