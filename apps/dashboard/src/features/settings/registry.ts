import { lazy } from 'react';
import type { Acts } from '../../lib/act/acts.ts';

/** What is done to a setting that may move a record. */
export const settingsActs: Acts = {
  failover: lazy(async () => ({ default: (await import('./failover-act.tsx')).FailoverAct })),
};
