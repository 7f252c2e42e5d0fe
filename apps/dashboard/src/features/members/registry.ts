import { lazy } from 'react';
import type { Acts } from '../../lib/act/acts.ts';

/** What is done to one member. */
export const memberActs: Acts = {
  'add-member': lazy(async () => ({ default: (await import('./add-member.tsx')).AddMember })),
  'enrol-member': lazy(async () => ({ default: (await import('./enrol-member.tsx')).EnrolMember })),
  'edit-member': lazy(async () => ({ default: (await import('./edit-member.tsx')).EditMember })),
  'remove-member': lazy(async () => ({ default: (await import('./remove-member.tsx')).RemoveMember })),
  'member-maintenance': lazy(async () => ({ default: (await import('./maintain-member.tsx')).MaintainMember })),
  'allow-address': lazy(async () => ({ default: (await import('./allow-address.tsx')).AllowAddress })),
  'clear-quarantine': lazy(async () => ({ default: (await import('./clear-quarantine.tsx')).ClearQuarantine })),
};
