import type { ChildProcess } from 'node:child_process';
import { createLab, type Lab, type LabMember, type LabOptions } from '@serverctl/lab';
import { endChild } from './children.ts';
import type { Finished, Stage, StageMember } from './stage.ts';
import { makeStageDirectory } from './stage-directory.ts';

/** A lab host with an agent's life on top; `host` is the machine itself, for power, cable and commands. */
export interface LabStageMember extends StageMember {
  readonly host: LabMember;
  run(argv: readonly string[]): Promise<Finished>;
}

export interface LabStage extends Stage<LabStageMember> {
  readonly lab: Lab;
}

/** Boots real hosts on a network of their own; `packages`: Debian packages beside those that every host has. */
export async function labStage(
  members: number,
  onProgress: (line: string) => void,
  options: Pick<LabOptions, 'packages'> = {},
): Promise<LabStage> {
  const lab = await createLab({ members, onProgress, ...options });
  // Not the lab's own directory: the database runs unprivileged and must be able to reach it.
  const directory = await makeStageDirectory('/var/tmp');
  const children: ChildProcess[] = [];
  const follow = (child: ChildProcess) => {
    children.push(child);
    return child;
  };
  const { serverctl: key, hand } = lab.dns.keys;
  return {
    hosts: 'lab',
    lab,
    directory: directory.path,
    members: lab.members.map(stageMember),
    dns: { address: lab.dns.address, port: 53, zone: lab.dns.zone, key, hand },
    planeAddress: lab.plane.address,
    planePort: 7400,
    runAtPlane: (argv, options) => lab.plane.run(argv, options),
    spawnAtPlane: (argv, options) =>
      follow(lab.plane.spawn(argv, { ...options, detached: options.stdio !== 'inherit' })),
    spawnAtClient: (argv) => follow(lab.client.spawn(argv, { stdio: ['ignore', 'pipe', 'inherit'], detached: true })),
    async down() {
      await Promise.all(children.map(endChild));
      await lab.down();
      await directory.remove();
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
  return {
    host,
    name: host.name,
    hostname: host.hostname,
    address: host.address,
    egress: host.address,
    service: { host: host.address, port: 80 },
    run: (argv) => must(argv),
    log: async () => (await must(['journalctl', '--no-pager', '-b', '-n', '2000'])).stdout,
    startAgent: async ({ command, secret }) => void (await must(['sh', '-c', command], `${secret}\n`)),
    stopHaproxy: async () => void (await must(['systemctl', 'stop', 'haproxy.service'])),
    startHaproxy: async () => void (await must(['systemctl', 'start', 'haproxy.service'])),
    cut: () => host.cut(),
    heal: () => host.heal(),
  };
}
