import { createHash } from 'node:crypto';
import type { AgentFiles } from '../../services/agent-files.ts';
import type { Installer } from '../../services/deps.ts';
import { createInstallSightings } from '../../services/members/sightings.ts';
import { renderLine } from './line.ts';
import { renderScript } from './script.ts';

/** What hosts need to recognise us; asked for at every line, since certificates change while we run. */
export interface Trust {
  /** The CA that agents shall trust, as PEM; null when hosts know one. */
  readonly caPem: string | null;
  /** Of our public key, for curl; null where hosts trust the certificate, or a proxy shows its own. */
  readonly pin: string | null;
}

export interface InstallerOptions {
  readonly urls: readonly [string, ...string[]];
  readonly files: AgentFiles;
  readonly trust: () => Trust;
}

/** The line and what it downloads, made from the same parts at the moment they are asked for. */
export function createInstaller({ urls, files, trust }: InstallerOptions): Installer {
  const script = async () => renderScript({ urls, caPem: trust().caPem, agents: (await files.manifest()).agents });
  return {
    url: urls[0],
    script,
    async line() {
      const scriptSha256 = createHash('sha256')
        .update(await script())
        .digest('hex');
      return renderLine({ url: urls[0], pin: trust().pin, scriptSha256 });
    },
    download: files.download,
    sightings: createInstallSightings(),
  };
}
