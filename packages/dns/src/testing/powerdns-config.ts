import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ServerPlace } from './name-server.ts';
import { runProgram } from './program.ts';

/**
 * Writes a pdns.conf that keeps PowerDNS in `root`, and a database with the zone of `zone.db`. Rights are for a whole zone there: the keys that
 * may do everything may, those with less are known and may change nothing.
 */
export async function preparePowerDns(
  root: string,
  usr: string,
  environment: NodeJS.ProcessEnv,
  { address, port, zone, keys }: ServerPlace,
): Promise<void> {
  const database = new DatabaseSync(join(root, 'zones.sqlite'));
  database.exec(await readFile(join(usr, 'share/pdns-backend-sqlite3/schema/schema.sqlite3.sql'), 'utf8'));
  database.close();
  await writeFile(join(root, 'pdns.conf'), renderConfig(root, await findModules(usr), address, port));
  const pdnsutil = async (...words: readonly string[]) => {
    const argv = [join(usr, 'bin/pdnsutil'), `--config-dir=${root}`, ...words];
    const { status, stderr } = await runProgram(argv, '', environment);
    if (status !== 0) throw new Error(`pdnsutil ${words[0]}: ${stderr}`);
  };
  await pdnsutil('load-zone', zone, join(root, 'zone.db'));
  for (const { name, algorithm, secret } of Object.values(keys)) {
    await pdnsutil('import-tsig-key', name, algorithm, secret);
  }
  const mayUpdate = [keys.sha256, keys.sha384, keys.sha512].map(({ name }) => name);
  await pdnsutil('set-meta', zone, 'TSIG-ALLOW-DNSUPDATE', ...mayUpdate);
  await pdnsutil('set-meta', zone, 'ALLOW-DNSUPDATE-FROM', `${address}/32`);
  await pdnsutil('set-meta', zone, 'SOA-EDIT-DNSUPDATE', 'INCREASE');
}

function renderConfig(root: string, modules: string, address: string, port: number): string {
  return `module-dir=${modules}
launch=gsqlite3
gsqlite3-database=${join(root, 'zones.sqlite')}
local-address=${address}
local-port=${port}
socket-dir=${root}
dnsupdate=yes
daemon=no
guardian=no
security-poll-suffix=
`;
}

/** Beside the libraries of the machine's architecture. */
async function findModules(usr: string): Promise<string> {
  const triplet = (await readdir(join(usr, 'lib'))).find((name) => name.includes('-linux-'));
  if (triplet === undefined) throw new Error('no modules of PowerDNS found');
  return join(usr, 'lib', triplet, 'pdns');
}
