import { join } from 'node:path';

/** Where a lab keeps what: disks and pids go away with it, logs stay if the directory is the caller's. */
export interface LabPaths {
  readonly directory: string;
  readonly members: string;
  readonly dns: string;
  readonly pids: string;
  readonly logs: string;
  disk(member: string): { upper: string; work: string; mount: string };
  pidFile(name: string): string;
  logFile(name: string): string;
}

export function labPaths(directory: string): LabPaths {
  const members = join(directory, 'members');
  const pids = join(directory, 'pids');
  const logs = join(directory, 'logs');
  return {
    directory,
    members,
    dns: join(directory, 'dns'),
    pids,
    logs,
    disk(member) {
      const base = join(members, member);
      return { upper: join(base, 'upper'), work: join(base, 'work'), mount: join(base, 'root') };
    },
    pidFile: (name) => join(pids, name),
    logFile: (name) => join(logs, `${name}.log`),
  };
}
