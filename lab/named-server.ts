import { chmodSync, copyFileSync, existsSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeExit } from './exit.ts';
import type { NamedPrograms } from './named-binary.ts';
import { ended, forget, isAlive, recall, signal, start } from './started.ts';

const startTimeoutMs = 10_000;

/** One named: where it lives and how it is put in place. */
export interface NamedServer {
  programs: NamedPrograms;
  directory: string;
  pidFile: string;
  logFile: string;
  launcher: readonly string[];
  keep: boolean;
}

export async function startNamed(server: NamedServer): Promise<void> {
  const { programs, directory, pidFile, logFile, launcher, keep } = server;
  if (isAlive(recall(pidFile))) return;
  if (existsSync(logFile)) truncateSync(logFile);
  // A copy: Debian's AppArmor profile holds /usr/sbin/named to the system's directories.
  const named = join(directory, 'named');
  rmSync(named, { force: true });
  copyFileSync(programs.named, named);
  chmodSync(named, 0o755);
  // One thread is plenty, and -g keeps it in the foreground with its log on standard error.
  const argv = [...launcher, named, '-g', '-n', '1', '-c', join(directory, 'named.conf')];
  const started = start(argv, { pidFile, logFile, env: programEnv(programs), keep });
  if (!keep) beforeExit(() => signal(started, 'SIGKILL'));
  for (let waitedMs = 0; waitedMs < startTimeoutMs; waitedMs += 10) {
    const log = existsSync(logFile) ? readFileSync(logFile, 'utf8') : '';
    if (/ running$/m.test(log)) return;
    if (!isAlive(started)) break;
    await sleep(10);
  }
  signal(started, 'SIGKILL');
  const lastWords = readFileSync(logFile, 'utf8').trim().split('\n').slice(-8).join('\n');
  throw new Error(`BIND did not start; its log (${logFile}) ends with:\n${lastWords}`);
}

export async function stopNamed(pidFile: string): Promise<void> {
  const started = recall(pidFile);
  signal(started, 'SIGCONT'); // a paused one would not hear the end
  signal(started, 'SIGTERM');
  if (!(await ended(started, 5_000))) signal(started, 'SIGKILL');
  await ended(started, 1_000);
  forget(pidFile);
}

export function programEnv(programs: NamedPrograms): NodeJS.ProcessEnv {
  return { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C', ...programs.env };
}
