import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Stage } from './stage.ts';

/**
 * Starts an emulator's program where the control plane stands, with its settings in a file of its own, since they hold keys. Resolves to the one
 * line that it prints when it listens; it ends with the stage.
 */
export async function startEmulator<Listens>(stage: Stage, program: string, settings: object): Promise<Listens> {
  const path = fileURLToPath(program);
  const file = join(stage.directory, `${basename(path)}.json`);
  await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
  const child = stage.spawnAtPlane([process.execPath, path, file], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 2],
  });
  if (child.stdout === null) throw new Error('the emulator has no output');
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([once(lines, 'line'), once(lines, 'close')]);
  if (line === undefined) throw new Error(`${basename(path)} ended at once; see above`);
  return JSON.parse(String(line)) as Listens; // our own program's first line
}
