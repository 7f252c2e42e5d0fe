import { findMutant } from '../mutants/all-mutants.ts';
import { arm } from '../mutants/arm.ts';
import type { Answer } from './processes.ts';
import type { SeedOrder } from './seed-report.ts';

/** One process of the runner: `node child.ts [MUTANT]`. The bug goes in first; only then is the product loaded. */
const [mutant] = process.argv.slice(2);
const notLoaded = mutant === undefined ? () => [] : arm(findMutant(mutant));
const { runSeed } = await import('./run-seed.ts');

process.on('message', (order: SeedOrder) => void answer(order).then((given) => process.send?.(given)));

async function answer(order: SeedOrder): Promise<Answer> {
  try {
    const report = await runSeed(order);
    const missing = notLoaded();
    if (missing.length > 0) return { kind: 'failed', error: `the mutated ${missing.join(', ')} was never loaded` };
    return { kind: 'report', report };
  } catch (error) {
    return { kind: 'failed', error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
