import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { processesInCgroups, removeCgroups } from './cgroup.ts';
import { labPaths } from './lab-paths.ts';
import { isStale, type LabEntry, listEntries, unregister } from './registry.ts';
import { labsDirectory } from './settings.ts';
import { runSync } from './shell.ts';
import { ended, endedSync, identify, recall, type Started, signal, sleepSync } from './started.ts';

const graceMs = 3_000;

/** Gives what runs on the plane the time to end in order, then takes everything away. */
export async function takeDown(entry: LabEntry): Promise<void> {
  const members = new Set(Array.from({ length: entry.members }, (_, index) => `m${index + 1}`));
  const polite = recordedProcesses(entry).filter(({ name }) => !members.has(name));
  for (const { started } of polite) signal(started, 'SIGTERM');
  await Promise.all(polite.map(({ started }) => ended(started, graceMs)));
  takeDownNow(entry);
}

/**
 * The whole of it without waiting for anything asynchronous, so that it also works while a process exits and for
 * a lab whose owner is dead. Kills by recorded pid and start time, and what lives in the lab's own namespaces:
 * and its cgroups: nothing else can be in there. Every step may find its work already done.
 */
export function takeDownNow(entry: LabEntry): void {
  const prefix = `sct-${entry.runId}-`;
  const namespaces = namespacesOf(prefix);
  const pids = [...namespaces.flatMap(processesIn), ...processesInCgroups(prefix)];
  const found = [...new Set(pids)].map(identify).filter((started) => started !== null);
  // The recorded ones first: the loop around a member must not start it again.
  const doomed = [...recordedProcesses(entry).map(({ started }) => started), ...found];
  for (const started of doomed) signal(started, 'SIGKILL');
  for (const started of doomed) endedSync(started, 2_000);
  const paths = labPaths(entry.directory);
  for (const target of mountsBelow(paths.members)) unmount(target);
  for (const name of namespaces) runSync(['ip', 'netns', 'delete', name]);
  removeCgroups(prefix);
  removeDirectory(entry, paths);
  unregister(entry.runId);
}

/** Removes labs whose owner died. A lab that a living process owns, or that a person keeps, is never touched. */
export function removeStale(): string[] {
  const directories = labDirectories(); // read first: a lab is registered before its directory is made
  const entries = listEntries();
  const stale = entries.filter(isStale);
  for (const entry of stale) takeDownNow(entry);
  const known = new Set(entries.map((entry) => entry.directory));
  for (const directory of directories) {
    // After a reboot nothing but the disks is left, in no list.
    if (!known.has(directory) && mountsBelow(directory).length === 0)
      rmSync(directory, { recursive: true, force: true });
  }
  return stale.map((entry) => entry.runId);
}

function labDirectories(): string[] {
  return existsSync(labsDirectory()) ? readdirSync(labsDirectory()).map((name) => join(labsDirectory(), name)) : [];
}

function namespacesOf(prefix: string): string[] {
  const directory = '/run/netns';
  return existsSync(directory) ? readdirSync(directory).filter((name) => name.startsWith(prefix)) : [];
}

function processesIn(namespace: string): number[] {
  const { stdout } = runSync(['ip', 'netns', 'pids', namespace]);
  return stdout.split('\n').filter(Boolean).map(Number);
}

function recordedProcesses(entry: LabEntry): { name: string; started: Started }[] {
  const paths = labPaths(entry.directory);
  const names = existsSync(paths.pids) ? readdirSync(paths.pids) : [];
  const files = [
    ...names.map((name) => [name, paths.pidFile(name)] as const),
    ['dns', join(paths.dns, 'named.pid')] as const,
  ];
  return files.flatMap(([name, file]) => {
    const started = recall(file);
    return started ? [{ name, started }] : [];
  });
}

function mountsBelow(directory: string): string[] {
  const targets = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  return targets.filter((target) => target.startsWith(`${directory}/`)).reverse();
}

/** Processes just killed may hold the mount for a moment more. */
function unmount(target: string): void {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    if (runSync(['umount', target]).status === 0) return;
    sleepSync(20);
  }
  runSync(['umount', '--lazy', target]);
}

function removeDirectory(entry: LabEntry, paths: ReturnType<typeof labPaths>): void {
  // A disk still mounted is never removed: that would reach through into it.
  if (mountsBelow(paths.members).length > 0) return;
  const gone = entry.ownsDirectory ? [entry.directory] : [paths.members, paths.pids, paths.dns];
  for (const directory of gone) rmSync(directory, { recursive: true, force: true });
}
