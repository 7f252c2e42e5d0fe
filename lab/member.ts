import { setEgress } from './egress.ts';
import { type LossWay, setLoss } from './loss.ts';
import { setCable } from './network.ts';
import { leaderOf, type MemberOptions, powerOff, powerOn } from './power.ts';
import { CommandFailed, type Finished, type RunOptions, run } from './shell.ts';

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
  /** Loses that percentage of its packets until set to 0; one way only with 'sent' or 'received', seen from the host. */
  lose(percent: number, way?: LossWay): Promise<void>;
  /** The control plane sees it from that address instead of its own, until set to null. */
  seenFrom(address: string | null): Promise<void>;
}

const memberEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
  TERM: 'dumb',
};
const replaceFile = 'mkdir -p "$(dirname "$1")" && cat >"$1.new" && chmod "$2" "$1.new" && mv -f "$1.new" "$1"';

/** Put before a program to run it in the booted host with this pid 1. */
export function enterHost(pid: number): string[] {
  return ['nsenter', '-t', String(pid), '-m', '-p', '-n', '-u', '-i', '--'];
}

export function labMember(options: MemberOptions): LabMember {
  const { plan, host, paths, zone } = options;
  const pidFile = paths.pidFile(host.name);
  const leader = (): number | null => leaderOf(pidFile);
  const inside = async (argv: readonly string[], runOptions: RunOptions = {}): Promise<Finished> => {
    const pid = leader();
    if (pid === null) throw new Error(`${host.name} is powered off.`);
    return run([...enterHost(pid), ...argv], { ...runOptions, env: { ...memberEnvironment, ...runOptions.env } });
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
    lose: (percent, way) => setLoss(plan, host, percent, way),
    seenFrom: (address) => setEgress(plan, host, address),
  };
}
