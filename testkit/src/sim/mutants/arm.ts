import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Mutant } from './mutant.ts';
import { patched, repository } from './patch.ts';

/**
 * From now on this process loads the mutated sources in place of the product's. Must run before anything of the product is imported: the
 * runner's processes import the world only after it. Returns the files that were not loaded since: a bug that never runs is never found.
 */
export function arm(mutant: Mutant): () => readonly string[] {
  const waiting = new Set(mutant.patches.map(({ file }) => file));
  const patches = Map.groupBy(mutant.patches, ({ file }) => pathToFileURL(`${repository}/${file}`).href);
  registerHooks({
    load(url, context, nextLoad) {
      const result = nextLoad(url, context);
      const own = patches.get(url);
      if (own === undefined) return result;
      for (const { file } of own) waiting.delete(file);
      return { ...result, source: own.reduce((source, patch) => patched(patch, source), textOf(result.source)) };
    },
  });
  return () => [...waiting];
}

function textOf(source: string | ArrayBuffer | NodeJS.TypedArray | null | undefined): string {
  if (source == null) throw new Error('the module has no source');
  return typeof source === 'string' ? source : new TextDecoder().decode(source);
}
