import { brakeMutants } from './brake-mutants.ts';
import { enrolmentMutants } from './enrolment-mutants.ts';
import { familyMutants } from './family-mutants.ts';
import { followingMutants } from './following-mutants.ts';
import { leaseMutants } from './lease-mutants.ts';
import { listeningMutants } from './listening-mutants.ts';
import type { Mutant } from './mutant.ts';
import { readingMutants } from './reading-mutants.ts';
import { togetherMutants } from './together-mutants.ts';
import { writerMutants } from './writer-mutants.ts';

/** Every deliberate bug, by subject. */
export const allMutants: readonly Mutant[] = [
  ...listeningMutants,
  ...brakeMutants,
  ...leaseMutants,
  ...writerMutants,
  ...enrolmentMutants,
  ...familyMutants,
  ...followingMutants,
  ...togetherMutants,
  ...readingMutants,
];

/** The one of that name. */
export function findMutant(name: string): Mutant {
  const found = allMutants.find((mutant) => mutant.name === name);
  if (found === undefined)
    throw new Error(`There is no mutant ${name}. Names: ${allMutants.map((one) => one.name).join(', ')}.`);
  return found;
}
