import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { delimiter } from 'node:path';
import { createInterface } from 'node:readline';

/** A private copy, which lab/named-setup.ts finds or unpacks, so that no name server need be installed as a system service. */
const { PATH = '', SERVERCTL_BIND_PATH: bindPath = '', SERVERCTL_BIND_LIBRARIES: bindLibraries = '' } = process.env;
/** Where BIND's programs are looked for. */
export const bindSearchPath = [bindPath, PATH, '/usr/sbin', '/usr/local/sbin']
  .filter((part) => part !== '')
  .join(delimiter);
/** What BIND's programs run with. */
export const bindEnvironment = environmentWith(bindSearchPath, bindLibraries);

/** The environment of a program whose libraries may be in a place of their own; '' = they are where they belong. */
export function environmentWith(path: string, libraries: string): NodeJS.ProcessEnv {
  return { PATH: path, ...(libraries === '' ? {} : { LD_LIBRARY_PATH: libraries }) };
}

/** A name server that runs, and what it has said. */
export interface Running {
  readonly lines: readonly string[];
  /** Ends this one process. */
  end(): Promise<void>;
}

/** Runs a name server that stays in the foreground, until this process ends; it is there once it says a line that `isReady`. */
export async function launch(argv: readonly string[], env: NodeJS.ProcessEnv, isReady: RegExp): Promise<Running> {
  // setpriv lets the kernel end the server with us, however we end; it becomes the server, so that the pid is the server's own.
  const [launcher, ...words] = ['setpriv', '--pdeathsig', 'KILL', '--', ...argv] as const;
  const child = spawn(launcher, words, { stdio: ['ignore', 'ignore', 'pipe'], env });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stderr });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`${argv[0]} ended at once:\n${lines.slice(-10).join('\n')}`)));
    reader.on('line', (line) => {
      lines.push(line);
      if (isReady.test(line)) resolve();
    });
  });
  return { lines, end: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** A port that nothing listens on over TCP. */
export async function freePort(address: string): Promise<number> {
  const probe = createServer().listen(0, address);
  await once(probe, 'listening');
  const bound = probe.address();
  probe.close();
  await once(probe, 'close');
  if (bound === null || typeof bound === 'string') throw new Error('no free port');
  return bound.port;
}
