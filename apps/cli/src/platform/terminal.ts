import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Whether a person can be asked. */
export function hasTerminal(): boolean {
  return process.stdin.isTTY === true;
}

/** Whether a person reads what is printed, and nothing keeps it. */
export function isShownOnly(): boolean {
  return process.stdout.isTTY === true;
}

/** The same of what is written beside the questions, on standard error. */
export function isAskedOnly(): boolean {
  return process.stderr.isTTY === true;
}

/** One line typed at the terminal, null when it was left by Ctrl+C or Ctrl+D. Questions go to standard error. `hidden`: nothing of it is shown. */
export async function ask(question: string, { hidden }: { readonly hidden: boolean }): Promise<string | null> {
  if (hidden) process.stderr.write(question);
  const output = hidden ? new Writable({ write: (_text, _encoding, done) => done() }) : process.stderr;
  const terminal = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  try {
    const line = await terminal.question(hidden ? '' : question);
    if (hidden) process.stderr.write('\n');
    return line;
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error;
    process.stderr.write('\n');
    return null;
  } finally {
    terminal.close();
  }
}
