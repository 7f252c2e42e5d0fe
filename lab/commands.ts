import { removeStale, takeDown } from './cleanup.ts';
import type { LabHost } from './host.ts';
import { createLab, type Lab, openLab } from './lab.ts';
import { enterHost, type LabMember } from './member.ts';
import { enterNetwork } from './network.ts';
import { isStale, type LabEntry, listEntries } from './registry.ts';
import { open } from './shell.ts';

/** The person said something that cannot be meant; answered with a hint at --help. */
export class UsageError extends Error {}

export interface Flags {
  readonly run?: string | undefined;
  readonly stale?: boolean | undefined;
  readonly json?: boolean | undefined;
}
/** Gives the exit status. */
export type Command = (args: readonly string[], flags: Flags) => Promise<number>;

export const commands: Readonly<Record<string, Command>> = {
  up,
  list,
  sh,
  dig,
  down,
  crash: onMember((member) => member.powerOff(), 'has no power'),
  boot: onMember((member) => member.powerOn(), 'is up'),
  cut: onHost((host) => host.cut(), 'is cut off'),
  heal: onHost((host) => host.heal(), 'is connected'),
  lose: onHost(
    (host, [percent = '']) => host.lose(percent === '' ? Number.NaN : Number(percent)),
    'loses packets as told',
  ),
};

async function up([count = '3']: readonly string[], flags: Flags): Promise<number> {
  const members = Number(count);
  if (!/^\d+$/.test(count)) throw new UsageError(`up takes a number of members, not "${count}".`);
  const startedAt = performance.now();
  const onProgress = (line: string): void => say(startedAt, line);
  const lab = await createLab({ members, keep: true, onProgress, ...(flags.run ? { runId: flags.run } : {}) });
  say(startedAt, `lab ${lab.runId} is up; end it with: script/lab down --run ${lab.runId}`);
  if (flags.json) print(JSON.stringify(listed(entryOf(lab.runId))));
  return 0;
}

async function list(_: readonly string[], flags: Flags): Promise<number> {
  const labs = listEntries()
    .filter(({ runId }) => flags.run === undefined || runId === flags.run)
    .map(listed);
  if (flags.json) print(JSON.stringify({ labs }));
  else if (labs.length === 0) print(flags.run ? `There is no lab ${flags.run}.` : 'No lab is running.');
  else for (const lab of labs) print(`${lab.runId}  ${lab.members} members  ${lab.state}  ${lab.directory}`);
  return 0;
}

async function sh([name = '', ...given]: readonly string[], flags: Flags): Promise<number> {
  const lab = await openLab(entryOf(flags.run).runId);
  const argv = given.length > 0 ? given : ['bash', '-l'];
  const child = open([...entryTo(name, lab), ...argv], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function entryTo(name: string, lab: Lab): string[] {
  if (name === 'plane' || name === 'client') return enterNetwork(lab[name].namespace);
  if (name === 'dns') return enterNetwork(`sct-${lab.runId}-dns`);
  const pid = lab.member(name).leaderPid;
  if (pid === null) throw new Error(`${name} is powered off; boot it with: script/lab boot ${name}`);
  return enterHost(pid);
}

async function dig([name, type = 'A']: readonly string[], flags: Flags): Promise<number> {
  if (!name) throw new UsageError('dig takes a name.');
  const lab = await openLab(entryOf(flags.run).runId);
  for (const answer of await lab.dns.dig(name, type)) print(answer);
  return 0;
}

async function down(_: readonly string[], flags: Flags): Promise<number> {
  const startedAt = performance.now();
  if (flags.stale) {
    const gone = removeStale();
    say(startedAt, gone.length > 0 ? `removed ${gone.join(', ')}` : 'no lab is stale');
    return 0;
  }
  const entry = entryOf(flags.run);
  await takeDown(entry);
  say(startedAt, `lab ${entry.runId} is down`);
  return 0;
}

function onMember(act: (member: LabMember) => Promise<void>, done: string): Command {
  return async ([name = ''], flags) => {
    const startedAt = performance.now();
    const lab = await openLab(entryOf(flags.run).runId);
    await act(lab.member(name));
    say(startedAt, `${name} ${done}`);
    return 0;
  };
}

function onHost(act: (host: LabHost | LabMember, args: readonly string[]) => Promise<void>, done: string): Command {
  return async ([name = '', ...args], flags) => {
    const startedAt = performance.now();
    const lab = await openLab(entryOf(flags.run).runId);
    const host = name === 'plane' || name === 'client' ? lab[name] : lab.member(name);
    await act(host, args);
    say(startedAt, `${name} ${done}`);
    return 0;
  };
}

function entryOf(runId: string | undefined): LabEntry {
  const entries = listEntries();
  const ids = entries.map((entry) => entry.runId).join(', ');
  const [only, ...more] = runId === undefined ? entries : entries.filter((entry) => entry.runId === runId);
  if (only === undefined) throw new Error(runId ? `There is no lab ${runId}.` : 'No lab is running; script/lab up');
  if (more.length > 0) throw new UsageError(`Several labs are running (${ids}): say which with --run ID.`);
  return only;
}

function listed(entry: LabEntry) {
  const { runId, directory, members, zone, owner } = entry;
  const state = owner === null ? 'kept' : isStale(entry) ? 'stale' : `owned by process ${owner.pid}`;
  return { runId, directory, members, zone, state };
}

function say(startedAt: number, line: string): void {
  process.stderr.write(`${((performance.now() - startedAt) / 1000).toFixed(2).padStart(6)} s  ${line}\n`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
