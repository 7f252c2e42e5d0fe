import { existsSync, readFileSync } from 'node:fs';
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { enterCgroups, makeCgroups } from './cgroup.ts';
import type { LabPaths } from './lab-paths.ts';
import { setLoss } from './loss.ts';
import { memberFiles } from './member-files.ts';
import { isPluggedIn, plugIn, setCable, unplug } from './network.ts';
import type { Plan, PlannedHost } from './plan.ts';
import { repositoryDirectory } from './settings.ts';
import { CommandFailed, type Finished, mustRun, type RunOptions, run } from './shell.ts';
import { dieWithUs, ended, forget, isAlive, recall, signal, start } from './started.ts';

/** A booted Debian host with systemd and HAProxy. */
export interface LabMember {
  readonly name: string;
  readonly hostname: string;
  readonly address: string;
  readonly namespace: string;
  /** Its systemd, as this machine numbers it; null while it is off. */
  readonly leaderPid: number | null;
  /** What the host said while it booted. */
  readonly consoleFile: string;
  run(argv: readonly string[], options?: RunOptions): Promise<Finished>;
  /** Replaces the file in one step, making its directories. Mode 0644 unless said otherwise. */
  writeFile(path: string, content: string, mode?: number): Promise<void>;
  readFile(path: string): Promise<string>;
  /** Power loss: every process is gone at once and nothing is said on the wire, then or later. */
  powerOff(): Promise<void>;
  /** Boots from the same disk, with the cable plugged in; resolves when HAProxy and D-Bus answer. */
  powerOn(): Promise<void>;
  cut(): Promise<void>;
  heal(): Promise<void>;
  /** Loses that percentage of its packets each way, until set to 0. */
  lose(percent: number): Promise<void>;
}

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
const memberEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
  TERM: 'dumb',
};
/** systemd-nspawn with --keep-unit leaves a reboot to whoever started it, and says so with this status. */
const againOnReboot = ['sh', '-c', 'while "$@"; [ $? -eq 133 ]; do :; done', 'again-on-reboot'];
const replaceFile = 'mkdir -p "$(dirname "$1")" && cat >"$1.new" && chmod "$2" "$1.new" && mv -f "$1.new" "$1"';

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

export function labMember(options: MemberOptions): LabMember {
  const { plan, host, paths, zone } = options;
  const pidFile = paths.pidFile(host.name);
  const leader = (): number | null => leaderOf(pidFile);
  const inside = async (argv: readonly string[], runOptions: RunOptions = {}): Promise<Finished> => {
    const pid = leader();
    if (pid === null) throw new Error(`${host.name} is powered off.`);
    const entry = ['nsenter', '-t', String(pid), '-m', '-p', '-n', '-u', '-i', '--'];
    return run([...entry, ...argv], { ...runOptions, env: { ...memberEnvironment, ...runOptions.env } });
  };
  const insideOrThrow = async (argv: readonly string[], runOptions?: RunOptions): Promise<string> => {
    const finished = await inside(argv, runOptions);
    if (finished.status !== 0) throw new CommandFailed([`${host.name}:`, ...argv], finished);
    return finished.stdout;
  };
  return {
    name: host.name,
    hostname: `${host.name}.${zone}`,
    address: host.address,
    namespace: host.namespace,
    consoleFile: paths.logFile(host.name),
    get leaderPid() {
      return leader();
    },
    run: inside,
    async writeFile(path, content, mode = 0o644) {
      await insideOrThrow(['sh', '-c', replaceFile, 'replace-file', path, mode.toString(8)], { input: content });
    },
    readFile: (path) => insideOrThrow(['cat', '--', path]),
    powerOff: () => powerOff(options),
    powerOn: () => powerOn(options),
    cut: () => setCable(plan, host, 'down'),
    heal: () => setCable(plan, host, 'up'),
    lose: (percent) => setLoss(plan, host, percent),
  };
}

async function powerOff({ plan, host, paths }: MemberOptions): Promise<void> {
  const pidFile = paths.pidFile(host.name);
  const loop = recall(pidFile);
  const pid = leaderOf(pidFile);
  // The cable first: the kernel closes a dead process's connections, which the others would see.
  if (isPluggedIn(host)) await setCable(plan, host, 'down');
  if (pid !== null) process.kill(pid, 'SIGKILL'); // pid 1 of its namespace: all others go with it
  if (!(await ended(loop, 5_000))) signal(loop, 'SIGKILL');
  await ended(loop, 5_000);
  forget(pidFile);
  if (isPluggedIn(host)) await unplug(plan, host);
}

async function powerOn(options: MemberOptions): Promise<void> {
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
function leaderOf(pidFile: string): number | null {
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
