import type { ChildProcess } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endChild, killChild } from './children.ts';
import { paths } from './paths.ts';
import { lastLines, planeLog } from './post-mortem.ts';
import type { Stage } from './stage.ts';

/** A running control plane on a stage, and its command line. */
export interface Plane {
  readonly url: string;
  /** Of its own CA. */
  readonly caFile: string;
  readonly dataDirectory: string;
  readonly logFile: string;
  readonly environment: NodeJS.ProcessEnv;
  /** `serverctl … --json` where the control plane stands; throws with its words when it fails. */
  cli<Reply = unknown>(...args: readonly string[]): Promise<Reply>;
  /** The same without throwing: for what must be refused. */
  tryCli(...args: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }>;
  stop(): Promise<void>;
  /** As a power cut would: nothing is released, nothing is said. Its database goes with it. */
  kill(): Promise<void>;
}

/**
 * Starts the server as in production on an embedded database of its own, and waits until it is ready. A second start on the same stage,
 * after the first has ended, goes on with the same data. `settings` are further environment variables of the server.
 */
export async function startPlane(stage: Stage, settings: NodeJS.ProcessEnv = {}): Promise<Plane> {
  const listen = `${stage.planeAddress}:${stage.planePort}`;
  const url = `https://${listen}`;
  const dataDirectory = join(stage.directory, 'plane');
  const logFile = planeLog(stage);
  const environment: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    SERVERCTL_DATA_DIR: dataDirectory,
    SERVERCTL_LISTEN: listen,
    SERVERCTL_PUBLIC_URLS: url,
    SERVERCTL_DNS_START_POINTS: `${stage.dns.address}:${stage.dns.port}`,
    SERVERCTL_ALLOW_PRIVATE_TARGETS: `${stage.dns.address}:${stage.dns.port}`,
    SERVERCTL_URL: url,
    ...settings,
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
  return {
    url,
    caFile: join(dataDirectory, 'tls/ca.pem'),
    dataDirectory,
    logFile,
    environment,
    tryCli,
    cli,
    stop: () => endChild(child),
    kill: () => killChild(child),
  };
}

async function untilReady(
  child: ChildProcess,
  ask: () => Promise<{ status: number; stderr: string }>,
  logFile: string,
): Promise<void> {
  let refused = '';
  for (let attempt = 0; attempt < 120; attempt += 1) {
    if (child.exitCode !== null)
      throw new Error(`The control plane ended with status ${child.exitCode}:\n${await lastLines(logFile)}`);
    const { status, stderr } = await ask();
    if (status === 0) return;
    refused = stderr.trimEnd();
    await sleep(250);
  }
  throw new Error(`The control plane did not become ready:\n${await lastLines(logFile)}\nserverctl says:\n${refused}`);
}
