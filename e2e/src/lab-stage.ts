import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createLab, type Lab, type LabMember } from '@serverctl/lab';
import { agentUnitFile } from './paths.ts';
import type { Finished, Stage, StageMember } from './stage.ts';

/** A lab host with an agent's life on top; `host` is the machine itself, for power, cable and commands. */
export interface LabStageMember extends StageMember {
  readonly host: LabMember;
  run(argv: readonly string[]): Promise<Finished>;
}

export interface LabStage extends Stage<LabStageMember> {
  readonly lab: Lab;
}

/** Boots real hosts on a network of their own. `keepDirectory` leaves logs and data for a post-mortem. */
export async function labStage(members: number, onProgress: (line: string) => void): Promise<LabStage> {
  const lab = await createLab({ members, onProgress });
  // Not the lab's own directory: the database runs unprivileged and must be able to reach it.
  const directory = await mkdtemp('/var/tmp/serverctl-');
  await chmod(directory, 0o755);
  const key = lab.dns.keys['serverctl'];
  return {
    hosts: 'lab',
    lab,
    directory,
    members: lab.members.map(stageMember),
    dns: { address: lab.dns.address, port: 53, zone: lab.dns.zone, key },
    planeAddress: lab.plane.address,
    runAtPlane: (argv, options) => lab.plane.run(argv, options),
    spawnAtPlane: (argv, options) => lab.plane.spawn(argv, options),
    spawnAtClient: (argv) => lab.client.spawn(argv, { stdio: ['ignore', 'pipe', 'inherit'] }),
    async down() {
      await lab.down();
      await rm(join(directory, 'plane'), { recursive: true, force: true });
    },
  };
}

function stageMember(host: LabMember): LabStageMember {
  const must = async (argv: readonly string[], input?: string) => {
    const finished = await host.run(argv, input === undefined ? {} : { input });
    if (finished.status !== 0)
      throw new Error(`${host.name}: ${argv.join(' ')}: ${finished.stderr || finished.stdout}`);
    return finished;
  };
  const agent = ['/opt/node/bin/node', '/opt/serverctl/apps/agent/src/main.ts'];
  return {
    host,
    name: host.name,
    hostname: host.hostname,
    address: host.address,
    egress: host.address,
    run: (argv) => must(argv),
    async startAgent(url, secret) {
      await must([...agent, 'enrol', '--url', url], `${secret}\n`);
      await host.writeFile('/etc/systemd/system/serverctl-agent.service', await agentUnitFile());
      await must(['systemctl', 'daemon-reload']);
      await must(['systemctl', 'enable', '--now', 'serverctl-agent.service']);
    },
    stopHaproxy: async () => void (await must(['systemctl', 'stop', 'haproxy.service'])),
    startHaproxy: async () => void (await must(['systemctl', 'start', 'haproxy.service'])),
  };
}
