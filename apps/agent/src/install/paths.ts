import { dirname, join } from 'node:path';
import { stagingPrefix } from '@serverctl/contract/agent';

/** What an installed agent has on a host; `uninstall` removes it all but what the operator put there. */
export interface InstallPaths {
  readonly binary: string;
  /** Beside it, how a folder's name begins in which the install script unpacks; one is left when the script is killed. */
  readonly staging: { readonly directory: string; readonly prefix: string };
  readonly unit: string;
  /** The operator's drop-ins for it, as `systemctl edit` makes them. */
  readonly dropIns: string;
  /** The link by which the service is started at boot. */
  readonly wants: string;
  readonly stateDirectory: string;
  /** systemd's, for as long as the service runs. */
  readonly runtimeDirectory: string;
  /** There while systemd is this host's first process: sd_booted(3). */
  readonly systemdRuns: string;
}

export const unitName = 'serverctl-agent.service';
/** Under /var/lib and /run. */
export const serviceDirectory = 'serverctl-agent';
export const binaryPath = '/usr/local/bin/serverctl-agent';

/** Where they are; under another root only in tests. */
export function installPaths(root = '/'): InstallPaths {
  return {
    binary: join(root, binaryPath),
    staging: { directory: dirname(join(root, binaryPath)), prefix: stagingPrefix },
    unit: join(root, 'etc/systemd/system', unitName),
    dropIns: join(root, 'etc/systemd/system', `${unitName}.d`),
    wants: join(root, 'etc/systemd/system/multi-user.target.wants', unitName),
    stateDirectory: join(root, 'var/lib', serviceDirectory),
    runtimeDirectory: join(root, 'run', serviceDirectory),
    systemdRuns: join(root, 'run/systemd/system'),
  };
}
