import { lazy } from 'react';
import type { Acts } from '../../lib/act/acts.ts';

/** What moves a record, or keeps one from moving. */
export const poolActs: Acts = {
  'make-active': lazy(async () => ({ default: (await import('./make-active.tsx')).MakeActive })),
  cut: lazy(async () => ({ default: (await import('./make-active.tsx')).Cut })),
  maintenance: lazy(async () => ({ default: (await import('./maintenance.tsx')).Maintenance })),
  'end-maintenance': lazy(async () => ({ default: (await import('./maintenance.tsx')).EndMaintenance })),
  pause: lazy(async () => ({ default: (await import('./pause.tsx')).Pause })),
  resume: lazy(async () => ({ default: (await import('./resume.tsx')).Resume })),
  ack: lazy(async () => ({ default: (await import('./pause.tsx')).Ack })),
  adopt: lazy(async () => ({ default: (await import('./adopt.tsx')).Adopt })),
  repair: lazy(async () => ({ default: (await import('./repair.tsx')).Repair })),
  brakes: lazy(async () => ({ default: (await import('./brakes.tsx')).Brakes })),
};
