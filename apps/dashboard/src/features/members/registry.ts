import type { Acts } from '../../lib/act/acts.ts';

/** What is done to one member. */
export const memberActs: Acts = {};
