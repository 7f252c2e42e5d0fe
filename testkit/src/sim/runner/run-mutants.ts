import { allMutants, findMutant } from '../mutants/all-mutants.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { mutated } from '../mutants/patch.ts';
import { atText } from './print.ts';
import { startProcess } from './processes.ts';
import type { SeedOrder, Violation } from './seed-report.ts';

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

/** A failure is no kill: a patch that does not apply, or a bug that throws out of the product where a judge should have spoken. */
async function hunt(mutant: Mutant, order: MutantsOrder, say: (text: string) => void): Promise<Found> {
  const { name } = mutant;
  try {
    mutated(mutant);
    const kill = await findKill(mutant, order);
    if (kill === null) say(`survived  ${name}: ${mutant.breaks}`);
    else say(`killed    ${name}: seed ${kill.seed}, ${atText(kill.atMs)}, ${kill.invariant} ${kill.sentence}`);
    return { name, killedBy: kill };
  } catch (error) {
    say(`failed    ${name}: ${error instanceof Error ? error.message : String(error)}`);
    return { name, killedBy: null };
  }
}

async function findKill(
  { name, faults }: Mutant,
  { from, seeds, minutes }: MutantsOrder,
): Promise<(Violation & { readonly seed: number }) | null> {
  const process = startProcess(name);
  try {
    for (let seed = from; seed < from + seeds; seed += 1) {
      const order = { seed, minutes: minutes ?? mutantMinutes, ...(faults !== undefined && { faults }) };
      const [first] = (await process.run(order)).violations;
      if (first !== undefined && (await isClean(order))) return { ...first, seed };
    }
    return null;
  } finally {
    process.stop();
  }
}
