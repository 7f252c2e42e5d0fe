import type { Mutant } from './mutant.ts';

/** R34: who may make a key. */
export const enrolmentMutants: readonly Mutant[] = [];
