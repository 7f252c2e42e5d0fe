import { join } from 'node:path';
import { mustRun } from './shell.ts';
import { findInstalled, unpackPackages } from './unpacked.ts';

/** BIND's programs, and what they need in the environment to run from where they are. */
export interface NamedPrograms {
  readonly named: string;
  readonly nsupdate: string;
  readonly dig: string;
  readonly env: Readonly<Record<string, string>>;
}

export class NamedMissing extends Error {
  constructor(cause: unknown) {
    const said = cause instanceof Error ? cause.message : String(cause);
    super(
      'BIND (named, nsupdate, dig) is not installed and could not be unpacked from Debian packages. ' +
        `Install the packages bind9 and bind9-dnsutils, or run this on Debian. The attempt said: ${said}`,
      { cause },
    );
    this.name = 'NamedMissing';
  }
}

const wanted = ['bind9', 'bind9-dnsutils', 'bind9-host', 'bind9-libs'];

/** The machine's BIND if it has one, else a private copy unpacked from Debian packages. */
export async function findNamed(): Promise<NamedPrograms> {
  const installed = installedPrograms();
  if (installed) return installed;
  try {
    const { directory, env } = await unpackPackages('named', wanted);
    const inside = (path: string) => join(directory, path);
    const programs = {
      ...{ named: inside('usr/sbin/named'), nsupdate: inside('usr/bin/nsupdate'), dig: inside('usr/bin/dig') },
      env,
    };
    await mustRun([programs.named, '-v'], { env: { ...programs.env } });
    return programs;
  } catch (error) {
    throw new NamedMissing(error);
  }
}

function installedPrograms(): NamedPrograms | null {
  const [named, nsupdate, dig] = [findInstalled('named'), findInstalled('nsupdate'), findInstalled('dig')];
  return named && nsupdate && dig ? { named, nsupdate, dig, env: {} } : null;
}
