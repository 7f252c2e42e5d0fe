import type { PoolView } from '@serverctl/contract';
import { kept } from '../../lib/kept.ts';

/*
 * A pool is set up when nothing is missing. Who leaves automatic failover off on purpose puts the banner away instead; that is kept in this
 * browser, and holds for that step alone: whatever else is missing later brings the banner back.
 */

const keyOf = (poolId: string): string => `serverctl.setup-put-away.${poolId}`;

type Missing = PoolView['status']['setupMissing'];

export const mayPutAway = (missing: Missing): boolean => missing.length === 1 && missing[0] === 'automatic-failover';

export const isPutAway = (poolId: string): boolean => kept.read(keyOf(poolId)) !== null;

export const putAway = (poolId: string): void => kept.write(keyOf(poolId), 'yes');

/** Whether there is anything to ask of a person. */
export const isBannerShown = (missing: Missing, hasPutAway: boolean): boolean =>
  missing.length > 0 && !(hasPutAway && mayPutAway(missing));
