import type { Acts } from '../../lib/act/acts.ts';

/** What is done to a managed name, and the first publish. */
export const nameActs: Acts = {};
