import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../../lab/shell.ts';
import type { LockedPackage } from './runtimes.ts';

/** How one file of JavaScript becomes a program. Raise nothing here by habit: every option is part of what `builtFrom` names. */
export const compileOptions = [
  '--compile',
  '--bytecode',
  '--format=esm',
  // A file that lies about in the agent's working directory must not change it.
  '--no-compile-autoload-dotenv',
  '--no-compile-autoload-bunfig',
] as const;

export interface Bundle {
  /** The agent and all that it imports, as one file. */
  readonly file: string;
  readonly builtFrom: string;
}

/**
 * The agent's sources as one file of JavaScript, and the hash of that, of the options and of the runtimes. Both architectures are compiled
 * from this file, not from the sources, so that `builtFrom` names what was compiled even while somebody edits. Takes about 0.1 s.
 */
export async function bundleAgent(
  bun: string,
  repository: string,
  scratch: string,
  runtimes: readonly LockedPackage[],
): Promise<Bundle> {
  const file = join(scratch, 'serverctl-agent.js');
  const from = 'apps/agent/src/main.ts';
  await mustRun([bun, 'build', '--target=bun', '--format=esm', from, `--outfile=${file}`], { cwd: repository });
  const hash = createHash('sha256').update(await readFile(file));
  hash.update(JSON.stringify([compileOptions, runtimes.map(({ name, integrity }) => [name, integrity])]));
  return { file, builtFrom: hash.digest('hex') };
}
