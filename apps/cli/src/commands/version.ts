import { Command } from 'commander';
import { action } from '../context.ts';
import { facts } from '../output/table.ts';
import { release } from '../release.ts';

/** `serverctl version`: this release and the control plane's; `serverctl --version` needs no control plane. */
export function versionCommand(): Command {
  return new Command('version').description('Releases of this command line and of the control plane').action(
    action(async ({ client, config }) => {
      const { version } = (await client.release()).info;
      return {
        json: { commandLine: release(), controlPlane: version, url: config.url },
        text: facts([
          ['command line', release()],
          ['control plane', `${version} at ${config.url}`],
        ]),
      };
    }),
  );
}
