import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bind, dieWithUs, freePort, run, startBind } from '@serverctl/lab';
import { endChild } from './children.ts';
import { paths } from './paths.ts';
import { simulatedUnit } from './simulated-unit.ts';
import type { Stage, StageMember } from './stage.ts';
import { makeStageDirectory } from './stage-directory.ts';
import { type StandIn, startStandIn } from './stand-in.ts';

/** A host whose HAProxy is a line in a file: what it carries is what a test says. */
export interface LocalMember extends StageMember {
  /** From the next reading on, which comes within about 5 s, its HAProxy says that it carries this. */
  carry(sessions: number, requestRate: number): Promise<void>;
}

/** `nameServer`: the BIND behind `dns`, for what happens to a provider. */
export interface LocalStage extends Stage<LocalMember> {
  readonly nameServer: Bind;
}

/** Of the name server, and of the hosts unless another is given. */
const zone = 'demo.test';

export interface LocalStageOptions {
  /** Where the hosts' names are: every page that shows a host shows it. */
  readonly domain?: string;
  /** Whether something listens in each HAProxy's place and is what it says that it carries; else nothing does, and `carry` says it. */
  readonly standIns?: boolean;
}

/*
 * The same play without root: control plane, agents and BIND are processes on loopback. The agents are the real ones, but they ask a
 * simulated service manager (a file) instead of systemd, and no HAProxy runs: whoever shows this says so.
 */
export async function localStage(
  members: number,
  onProgress: (line: string) => void,
  { domain = zone, standIns = false }: LocalStageOptions = {},
): Promise<LocalStage> {
  const { path: directory, remove } = await makeStageDirectory(tmpdir());
  const children: ChildProcess[] = [];
  const ends: (() => void)[] = [];
  const onDown = (end: () => void) => void ends.push(end);
  const bind = await startBind({ directory: join(directory, 'bind'), zone });
  onProgress(`BIND serves ${bind.zone} at ${bind.address} port ${bind.port}`);
  const start = (argv: readonly string[], options: Parameters<Stage['spawnAtPlane']>[1]) => {
    const [command = '', ...args] = [...dieWithUs, ...argv];
    // Out of the terminal's reach: Ctrl+C is for us, who end them in order.
    const child = spawn(command, args, { ...options, detached: options.stdio !== 'inherit' });
    children.push(child);
    return child;
  };
  return {
    hosts: 'local',
    nameServer: bind,
    directory,
    members: await Promise.all(
      Array.from({ length: members }, async (_, index) => {
        const name = `m${index + 1}`;
        const standIn = standIns ? await startStandIn(name) : null;
        return localMember({ name, index, domain, standIn, start, onDown, directory: join(directory, name) });
      }),
    ),
    dns: { address: bind.address, port: bind.port, zone: bind.zone, key: bind.keys.serverctl, hand: bind.keys.hand },
    planeAddress: '127.0.0.1',
    planePort: await freePort('127.0.0.1'),
    runAtPlane: (argv, options) => run(argv, options),
    spawnAtPlane: start,
    spawnAtClient: (argv) => start(argv, { env: process.env, stdio: ['ignore', 'pipe', 2] }),
    async down() {
      for (const end of ends) end();
      await Promise.all(children.map(endChild));
      await bind.stop();
      await remove();
    },
  };
}

interface LocalMemberPlan {
  readonly name: string;
  readonly index: number;
  readonly directory: string;
  readonly domain: string;
  readonly standIn: StandIn | null;
  readonly start: Stage['spawnAtPlane'];
  readonly onDown: (end: () => void) => void;
}

async function localMember(plan: LocalMemberPlan): Promise<LocalMember> {
  const { name, index, directory, domain, standIn, start, onDown } = plan;
  await mkdir(directory, { recursive: true });
  const logFile = join(directory, 'agent.log');
  const hostname = `${name}.${domain}`;
  const unit = await simulatedUnit(join(directory, 'units.json'));
  if (standIn !== null) {
    const timer = setInterval(() => void unit.carry(standIn.look()).catch(() => undefined), 1_000);
    onDown(() => clearInterval(timer));
  }
  const agent = [process.execPath, paths.agent];
  const stateDirectory = join(directory, 'agent');
  let running: ChildProcess | null = null;
  let isCut = false;
  return {
    name,
    hostname,
    // TEST-NET-1 (RFC 5737): nothing is ever sent there, the record only names it.
    address: `192.0.2.${11 + index}`,
    egress: '127.0.0.1',
    service: standIn === null ? null : { host: '127.0.0.1', port: standIn.port },
    async startAgent({ url, caFile, secret }) {
      const enrolled = await run(
        [...agent, 'enrol', '--url', url, '--ca-file', caFile, '--hostname', hostname, '--state-dir', stateDirectory],
        { input: `${secret}\n` },
      );
      if (enrolled.status !== 0) throw new Error(`${name}: enrolment failed: ${enrolled.stderr || enrolled.stdout}`);
      const log = await open(logFile, 'a');
      running = start(
        [
          ...agent,
          'run',
          '--state-dir',
          stateDirectory,
          '--service-manager',
          `simulated:${join(directory, 'units.json')}`,
        ],
        {
          env: process.env,
          stdio: ['ignore', log.fd, log.fd],
        },
      );
      await log.close();
    },
    log: () => readFile(logFile, 'utf8'),
    async stopHaproxy() {
      await standIn?.shut();
      await unit.set('inactive', 'dead');
    },
    async startHaproxy() {
      if (!isCut) await standIn?.open(); // else once it is plugged in
      await unit.set('active', 'running');
    },
    // No cable to pull: the agent stands still, and nobody gets through.
    async cut() {
      isCut = true;
      running?.kill('SIGSTOP');
      await standIn?.shut();
    },
    async heal() {
      isCut = false;
      if (unit.isActive()) await standIn?.open();
      running?.kill('SIGCONT');
    },
    carry: (sessions, requestRate) =>
      unit.carry({
        version: '3.0.0',
        uptimeSeconds: 60,
        sessions,
        sessionRate: Math.ceil(requestRate / 10),
        requestRate,
      }),
  };
}
