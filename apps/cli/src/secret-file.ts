import { readFileSync } from 'node:fs';
import { AppError } from '@serverctl/core';

/** A secret from the file that an option names, or from standard input (`-`), without the line end. Throws `file_unreadable`. */
export function readSecret(option: string, file: string): string {
  return readNamed(option, file).trim();
}

/** The same line by line: a password may have spaces around it. */
export function readLines(option: string, file: string): readonly string[] {
  return readNamed(option, file).split(/\r?\n/);
}

function readNamed(option: string, file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new AppError(
      'file_unreadable',
      { option, file, because: String((cause as NodeJS.ErrnoException).code) },
      cause,
    );
  }
}
