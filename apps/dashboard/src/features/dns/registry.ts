import { lazy } from 'react';
import type { Acts } from '../../lib/act/acts.ts';

/** What is done to a managed name, and the first publish. */
export const nameActs: Acts = {
  'add-name': lazy(async () => ({ default: (await import('./add-name.tsx')).AddName })),
  'edit-name': lazy(async () => ({ default: (await import('./edit-name.tsx')).EditName })),
  'remove-name': lazy(async () => ({ default: (await import('./remove-name.tsx')).RemoveName })),
  'first-publish': lazy(async () => ({ default: (await import('./first-publish.tsx')).FirstPublish })),
};
