import { agentArchitectures } from '@serverctl/contract/agent';
import { AgentFailure } from '../errors.ts';
import { isThere } from './files.ts';
import type { InstallPaths } from './paths.ts';

export interface Installer {
  readonly paths: InstallPaths;
  readonly isRoot: boolean;
  readonly architecture: string;
  /** The file that this program is; null when a runtime runs it from its sources. */
  readonly executable: string | null;
}

/** Whether this host can have the agent, before anything is asked or changed. Throws AgentFailure `not_installable`. */
export async function checkHost({ paths, isRoot, architecture, executable }: Installer): Promise<void> {
  if (!isRoot) refuse('Installing needs root.', 'Run the same line as root, for instance in a shell of: sudo -i');
  if (!(await isThere(paths.systemdRuns))) {
    refuse(
      'systemd does not run this host, and the agent is its service.',
      'Install on a host that systemd runs. In a container without it, install on the host around it.',
    );
  }
  if (!agentArchitectures.some((known) => known === architecture)) {
    refuse(`There is no agent for ${architecture}.`, `It is made for ${agentArchitectures.join(' and ')} only.`);
  }
  if (executable === null) {
    refuse(
      'This agent is run from its sources, which cannot be put on a host as one file.',
      'Use the install line of a member, or build the file with: script/package',
    );
  }
}

function refuse(message: string, remedy: string): never {
  throw new AgentFailure('not_installable', message, { remedy });
}
