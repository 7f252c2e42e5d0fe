import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * systemd in a member builds its tree below the cgroup it is started in. Two members in one cgroup would share
 * `system.slice/haproxy.service`, so each gets its own. Where version 1 and 2 are mounted side by side systemd
 * uses its named hierarchy and the unified one.
 */
const hierarchies = (): string[] => {
  const base = '/sys/fs/cgroup';
  const mixed = ['systemd', 'unified'].map((name) => join(base, name)).filter((path) => existsSync(path));
  return mixed.length > 0 ? mixed : [base];
};

export function makeCgroups(name: string): string[] {
  const paths = hierarchies().map((hierarchy) => join(hierarchy, name));
  for (const path of paths) mkdirSync(path, { recursive: true });
  return paths;
}

/**
 * Put before a program: it moves itself into the cgroups, then becomes the program. Moving it from outside would
 * race with systemd-nspawn, which looks at its own cgroup first. The script is fixed; paths are its arguments.
 */
export function enterCgroups(paths: readonly string[]): string[] {
  const script = 'while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs" || exit 1; shift; done; shift; exec "$@"';
  return ['sh', '-c', script, 'enter-cgroups', ...paths, '--'];
}

/** Names of all cgroups that belong to the lab: a dead lab is found by them too. */
export function removeCgroups(prefix: string): void {
  for (const hierarchy of hierarchies()) {
    for (const name of readdirSync(hierarchy)) {
      if (name.startsWith(prefix)) removeTree(join(hierarchy, name));
    }
  }
}

/** Every process in the lab's cgroups: whatever runs in a member, and systemd-nspawn around it. */
export function processesInCgroups(prefix: string): number[] {
  return hierarchies().flatMap((hierarchy) =>
    readdirSync(hierarchy)
      .filter((name) => name.startsWith(prefix))
      .flatMap((name) => processesBelow(join(hierarchy, name))),
  );
}

function processesBelow(path: string): number[] {
  try {
    const here = readFileSync(join(path, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
    const children = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [...here, ...children.flatMap((entry) => processesBelow(join(path, entry.name)))];
  } catch {
    return []; // gone in between
  }
}

function removeTree(path: string): void {
  try {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.isDirectory()) removeTree(join(path, entry.name));
    }
    rmdirSync(path);
  } catch {
    // A process that is just ending still holds it; an empty cgroup left behind costs nothing.
  }
}
