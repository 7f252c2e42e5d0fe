import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A process that we started, remembered in a file so that another command can end it later. A pid alone is no
 * name: the kernel gives it out again. Pid and start time together are.
 */
export interface Started {
  readonly pid: number;
  readonly startTicks: string;
}

export interface StartOptions {
  readonly pidFile: string;
  readonly logFile: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Survives the process that starts it. Otherwise the kernel kills it when we die, however we die. */
  readonly keep: boolean;
}

/** Starts a program that runs in the background with its output in a file. */
export function start(argv: readonly string[], options: StartOptions): Started {
  const [command = '', ...args] = [...(options.keep ? [] : dieWithUs), ...argv];
  const log = openSync(options.logFile, 'a');
  try {
    const child = spawn(command, args, { stdio: ['ignore', log, log], detached: true, env: options.env });
    child.on('error', () => undefined); // seen by the caller as "not running", with the log to read
    child.unref();
    if (child.pid === undefined) throw new Error(`${command} cannot be started: is it installed?`);
    const started = { pid: child.pid, startTicks: readStartTicks(child.pid) ?? '' };
    remember(options.pidFile, started);
    return started;
  } finally {
    closeSync(log);
  }
}

/** Put before a program: the kernel ends it with the thread that started it. */
export const dieWithUs: readonly string[] = ['setpriv', '--pdeathsig', 'KILL', '--'];

export function remember(pidFile: string, started: Started): void {
  writeFileSync(pidFile, `${started.pid} ${started.startTicks}\n`);
}

export function recall(pidFile: string): Started | null {
  if (!existsSync(pidFile)) return null;
  const [pid, startTicks] = readFileSync(pidFile, 'utf8').trim().split(' ');
  return pid && startTicks ? { pid: Number(pid), startTicks } : null;
}

export function forget(pidFile: string): void {
  rmSync(pidFile, { force: true });
}

export function identify(pid: number): Started | null {
  const startTicks = readStartTicks(pid);
  return startTicks === null ? null : { pid, startTicks };
}

export function isAlive(started: Started | null): started is Started {
  return started !== null && readStartTicks(started.pid) === started.startTicks;
}

/** Signals the process only if it is still the one that was started. */
export function signal(started: Started | null, name: NodeJS.Signals): boolean {
  if (!isAlive(started)) return false;
  try {
    return process.kill(started.pid, name);
  } catch {
    return false; // it ended in between
  }
}

/** True when it has ended within the time given. */
export async function ended(started: Started | null, withinMs: number): Promise<boolean> {
  for (let waitedMs = 0; isAlive(started); waitedMs += 5) {
    if (waitedMs >= withinMs) return false;
    await sleep(5);
  }
  return true;
}

export function endedSync(started: Started | null, withinMs: number): boolean {
  for (let waitedMs = 0; isAlive(started); waitedMs += 5) {
    if (waitedMs >= withinMs) return false;
    sleepSync(5);
  }
  return true;
}

export function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Field 22 of /proc/PID/stat; null for what does not run, and for a zombie, which only waits to be reaped. */
function readStartTicks(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
