import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './shell.ts';
import { unpackPackages } from './unpacked.ts';

/** A name server that is tested beside BIND: where its files are (`/usr` when it is installed), and what its programs need. */
export interface OtherServer {
  readonly usr: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The name servers beside BIND that dynamic updates are tested on. */
export type OtherServerName = 'knot' | 'powerdns';

const recipes = {
  knot: { packages: ['knot'], program: 'sbin/knotd', tried: 'sbin/knotd', needs: 'sbin/knotd' },
  powerdns: {
    packages: ['pdns-server', 'pdns-backend-sqlite3'],
    program: 'sbin/pdns_server',
    tried: 'bin/pdnsutil', // the server itself says its version with a status of failure
    needs: 'share/pdns-backend-sqlite3/schema/schema.sqlite3.sql',
  },
} as const;

/** The machine's own if it has one, else a private copy unpacked from Debian packages. Rejects where there can be neither. */
export async function findOtherServer(name: OtherServerName): Promise<OtherServer> {
  const { packages, program, tried, needs } = recipes[name];
  if ([program, tried, needs].every((file) => existsSync(join('/usr', file)))) return { usr: '/usr', env: {} };
  const { directory, env } = await unpackPackages(name, packages);
  const usr = join(directory, 'usr');
  await mustRun([join(usr, tried), '--version'], { env: { ...env } });
  return { usr, env };
}
