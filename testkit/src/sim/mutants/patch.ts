import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Mutant, Patch } from './mutant.ts';

/** The root of the repository. */
export const repository = resolve(import.meta.dirname, '../../../..');

/** The source with the bug in it. Throws when the piece does not stand there exactly once. */
export function patched({ file, piece, replacement }: Patch, source: string): string {
  const count = occurrences(source, piece);
  if (count !== 1) throw new Error(`the piece stands ${count} times in ${file}, not once: ${piece}`);
  return source.replace(piece, () => replacement);
}

/** The mutated sources by file. Throws as `patched` does. */
export function mutated({ patches }: Pick<Mutant, 'patches'>): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  for (const patch of patches) {
    const source = sources.get(patch.file) ?? readFileSync(`${repository}/${patch.file}`, 'utf8');
    sources.set(patch.file, patched(patch, source));
  }
  return sources;
}

/** How often the piece stands in the source. */
export function occurrences(source: string, piece: string): number {
  return source.split(piece).length - 1;
}
