import type { Mutant } from './mutant.ts';

/** Every deliberate bug, by subject. */
export const allMutants: readonly Mutant[] = [];

/** The one of that name. */
export function findMutant(name: string): Mutant {
  const found = allMutants.find((mutant) => mutant.name === name);
  if (found === undefined)
    throw new Error(`There is no mutant ${name}. Names: ${allMutants.map((one) => one.name).join(', ')}`);
  return found;
}
