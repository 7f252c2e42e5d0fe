import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { FakePlane } from './fake-plane.ts';

export interface StartWishes {
  readonly input?: string;
  /** Beside what the test itself has. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A directory, a control plane on loopback, and the agent as processes of their own in real time. Ends with the test. */
export async function createAgentHost(
  command: readonly string[],
  tls?: { readonly cert: string; readonly key: string },
) {
  const plane = await new FakePlane(undefined, tls).start();
  const directory = await mkdtemp(join(tmpdir(), 'sct-agent-'));
  const stateFile = join(directory, 'units.json');
  await writeFile(stateFile, '{"units":{"haproxy.service":{}}}');
  const children: ChildProcess[] = [];
  const endings: Promise<unknown>[] = [];
  onTestFinished(async () => {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(endings);
    await plane.stop();
    await rm(directory, { recursive: true });
  });

  function spawned(argv: readonly string[], { input, env = {} }: StartWishes) {
    const [program = '', ...args] = argv;
    const child = spawn(program, args, { stdio: 'pipe', cwd: directory, env: { PATH: process.env['PATH'], ...env } });
    children.push(child);
    const output: string[] = [];
    child.stdout.on('data', (chunk) => void output.push(String(chunk)));
    child.stderr.on('data', (chunk) => void output.push(String(chunk)));
    if (input !== undefined) child.stdin.end(input);
    const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, text: output.join('') }));
    endings.push(ended);
    return { child, ended, shown: () => output.join('') };
  }
  const stateDir = ['--state-dir', join(directory, 'state')];
  const start = (args: readonly string[], wishes: StartWishes = {}) =>
    spawned([...command, ...args], { input: '', ...wishes });
  const startHere = (args: readonly string[], wishes: StartWishes = {}) => start([...args, ...stateDir], wishes);
  const enrolArgs = ['enrol', '--url', plane.url, '--hostname', 'm1.lab.test'];
  const enrol = (args: readonly string[] = [], env: StartWishes['env'] = {}) =>
    startHere([...enrolArgs, ...args], { input: `${plane.secret}\n`, env }).ended;
  const run = (env: StartWishes['env'] = {}) =>
    startHere(['run', '--service-manager', `simulated:${stateFile}`], { env });
  return { plane, directory, stateFile, stateDir, enrolArgs, spawned, start, startHere, enrol, run };
}
