import { type ChildProcess, spawn } from 'node:child_process';
import { enterHost, type LabMember } from '@serverctl/lab';

/** Somebody at a terminal: an interactive bash that types what it is told and shows what a person would see. */
export interface Terminal {
  /** What was shown so far. */
  readonly screen: () => string;
  type(line: string): void;
  /** Resolves when `text` is shown after what was shown at the last call; rejects with the screen when it does not come. */
  until(text: string | RegExp, withinMs?: number): Promise<void>;
  /** Leaves the shell, which then writes its history. */
  leave(): Promise<void>;
}

/** An interactive bash on a pseudo-terminal of its own. */
export const bashAtTerminal = ['script', '-qec', 'bash --norc -i', '/dev/null'] as const;

/** `historyFile` is where bash keeps the lines that were typed at it. */
export function openTerminal(host: LabMember, historyFile: string): Terminal {
  if (host.leaderPid === null) throw new Error(`${host.name} is powered off`);
  const [enter = '', ...rest] = enterHost(host.leaderPid);
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', TERM: 'xterm', HISTFILE: historyFile };
  return terminalOf(spawn(enter, [...rest, ...bashAtTerminal], { env }));
}

/** Of a shell that was started with pipes on all its streams. */
export function terminalOf(child: ChildProcess): Terminal {
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new Error('the terminal has no streams');
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let shown = '';
  let seen = 0;
  for (const stream of [stdout, stderr]) stream.on('data', (chunk) => (shown += String(chunk)));
  return {
    screen: () => shown,
    type: (line) => void stdin.write(`${line}\n`),
    async until(text, withinMs = 60_000) {
      const deadline = performance.now() + withinMs;
      for (;;) {
        const fresh = shown.slice(seen);
        if (typeof text === 'string' ? fresh.includes(text) : text.test(fresh)) break;
        if (performance.now() > deadline) throw new Error(`Not shown within ${withinMs} ms: ${text}. Shown:\n${shown}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      seen = shown.length;
    },
    async leave() {
      stdin.write('exit\n');
      await ended;
    },
  };
}
