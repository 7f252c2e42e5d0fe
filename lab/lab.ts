import { randomInt } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Bind, openBind } from './bind.ts';
import { removeStale, takeDown, takeDownNow } from './cleanup.ts';
import { beforeExit } from './exit.ts';
import { type LabHost, labHost } from './host.ts';
import { labPaths } from './lab-paths.ts';
import { type LabMember, labMember } from './member.ts';
import { makeKeys } from './named-conf.ts';
import { enterNetwork, layNetwork } from './network.ts';
import { planLab } from './plan.ts';
import { type MemberOptions, makeDisk } from './power.ts';
import { findEntry, keepEntry, type LabEntry, register } from './registry.ts';
import { ensureRoot } from './root.ts';
import { labsDirectory } from './settings.ts';
import { identify } from './started.ts';
import { labSupport } from './support.ts';

export interface LabOptions {
  readonly members: number;
  /** 1 to 4 of a-z and 0-9; default random. */
  readonly runId?: string;
  /** Default: one of its own that down() removes. In a given one the logs stay. */
  readonly directory?: string;
  /** Default lab.test. */
  readonly zone?: string;
  /** Debian packages beside those every member has; another list is another cached root. */
  readonly packages?: readonly string[];
  /** The lab outlives this process, until someone takes it down. */
  readonly keep?: boolean;
  onProgress?(line: string): void;
}

export type LabDns = Bind;

export interface Lab {
  readonly runId: string;
  readonly directory: string;
  readonly members: readonly LabMember[];
  member(name: string): LabMember;
  /** Where the control plane runs, as a process of this machine on a network of its own. */
  readonly plane: LabHost;
  /** Where probes run. */
  readonly client: LabHost;
  readonly dns: LabDns;
  /** Ends what the lab started and nothing else. May be called again. */
  down(): Promise<void>;
}

/** Makes the network, starts BIND, boots the members. Resolves when each HAProxy answers. */
export async function createLab(options: LabOptions): Promise<Lab> {
  const onProgress = options.onProgress ?? (() => undefined);
  const support = await labSupport();
  if (!support.possible) throw new Error(support.reason);
  const stale = removeStale();
  if (stale.length > 0) onProgress(`removed labs whose owner had died: ${stale.join(', ')}`);
  const root = await ensureRoot(options.packages ?? [], onProgress);
  const entry = newEntry(options);
  register(entry);
  const forgetExit = beforeExit(() => takeDownNow(entry));
  try {
    const lab = await raise(entry, root, options.keep ?? false, onProgress);
    if (options.keep) {
      keepEntry(entry);
      forgetExit();
    }
    return { ...lab, down: () => lab.down().finally(forgetExit) };
  } catch (error) {
    takeDownNow(entry);
    forgetExit();
    throw error;
  }
}

/** A lab that is up already, made by this or another process. */
export async function openLab(runId: string): Promise<Lab> {
  const entry = findEntry(runId);
  if (entry === null) throw new Error(`There is no lab ${runId}; see script/lab list.`);
  return (await assemble(entry, true)).lab;
}

function newEntry(options: LabOptions): LabEntry {
  const runId = options.runId ?? Array.from({ length: 4 }, () => randomInt(36).toString(36)).join('');
  planLab(runId, options.members); // refuses bad numbers before anything exists
  return {
    runId,
    directory: resolve(options.directory ?? join(labsDirectory(), runId)),
    ownsDirectory: options.directory === undefined,
    members: options.members,
    zone: options.zone ?? 'lab.test',
    keys: makeKeys(),
    owner: identify(process.pid),
  };
}

async function raise(entry: LabEntry, root: string, keep: boolean, onProgress: (line: string) => void): Promise<Lab> {
  const paths = labPaths(entry.directory);
  for (const directory of [paths.members, paths.pids, paths.logs, paths.dns])
    await mkdir(directory, { recursive: true });
  await layNetwork(planLab(entry.runId, entry.members));
  onProgress('network laid');
  const { lab, memberOptions } = await assemble(entry, keep);
  await lab.dns.start();
  onProgress(`BIND serves ${entry.zone} at ${lab.dns.address}`);
  await Promise.all(memberOptions.map((member) => makeDisk(member, root)));
  // All of them to the end, even if one fails: what is to be taken down must not be still on its way up.
  const booted = await Promise.allSettled(
    lab.members.map(async (member) => {
      await member.powerOn();
      onProgress(`${member.hostname} is up at ${member.address}`);
    }),
  );
  for (const boot of booted) if (boot.status === 'rejected') throw boot.reason;
  return lab;
}

async function assemble(entry: LabEntry, keep: boolean): Promise<{ lab: Lab; memberOptions: MemberOptions[] }> {
  const plan = planLab(entry.runId, entry.members);
  const paths = labPaths(entry.directory);
  const { zone, keys } = entry;
  const memberOptions = plan.members.map((host) => ({ plan, host, paths, zone, keep }));
  const members = memberOptions.map(labMember);
  const dns = await openBind({
    ...{ directory: paths.dns, address: plan.dns.address, port: 53, zone, keys, keep },
    launcher: enterNetwork(plan.dns.namespace),
    clientLauncher: enterNetwork(plan.client.namespace),
  });
  const lab: Lab = {
    runId: entry.runId,
    directory: entry.directory,
    members,
    member(name) {
      const found = members.find((member) => member.name === name);
      if (!found) throw new RangeError(`Lab ${entry.runId} has no member ${name}, only m1 to m${entry.members}.`);
      return found;
    },
    plane: labHost(plan, plan.plane, paths.pids),
    client: labHost(plan, plan.client, paths.pids),
    dns,
    down: () => takeDown(entry),
  };
  return { lab, memberOptions };
}
