import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findNamed } from './named-binary.ts';
import {
  makeKeys,
  otherZone,
  renderKey,
  renderNamedConf,
  renderZone,
  type TsigKeys,
  zoneFileName,
} from './named-conf.ts';
import { programEnv, startNamed, stopNamed } from './named-server.ts';
import { freePort } from './port.ts';
import { type Finished, mustRun, run } from './shell.ts';
import { recall, signal } from './started.ts';

export interface BindOptions {
  /** Everything BIND writes is below it. A second start in the same directory continues with the zone as it was. */
  readonly directory: string;
  /** Default 127.0.0.1, which is also where the zone's NS record points. */
  readonly address?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Default lab.test. */
  readonly zone?: string;
  /** More lines for the zone file. */
  readonly records?: readonly string[];
  /** Put before the server, to run it on another network. */
  readonly launcher?: readonly string[];
  /** Put before dig and nsupdate; as launcher unless given. */
  readonly clientLauncher?: readonly string[];
  readonly keys?: TsigKeys;
  /** Survives this process. */
  readonly keep?: boolean;
}

/** A real authoritative server of one dynamic zone (and of other.test beside it). */
export interface Bind {
  readonly address: string;
  readonly port: number;
  readonly zone: string;
  readonly keys: TsigKeys;
  readonly logFile: string;
  /** Ends it in order: the zone is kept. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** The process stands still: it hears and does not answer. */
  pause(): void;
  resume(): void;
  /** `dig +short`, asked at this server. */
  dig(name: string, type: string): Promise<string[]>;
  /** Runs an nsupdate script with a key that may do anything (or another one), the server filled in. */
  nsupdate(script: string, key?: keyof TsigKeys): Promise<Finished>;
}

/** Starts BIND in the foreground of nothing: no root, no namespace and no system service needed. */
export async function startBind(options: BindOptions): Promise<Bind> {
  const bind = await openBind(options);
  await bind.start();
  return bind;
}

/** The same without starting it. */
export async function openBind(options: BindOptions): Promise<Bind> {
  const directory = resolve(options.directory);
  const address = options.address ?? '127.0.0.1';
  const port = options.port ?? (await freePort(address));
  const zone = options.zone ?? 'lab.test';
  const keys = options.keys ?? makeKeys();
  const programs = await findNamed();
  await layDirectory({ directory, address, port, zone, keys, records: options.records ?? [] });
  const pidFile = join(directory, 'named.pid');
  const logFile = join(directory, 'named.log');
  const clients = options.clientLauncher ?? options.launcher ?? [];
  const server = {
    programs,
    directory,
    pidFile,
    logFile,
    launcher: options.launcher ?? [],
    keep: options.keep ?? false,
  };
  return {
    ...{ address, port, zone, keys, logFile },
    start: () => startNamed(server),
    stop: () => stopNamed(pidFile),
    pause: () => void signal(recall(pidFile), 'SIGSTOP'),
    resume: () => void signal(recall(pidFile), 'SIGCONT'),
    async dig(name, type) {
      const where = ['-p', String(port), `@${address}`, '+short', '+norec', '+tries=1', '+time=2'];
      const out = await mustRun([...clients, programs.dig, '-r', ...where, name, type], { env: programEnv(programs) });
      return out.split('\n').filter((line) => line !== '' && !line.startsWith(';'));
    },
    nsupdate: (script, key = 'hand') => {
      const input = `server ${address} ${port}\n${script.trimEnd()}\n${/^\s*send\s*$/m.test(script) ? '' : 'send\n'}`;
      const argv = [...clients, programs.nsupdate, '-t', '5', '-k', join(directory, `${key}.key`)];
      return run(argv, { input, env: programEnv(programs) });
    },
  };
}

interface Layout {
  directory: string;
  address: string;
  port: number;
  zone: string;
  keys: TsigKeys;
  records: readonly string[];
}

async function layDirectory({ directory, address, port, zone, keys, records }: Layout): Promise<void> {
  await mkdir(directory, { recursive: true });
  const secret = { mode: 0o600 };
  await writeFile(join(directory, 'named.conf'), renderNamedConf({ directory, address, port, zone, keys }), secret);
  for (const [name, key] of Object.entries(keys))
    await writeFile(join(directory, `${name}.key`), renderKey(key), secret);
  for (const [name, lines] of [
    [zone, records],
    [otherZone, []],
  ] as const) {
    const file = join(directory, zoneFileName(name));
    if (!existsSync(file)) await writeFile(file, renderZone(name, address, lines));
  }
}
