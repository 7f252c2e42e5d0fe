import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whyNoBind } from './bind.ts';
import { makeKeys, renderZone } from './bind-config.ts';
import { renderKnotConfig } from './knot-config.ts';
import { openTools, type ServerPlace, type TestNameServer } from './name-server.ts';
import { preparePowerDns } from './powerdns-config.ts';
import { environmentWith, freePort, launch, type Running } from './programs.ts';

/** A name server that takes dynamic updates, beside BIND. */
export type OtherServerName = 'knot' | 'powerdns';

/** Where lab/named-setup.ts found or unpacked them, and the Debian packages that they come in. */
const { env } = process;
const homes = {
  knot: { usr: env['SERVERCTL_KNOT_USR'], libraries: env['SERVERCTL_KNOT_LIBRARIES'], packages: 'knot' },
  powerdns: {
    usr: env['SERVERCTL_POWERDNS_USR'],
    libraries: env['SERVERCTL_POWERDNS_LIBRARIES'],
    packages: 'pdns-server and pdns-backend-sqlite3',
  },
} as const;

/** Why there can be none here, in words, or null when it can be started. In CI that is an error, as for BIND, whose clients are needed, too. */
export function whyNoServer(name: OtherServerName): string | null {
  const { usr, packages } = homes[name];
  if (usr !== undefined && existsSync(usr)) return whyNoBind();
  const words = `${name} not found: run this on Debian, or install ${packages}`;
  if (env['CI']) throw new Error(words);
  return words;
}

/** Starts it on a high port of 127.0.0.1; it is ready when this resolves, and it never outlives this process. */
export async function startTestServer(name: OtherServerName, zone = 'example.test'): Promise<TestNameServer> {
  const address = '127.0.0.1';
  const place = { address, port: await freePort(address), zone, keys: makeKeys() };
  const root = await mkdtemp(join(tmpdir(), `serverctl-${name}-`));
  await writeFile(join(root, 'zone.db'), renderZone(zone, address, []));
  const tools = await openTools(root, place);
  const server = await starters[name](root, place).catch(async (error: unknown) => {
    await rm(root, { recursive: true, force: true });
    throw error;
  });
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

const starters: Readonly<Record<OtherServerName, (root: string, place: ServerPlace) => Promise<Running>>> = {
  async knot(root, place) {
    const { usr, environment } = homeOf('knot');
    const config = join(root, 'knot.conf');
    await writeFile(config, renderKnotConfig(root, place));
    return launch([join(usr, 'sbin/knotd'), '--config', config], environment, /server started/);
  },
  async powerdns(root, place) {
    const { usr, environment } = homeOf('powerdns');
    await preparePowerDns(root, usr, environment, place);
    return launch([join(usr, 'sbin/pdns_server'), `--config-dir=${root}`], environment, /ready to distribute/);
  },
};

function homeOf(name: OtherServerName): { readonly usr: string; readonly environment: NodeJS.ProcessEnv } {
  const { usr, libraries = '' } = homes[name];
  if (usr === undefined) throw new Error(`${name} not found`);
  return { usr, environment: environmentWith('/usr/bin:/bin', libraries) };
}
