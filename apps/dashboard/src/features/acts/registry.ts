import type { Acts } from '../../lib/act/acts.ts';

/** What moves a record, or keeps one from moving. */
export const poolActs: Acts = {};
