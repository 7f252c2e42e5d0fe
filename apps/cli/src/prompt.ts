import { createInterface } from 'node:readline/promises';
import { AppError } from '@serverctl/core';
import { paragraphs } from './output/width.ts';

/** Asks for a yes on a terminal. Without one, or with `--json`, only `--yes` is a yes. */
export async function confirm(question: string, { yes, json }: { yes: boolean; json: boolean }): Promise<void> {
  if (yes) return;
  if (json || !process.stdin.isTTY) throw new AppError('confirmation_required', { question });
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const lines = paragraphs(question, null, process.stderr.columns).split('\n');
    const last = lines.pop() ?? '';
    process.stderr.write(lines.map((line) => `${line}\n`).join(''));
    const answer = await terminal.question(`${last} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new AppError('confirmation_required', { question });
  } finally {
    terminal.close();
  }
}
