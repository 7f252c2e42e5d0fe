import { delimiter, dirname } from 'node:path';
import { findNamed, NamedMissing } from './named-binary.ts';
import { findOtherServer, type OtherServerName } from './other-servers.ts';

/**
 * Runs once before the tests (vitest.config.ts) and tells them where the name servers are. By the environment, since packages/dns imports
 * nothing of the lab. Where there is none, the tests that need one say so themselves.
 */
export async function setup(): Promise<void> {
  await Promise.all([tellBind(), tellOther('knot'), tellOther('powerdns')]);
}

async function tellBind(): Promise<void> {
  try {
    const { named, dig, env } = await findNamed();
    process.env['SERVERCTL_BIND_PATH'] = [dirname(named), dirname(dig)].join(delimiter);
    process.env['SERVERCTL_BIND_LIBRARIES'] = env['LD_LIBRARY_PATH'] ?? '';
  } catch (error) {
    if (!(error instanceof NamedMissing)) throw error;
    console.warn(error.message);
  }
}

async function tellOther(name: OtherServerName): Promise<void> {
  try {
    const { usr, env } = await findOtherServer(name);
    const prefix = `SERVERCTL_${name.toUpperCase()}`;
    process.env[`${prefix}_USR`] = usr;
    process.env[`${prefix}_LIBRARIES`] = env['LD_LIBRARY_PATH'] ?? '';
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    console.warn(`${name} is not installed and could not be unpacked from Debian packages. The attempt said: ${said}`);
  }
}
