import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dieWithUs, freePort, run, startBind } from '@serverctl/lab';
import { endChild } from './children.ts';
import { paths } from './paths.ts';
import type { Stage, StageMember } from './stage.ts';
import { makeStageDirectory } from './stage-directory.ts';

/*
 * The same play without root: control plane, agents and BIND are processes on loopback. The agents are the real ones, but they ask a
 * simulated service manager (a file) instead of systemd, and no HAProxy runs: whoever shows this says so.
 */
export async function localStage(members: number, onProgress: (line: string) => void): Promise<Stage> {
  const { path: directory, remove } = await makeStageDirectory(tmpdir());
  const children: ChildProcess[] = [];
  const bind = await startBind({ directory: join(directory, 'bind'), zone: 'demo.test' });
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
    directory,
    members: await Promise.all(
      Array.from({ length: members }, (_, index) =>
        localMember(`m${index + 1}`, index, join(directory, `m${index + 1}`), bind.zone, start),
      ),
    ),
    dns: { address: bind.address, port: bind.port, zone: bind.zone, key: bind.keys.serverctl },
    planeAddress: '127.0.0.1',
    planePort: await freePort('127.0.0.1'),
    runAtPlane: (argv, options) => run(argv, options),
    spawnAtPlane: start,
    spawnAtClient: (argv) => start(argv, { env: process.env, stdio: ['ignore', 'pipe', 2] }),
    async down() {
      await Promise.all(children.map(endChild));
      await bind.stop();
      await remove();
    },
  };
}

async function localMember(
  name: string,
  index: number,
  directory: string,
  zone: string,
  start: Stage['spawnAtPlane'],
): Promise<StageMember> {
  await mkdir(directory, { recursive: true });
  const logFile = join(directory, 'agent.log');
  const stateFile = join(directory, 'units.json');
  const hostname = `${name}.${zone}`;
  const setHaproxy = async (activeState: string, subState: string) => {
    // Renamed into place: the agent never reads half a file.
    await writeFile(`${stateFile}.new`, JSON.stringify({ units: { 'haproxy.service': { activeState, subState } } }));
    await rename(`${stateFile}.new`, stateFile);
  };
  await setHaproxy('active', 'running');
  const agent = [process.execPath, paths.agent];
  const stateDirectory = join(directory, 'agent');
  let running: ChildProcess | null = null;
  return {
    name,
    hostname,
    // TEST-NET-1 (RFC 5737): nothing is ever sent there, the record only names it.
    address: `192.0.2.${11 + index}`,
    egress: '127.0.0.1',
    async startAgent({ url, caFile, secret }) {
      const enrolled = await run(
        [...agent, 'enrol', '--url', url, '--ca-file', caFile, '--hostname', hostname, '--state-dir', stateDirectory],
        { input: `${secret}\n` },
      );
      if (enrolled.status !== 0) throw new Error(`${name}: enrolment failed: ${enrolled.stderr || enrolled.stdout}`);
      const log = await open(logFile, 'a');
      running = start([...agent, 'run', '--state-dir', stateDirectory, '--service-manager', `simulated:${stateFile}`], {
        env: process.env,
        stdio: ['ignore', log.fd, log.fd],
      });
      await log.close();
    },
    log: () => readFile(logFile, 'utf8'),
    stopHaproxy: () => setHaproxy('inactive', 'dead'),
    startHaproxy: () => setHaproxy('active', 'running'),
    // No cable to pull: the agent stands still.
    cut: async () => void running?.kill('SIGSTOP'),
    heal: async () => void running?.kill('SIGCONT'),
  };
}
