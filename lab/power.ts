import { existsSync, readFileSync } from 'node:fs';
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { enterCgroups, makeCgroups } from './cgroup.ts';
import type { LabPaths } from './lab-paths.ts';
import { memberFiles } from './member-files.ts';
import { isPluggedIn, plugIn, setCable, unplug } from './network.ts';
import type { Plan, PlannedHost } from './plan.ts';
import { repositoryDirectory } from './settings.ts';
import { mustRun } from './shell.ts';
import { dieWithUs, ended, forget, identify, isAlive, recall, signal, start } from './started.ts';

export interface MemberOptions {
  readonly plan: Plan;
  readonly host: PlannedHost;
  readonly paths: LabPaths;
  readonly zone: string;
  readonly keep: boolean;
}

const bootTimeoutMs = 60_000;
/** HAProxy's socket appears with its listeners, so a file says that the host is up, without a program asking. */
const readyFiles = ['run/haproxy/admin.sock', 'run/dbus/system_bus_socket'];
/** systemd-nspawn with --keep-unit leaves a reboot to whoever started it, and says so with this status. */
const againOnReboot = ['sh', '-c', 'while "$@"; [ $? -eq 133 ]; do :; done', 'again-on-reboot'];

/** Lays the member's disk over the root. Done once; what is written there survives powerOff. */
export async function makeDisk(options: MemberOptions, root: string): Promise<void> {
  const { plan, host, paths, zone } = options;
  const { upper, work, mount } = paths.disk(host.name);
  for (const directory of [upper, work, mount]) await mkdir(directory, { recursive: true });
  for (const file of memberFiles(plan, host, zone)) {
    await mkdir(dirname(join(upper, file.path)), { recursive: true });
    await writeFile(join(upper, file.path), file.content);
  }
  const layers = `lowerdir=${root},upperdir=${upper},workdir=${work}`;
  await mustRun(['mount', '-t', 'overlay', host.namespace, '-o', layers, mount]);
}

export async function powerOff({ plan, host, paths }: MemberOptions): Promise<void> {
  const pidFile = paths.pidFile(host.name);
  const loop = recall(pidFile);
  const pid = leaderOf(pidFile);
  // The cable first: the kernel closes a dead process's connections, which the others would see.
  if (isPluggedIn(host)) await setCable(plan, host, 'down');
  if (pid !== null) signal(identify(pid), 'SIGKILL'); // pid 1 of its namespace: all others go with it
  if (!(await ended(loop, 5_000))) signal(loop, 'SIGKILL');
  await ended(loop, 5_000);
  forget(pidFile);
  if (isPluggedIn(host)) await unplug(plan, host);
}

export async function powerOn(options: MemberOptions): Promise<void> {
  const { plan, host, paths } = options;
  const pidFile = paths.pidFile(host.name);
  if (isAlive(recall(pidFile))) return;
  if (!isPluggedIn(host)) await plugIn(plan, host);
  const inCgroups = enterCgroups(makeCgroups(host.namespace));
  const argv = [...againOnReboot, ...(options.keep ? [] : dieWithUs), ...inCgroups, ...(await nspawnArgv(options))];
  const logFile = paths.logFile(host.name);
  const loop = start(argv, { pidFile, logFile, keep: options.keep });
  for (let waitedMs = 0; waitedMs < bootTimeoutMs; waitedMs += 10) {
    if (!isAlive(loop)) break;
    const pid = leaderOf(pidFile);
    if (pid !== null && readyFiles.every((file) => existsSync(`/proc/${pid}/root/${file}`))) return;
    await sleep(10);
  }
  const lastWords = readFileSync(logFile, 'utf8').trim().split('\n').slice(-8).join('\n');
  throw new Error(`${host.name} did not boot; its console (${logFile}) ends with:\n${lastWords}`);
}

async function nspawnArgv({ host, paths, zone }: MemberOptions): Promise<string[]> {
  return [
    ...['systemd-nspawn', '--quiet', '--register=no', '--keep-unit', '--link-journal=no', '--resolv-conf=off'],
    ...['--timezone=off', '--console=read-only', '--settings=no'],
    ...[`--machine=${host.namespace}`, `--hostname=${host.name}.${zone}`],
    '--capability=CAP_NET_ADMIN,CAP_NET_RAW', // keepalived, nftables
    `--network-namespace-path=/run/netns/${host.namespace}`,
    `--bind-ro=${repositoryDirectory}:/opt/serverctl`,
    `--bind-ro=${await realpath(process.execPath)}:/opt/node/bin/node`,
    `--directory=${paths.disk(host.name).mount}`,
    '--boot',
  ];
}

/** The member's pid 1. Looked up each time: a reboot from inside gives the member another one. */
export function leaderOf(pidFile: string): number | null {
  const loop = recall(pidFile);
  if (!isAlive(loop)) return null;
  const grandchildren = childrenOf(loop.pid).flatMap(childrenOf); // loop, systemd-nspawn, systemd
  return grandchildren.find(isInit) ?? null;
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** systemd-nspawn has a short-lived child while it prepares the host; only the last one is pid 1 inside. */
function isInit(pid: number): boolean {
  try {
    return /^NSpid:.*\t1$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
