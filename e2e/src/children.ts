import type { ChildProcess } from 'node:child_process';

const patienceMs = 15_000;

/** Asks a program to end, waits for it, and kills it only when it does not. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  child.kill('SIGCONT'); // one that stands still hears of it only then
  const stubborn = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await ended;
  clearTimeout(stubborn);
}

/** Ends a program without a word to it, and waits until it is gone. */
export async function killChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
