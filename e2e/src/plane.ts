import type { ChildProcess } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { paths } from './paths.ts';
import type { Stage } from './stage.ts';

/** A running control plane on a stage, and its command line. */
export interface Plane {
  readonly url: string;
  readonly dataDirectory: string;
  readonly logFile: string;
  readonly environment: NodeJS.ProcessEnv;
  /** `serverctl … --json` where the control plane stands; throws with its words when it fails. */
  cli<Reply = unknown>(...args: readonly string[]): Promise<Reply>;
  /** The same without throwing: for what must be refused. */
  tryCli(...args: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }>;
  stop(): Promise<void>;
}

const port = 7400;

/** Starts the server as in production on an embedded database of its own, and waits until it is ready. */
export async function startPlane(stage: Stage): Promise<Plane> {
  const url = `http://${stage.planeAddress}:${port}`;
  const dataDirectory = join(stage.directory, 'plane');
  const logFile = join(stage.directory, 'plane.log');
  const environment: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    SERVERCTL_DATA_DIR: dataDirectory,
    SERVERCTL_LISTEN: `${stage.planeAddress}:${port}`,
    SERVERCTL_PUBLIC_URLS: url,
    SERVERCTL_DNS_START_POINTS: `${stage.dns.address}:${stage.dns.port}`,
    SERVERCTL_ALLOW_PRIVATE_TARGETS: `${stage.dns.address}:${stage.dns.port}`,
    SERVERCTL_URL: url,
  };
  const log = await open(logFile, 'a');
  const child = stage.spawnAtPlane([process.execPath, paths.server], {
    env: environment,
    stdio: ['ignore', log.fd, log.fd],
  });
  await log.close();

  const tryCli: Plane['tryCli'] = (...args) =>
    stage.runAtPlane([process.execPath, paths.cli, ...args], { env: environment });
  const cli: Plane['cli'] = async (...args) => {
    const finished = await tryCli(...args, '--json');
    if (finished.status !== 0)
      throw new Error(`serverctl ${args.join(' ')} (${finished.status}): ${finished.stderr}${finished.stdout}`);
    return JSON.parse(finished.stdout);
  };
  await untilReady(child, () => tryCli('pool', 'list', '--json'), logFile);
  return { url, dataDirectory, logFile, environment, tryCli, cli, stop: () => stop(child) };
}

async function untilReady(child: ChildProcess, ask: () => Promise<{ status: number }>, logFile: string): Promise<void> {
  for (let attempt = 0; attempt < 120; attempt += 1) {
    if (child.exitCode !== null)
      throw new Error(`The control plane ended with status ${child.exitCode}; see ${logFile}.`);
    if ((await ask()).status === 0) return;
    await sleep(250);
  }
  throw new Error(`The control plane did not become ready; see ${logFile}.`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const stubborn = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await ended;
  clearTimeout(stubborn);
}
