import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Rfc2136Key } from '../rfc2136/schema.ts';
import type { Endpoint } from '../transport/transport-error.ts';
import { type BindKeyName, makeKeys, renderConfig, renderKey, renderZone } from './bind-config.ts';
import { type Finished, runProgram } from './program.ts';

/** The zone of a test server and where it listens. */
export interface TestBindOptions {
  /** Default `example.test`. */
  readonly zone?: string;
  /** Default 127.0.0.1. */
  readonly address?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** More lines for the zone file. */
  readonly records?: readonly string[];
  /** Makes it a recursive resolver that asks this server for the zone, and keeps the answers for their TTL. */
  readonly cacheOf?: Endpoint;
}

/** A real BIND of one dynamic zone, for tests. */
export interface TestBind {
  readonly address: string;
  readonly port: number;
  readonly zone: string;
  readonly keys: Readonly<Record<BindKeyName, Rfc2136Key>>;
  /** Runs nsupdate with this script; server and zone are filled in. Status 0 = done, 2 = the server said no. */
  nsupdate(script: readonly string[], key?: BindKeyName): Promise<Finished>;
  /** `dig +norec +short`, one line an answer, sorted. */
  dig(name: string, type: string): Promise<string[]>;
  /** What the server has logged so far. */
  log(): string;
  /** Ends this one process and removes its directory. */
  stop(): Promise<void>;
}

const neededPrograms = ['named', 'nsupdate', 'dig'] as const;
/** A private copy, which lab/named-setup.ts finds or unpacks, so that no name server need be installed as a system service. */
const { PATH = '', SERVERCTL_BIND_PATH: bindPath = '', SERVERCTL_BIND_LIBRARIES: bindLibraries = '' } = process.env;
const searchPath = [bindPath, PATH, '/usr/sbin', '/usr/local/sbin'].filter((part) => part !== '').join(delimiter);
const environment = { PATH: searchPath, ...(bindLibraries === '' ? {} : { LD_LIBRARY_PATH: bindLibraries }) };

/** Why there can be no BIND here, in words, or null when it can be started. In CI a missing BIND is an error, never a reason to skip. */
export function whyNoBind(): string | null {
  const missing = neededPrograms.filter((name) => spawnSync(name, ['-v'], { env: environment }).error !== undefined);
  if (missing.length === 0) return null;
  const words = `${missing.join(', ')} not found: run this on Debian, or install bind9 and bind9-dnsutils`;
  if (process.env['CI']) throw new Error(words);
  return words;
}

/** Starts BIND in the foreground on a high port; it is ready when this resolves, and it never outlives this process. */
export async function startTestBind(options: TestBindOptions = {}): Promise<TestBind> {
  const { zone = 'example.test', address = '127.0.0.1', records = [], cacheOf = null } = options;
  const port = options.port ?? (await freePort(address));
  const keys = makeKeys();
  const root = await mkdtemp(join(tmpdir(), 'serverctl-bind-'));
  const directory = join(root, 'data');
  const keyFile = (name: BindKeyName) => join(root, `${name}.key`);
  await mkdir(directory);
  await writeFile(join(directory, 'zone.db'), renderZone(zone, address, records));
  await writeFile(join(root, 'named.conf'), renderConfig({ directory, address, port, zone, keys, cacheOf }));
  for (const name of Object.keys(keys) as BindKeyName[]) await writeFile(keyFile(name), renderKey(keys[name]));
  const server = await startNamed(root);
  const clients = { ...environment, HOME: root };

  return {
    address,
    port,
    zone,
    keys,
    nsupdate(script, key = 'sha256') {
      const input = [`server ${address} ${port}`, `zone ${zone}`, ...script, 'send', ''].join('\n');
      return runProgram(['nsupdate', '-v', '-k', keyFile(key)], input, clients);
    },
    async dig(name, type) {
      const { stdout } = await runProgram(
        ['dig', '+norec', '+short', '-p', `${port}`, `@${address}`, name, type],
        '',
        clients,
      );
      return stdout
        .split('\n')
        .filter((line) => line !== '')
        .sort();
    },
    log: () => server.lines.join('\n'),
    async stop() {
      if (server.child.exitCode === null && server.child.signalCode === null) {
        server.child.kill('SIGTERM');
        await once(server.child, 'exit');
      }
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function startNamed(root: string): Promise<{ child: ChildProcess; lines: string[] }> {
  // A copy, since Debian's AppArmor profile confines the program at its own path to its own directories.
  const program = join(root, 'named');
  await copyFile(await findNamed(), program);
  // setpriv lets the kernel end named with us, however we end; it becomes named, so that the pid is named's own.
  const named = [program, '-g', '-n', '2', '-c', join(root, 'named.conf')];
  const [launcher, ...argv] = ['setpriv', '--pdeathsig', 'KILL', '--', ...named] as const;
  const child = spawn(launcher, argv, { stdio: ['ignore', 'ignore', 'pipe'], env: environment });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stderr });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`named ended at once:\n${lines.slice(-10).join('\n')}`)));
    reader.on('line', (line) => {
      lines.push(line);
      if (/ running$/.test(line)) resolve();
    });
  });
  return { child, lines };
}

async function findNamed(): Promise<string> {
  for (const directory of searchPath.split(delimiter)) {
    const program = join(directory, 'named');
    const isThere = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return program;
  }
  throw new Error('named not found');
}

async function freePort(address: string): Promise<number> {
  const probe = createServer().listen(0, address);
  await once(probe, 'listening');
  const bound = probe.address();
  probe.close();
  await once(probe, 'close');
  if (bound === null || typeof bound === 'string') throw new Error('no free port');
  return bound.port;
}
