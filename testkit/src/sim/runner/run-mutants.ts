import { allMutants, findMutant } from '../mutants/all-mutants.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { atText } from './print.ts';
import { startProcess } from './processes.ts';
import type { SeedOrder } from './seed-report.ts';

/** Which mutants, and how many seeds each may take. */
export interface MutantsOrder {
  readonly from: number;
  readonly seeds: number;
  readonly minutes: number | null;
  readonly jobs: number;
  readonly only: string | null;
}

/** How one mutant ended; `killedBy` null = it survived every seed. */
export interface Found {
  readonly name: string;
  readonly killedBy: { readonly invariant: string; readonly seed: number } | null;
}

/** Whether the product without the bug breaks nothing in that world: only then is it the bug that was found. */
async function isClean(order: SeedOrder): Promise<boolean> {
  const process = startProcess(null);
  try {
    return (await process.run(order)).violations.length === 0;
  } finally {
    process.stop();
  }
}

/** A mutant's worlds are short: what a bug does, it does in them, or in another seed. */
const mutantMinutes = 15;

/** Looks for a seed that finds each, one mutant per process at a time. */
export async function runMutants(order: MutantsOrder, say: (text: string) => void): Promise<readonly Found[]> {
  const chosen = order.only === null ? allMutants : [findMutant(order.only)];
  const left = chosen.values();
  const found: Found[] = [];
  const worker = async () => {
    for (const mutant of left) found.push(await hunt(mutant, order, say));
  };
  await Promise.all(Array.from({ length: Math.min(order.jobs, chosen.length) }, worker));
  return found;
}

async function hunt(
  mutant: Mutant,
  { from, seeds, minutes }: MutantsOrder,
  say: (text: string) => void,
): Promise<Found> {
  const { name } = mutant;
  const process = startProcess(name);
  try {
    for (let seed = from; seed < from + seeds; seed += 1) {
      const order = { seed, minutes: minutes ?? mutantMinutes };
      const { violations } = await process.run(order);
      const [first] = violations;
      if (first === undefined || !(await isClean(order))) continue;
      const { invariant, atMs, sentence } = first;
      say(`killed    ${name}: seed ${seed}, ${atText(atMs)}, ${invariant} ${sentence}`);
      return { name, killedBy: { invariant, seed } };
    }
  } catch (error) {
    // A bug that throws out of the product ends the world: that is found too, but says that the simulator must catch it by a rule.
    say(`failed    ${name}: ${error instanceof Error ? error.message : String(error)}`);
    return { name, killedBy: null };
  } finally {
    process.stop();
  }
  say(`survived  ${name}: ${mutant.breaks}`);
  return { name, killedBy: null };
}
