import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { endChild } from '@serverctl/e2e/children';
import { dieWithUs } from '@serverctl/lab';

/** A process that goes when we go, however that is. */
export interface Child {
  readonly process: ChildProcess;
  readonly pid: number;
  /** Resolves with how it ended, for people. */
  readonly ended: Promise<string>;
  end(): Promise<void>;
}

/** In a process group of its own: Ctrl+C is for us, who end the children in order. */
export function startChild(argv: readonly string[], options: SpawnOptions): Child {
  const [command = '', ...args] = [...dieWithUs, ...argv];
  const child = spawn(command, args, { ...options, detached: true });
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ?? `status ${code}`));
  });
  ended.catch(() => undefined); // who waits for it hears of it
  return { process: child, pid: child.pid ?? 0, ended, end: () => endChild(child) };
}
