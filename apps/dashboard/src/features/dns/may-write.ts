import { useWhyNotAllowed } from '../../lib/use-may.ts';

/** Why the names of this pool cannot be changed by who is signed in, with null: credentials; null = they can be. */
export const useWhyNoDnsWrite = (poolId: string | null): string | null => useWhyNotAllowed('dns:write', poolId);

/** Why records of this pool cannot be moved by who is signed in; null = they can be. */
export const useWhyNoPromotion = (poolId: string): string | null => useWhyNotAllowed('promotion:write', poolId);

export const credentialReaders = 'viewers of all pools';
