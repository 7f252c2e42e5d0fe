import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { removeStale, takeDown } from './cleanup.ts';
import type { LabHost } from './host.ts';
import { createLab, openLab } from './lab.ts';
import type { LabMember } from './member.ts';
import { isStale, type LabEntry, listEntries } from './registry.ts';

const help = `script/lab: real hosts with systemd and HAProxy, a real name server, no network but their own

  script/lab up [N]            boots N members (default 3) and leaves them running
  script/lab list              the labs on this machine
  script/lab sh HOST [CMD …]   a shell, or a command, in m1, m2, … or on the network of plane, client or dns
  script/lab crash mK          power loss: the host is gone, nothing is said on the wire
  script/lab boot mK           power again
  script/lab cut HOST          pulls the network cable
  script/lab heal HOST         plugs it in
  script/lab lose HOST PERCENT loses that share of its packets each way; 0 ends it
  script/lab dig NAME [TYPE]   asks the lab's name server
  script/lab down              ends the lab and removes what it made
  script/lab down --stale      only labs whose owner died without doing so

  --run ID   which lab, when there is more than one      --json   (up, list) one JSON object on the last line
Needs root on Debian. Members are at 10.77.0.11, .12, …; the name server at 10.77.0.3, zone lab.test.`;

class UsageError extends Error {}

interface Flags {
  readonly run?: string | undefined;
  readonly stale?: boolean | undefined;
  readonly json?: boolean | undefined;
}
type Command = (args: readonly string[], flags: Flags) => Promise<number>;

const commands: Readonly<Record<string, Command>> = {
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
  const labs = listEntries().map(listed);
  if (flags.json) print(JSON.stringify({ labs }));
  else if (labs.length === 0) print('No lab is running.');
  else for (const lab of labs) print(`${lab.runId}  ${lab.members} members  ${lab.state}  ${lab.directory}`);
  return 0;
}

async function sh([name = '', ...given]: readonly string[], flags: Flags): Promise<number> {
  const lab = await openLab(entryOf(flags.run).runId);
  const argv = given.length > 0 ? given : ['bash', '-l'];
  const child = spawnIn(argv, name, lab);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function spawnIn(argv: readonly string[], name: string, lab: Awaited<ReturnType<typeof openLab>>) {
  if (name === 'plane' || name === 'client' || name === 'dns') {
    const namespace = `/run/netns/sct-${lab.runId}-${name}`;
    return spawn('nsenter', [`--net=${namespace}`, '--', ...argv], { stdio: 'inherit' });
  }
  const member = lab.member(name);
  const pid = member.leaderPid;
  if (pid === null) throw new Error(`${name} is powered off; boot it with: script/lab boot ${name}`);
  const entry = ['-t', String(pid), '-m', '-p', '-n', '-u', '-i', '--'];
  return spawn('nsenter', [...entry, ...argv], { stdio: 'inherit' });
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

/** Our own flags come first; what follows a command's name and host belongs to the command. */
async function main(argv: readonly string[]): Promise<number> {
  const shell = argv[0] === 'sh' ? argv.slice(0, argv[1] === '--run' ? 4 : 2) : argv;
  const rest = argv.slice(shell.length);
  const { values, positionals } = parseArgs({
    args: [...shell],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      run: { type: 'string' },
      stale: { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
  const [name, ...args] = positionals;
  if (values.help || name === undefined) {
    print(help);
    return values.help ? 0 : 2;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new UsageError(`There is no command "${name}".`);
  return command([...args, ...rest], values);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const usage = error instanceof UsageError || error instanceof RangeError || isParseError(error);
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (usage) process.stderr.write('Try: script/lab --help\n');
  process.exitCode = usage ? 2 : 1;
}

function isParseError(error: unknown): boolean {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
