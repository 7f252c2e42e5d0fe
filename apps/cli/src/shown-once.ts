import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { AppError } from '@serverctl/core';
import { Option } from 'commander';
import type { Outcome } from './context.ts';
import { cleanedUp } from './platform/interrupted.ts';
import { isShownOnly } from './platform/terminal.ts';

/*
 * Secrets that are shown once (R44): to a terminal, or into a new file that its user alone can read; never into a pipe or a log. The place is
 * settled before the secret is made, so that none is made that nobody gets to see.
 */

export interface Once<Made> {
  /** `--output`; undefined = the terminal. */
  readonly output: string | undefined;
  make(): Promise<Made>;
  /** What the file holds, one a line. */
  secrets(made: Made): readonly string[];
  /** What is printed. The secrets are a string each, or the name of the file in their stead. */
  outcome(made: Made, file: string | null): Outcome;
}

/** `secret`: what the file will hold, in the command's own words. */
export const outputOption = (secret = 'the secret') =>
  new Option('--output <file>', `a new file for ${secret}, readable by you alone`);

/** Throws `output_needed`, and `file_unwritable` also where the file is there already; nothing was made then. */
export async function shownOnce<Made>({ output, make, secrets, outcome }: Once<Made>): Promise<Outcome> {
  if (output === undefined) {
    if (!isShownOnly()) throw new AppError('output_needed', {});
    return outcome(await make(), null);
  }
  return outcome(await written(output, make, secrets), output);
}

/** Only a file without the secret is removed again: once it is in there, it is nowhere else. */
async function written<Made>(output: string, make: Once<Made>['make'], secrets: Once<Made>['secrets']): Promise<Made> {
  const descriptor = opened(output);
  const remove = () => rmSync(output, { force: true });
  try {
    const made = await cleanedUp(make, remove);
    writeSync(descriptor, `${secrets(made).join('\n')}\n`);
    return made;
  } catch (error) {
    remove();
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

function opened(file: string): number {
  try {
    return openSync(file, 'wx', 0o600);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const because = code === 'EEXIST' ? 'there is one of this name, and it is not overwritten' : String(code);
    throw new AppError('file_unwritable', { option: '--output', file, because }, cause);
  }
}
