import { spawnSync } from 'node:child_process';
import { access, constants, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Endpoint } from '../transport/transport-error.ts';
import { makeKeys, renderConfig, renderZone } from './bind-config.ts';
import { openTools, type TestNameServer } from './name-server.ts';
import { bindEnvironment, bindSearchPath, freePort, launch, type Running } from './programs.ts';

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
export type TestBind = TestNameServer;

const neededPrograms = ['named', 'nsupdate', 'dig'] as const;

/** Why there can be no BIND here, in words, or null when it can be started. In CI a missing BIND is an error, never a reason to skip. */
export function whyNoBind(): string | null {
  const missing = neededPrograms.filter(
    (name) => spawnSync(name, ['-v'], { env: bindEnvironment }).error !== undefined,
  );
  if (missing.length === 0) return null;
  const words = `${missing.join(', ')} not found: run this on Debian, or install bind9 and bind9-dnsutils`;
  if (process.env['CI']) throw new Error(words);
  return words;
}

/** Starts BIND in the foreground on a high port; it is ready when this resolves, and it never outlives this process. */
export async function startTestBind(options: TestBindOptions = {}): Promise<TestBind> {
  const { zone = 'example.test', address = '127.0.0.1', records = [], cacheOf = null } = options;
  const port = options.port ?? (await freePort(address));
  const place = { address, port, zone, keys: makeKeys() };
  const root = await mkdtemp(join(tmpdir(), 'serverctl-bind-'));
  const directory = join(root, 'data');
  await mkdir(directory);
  await writeFile(join(directory, 'zone.db'), renderZone(zone, address, records));
  await writeFile(join(root, 'named.conf'), renderConfig({ ...place, directory, cacheOf }));
  const tools = await openTools(root, place);
  const server = await startNamed(root);
  return {
    ...place,
    ...tools,
    log: () => server.lines.join('\n'),
    async stop() {
      await server.end();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function startNamed(root: string): Promise<Running> {
  // A copy, since Debian's AppArmor profile confines the program at its own path to its own directories.
  const program = join(root, 'named');
  await copyFile(await findNamed(), program);
  return launch([program, '-g', '-n', '2', '-c', join(root, 'named.conf')], bindEnvironment, / running$/);
}

async function findNamed(): Promise<string> {
  for (const directory of bindSearchPath.split(delimiter)) {
    const program = join(directory, 'named');
    const isThere = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return program;
  }
  throw new Error('named not found');
}
