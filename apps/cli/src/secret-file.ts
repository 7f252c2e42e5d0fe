import { readFileSync } from 'node:fs';

/** A secret from a file or standard input (`-`), without the line end. */
export function readSecret(file: string): string {
  return readFileSync(file === '-' ? 0 : file, 'utf8').trim();
}
