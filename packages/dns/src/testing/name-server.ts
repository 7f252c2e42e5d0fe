import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Rfc2136Key } from '../rfc2136/schema.ts';
import { type BindKeyName, renderKey } from './bind-config.ts';
import { type Finished, runProgram } from './program.ts';
import { bindEnvironment } from './programs.ts';

/** Where a test server listens, and what it serves. */
export interface ServerPlace {
  readonly address: string;
  readonly port: number;
  readonly zone: string;
  readonly keys: Readonly<Record<BindKeyName, Rfc2136Key>>;
}

/** A real name server of one dynamic zone, for tests. */
export interface TestNameServer extends ServerPlace {
  /** Runs nsupdate with this script; server and zone are filled in. Status 0 = done, 2 = the server said no. */
  nsupdate(script: readonly string[], key?: BindKeyName): Promise<Finished>;
  /** `dig +norec +short`, one line an answer, sorted. */
  dig(name: string, type: string): Promise<string[]>;
  /** What the server has logged so far. */
  log(): string;
  /** Ends this one process and removes its directory. */
  stop(): Promise<void>;
}

/** BIND's own clients in front of any name server; `root` keeps the keys that they sign with. */
export async function openTools(
  root: string,
  { address, port, zone, keys }: ServerPlace,
): Promise<Pick<TestNameServer, 'nsupdate' | 'dig'>> {
  const keyFile = (name: BindKeyName) => join(root, `${name}.key`);
  for (const name of Object.keys(keys) as BindKeyName[]) await writeFile(keyFile(name), renderKey(keys[name]));
  const environment = { ...bindEnvironment, HOME: root };
  return {
    nsupdate(script, key = 'sha256') {
      const input = [`server ${address} ${port}`, `zone ${zone}`, ...script, 'send', ''].join('\n');
      return runProgram(['nsupdate', '-v', '-k', keyFile(key)], input, environment);
    },
    async dig(name, type) {
      const { stdout } = await runProgram(
        ['dig', '+norec', '+short', '-p', `${port}`, `@${address}`, name, type],
        '',
        environment,
      );
      return stdout
        .split('\n')
        .filter((line) => line !== '')
        .sort();
    },
  };
}
