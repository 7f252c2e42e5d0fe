import { type InstanceId, isId, type PoolId } from '../ids.ts';
import type { Mark } from './record.ts';

/** The mark's text, `v=1 cp=<instance> pool=<id> epoch=<n>` (R18). */
export function formatMark(mark: Mark): string {
  return `v=1 cp=${mark.instance} pool=${mark.pool} epoch=${mark.epoch}`;
}

const markPattern = /^v=1 cp=([0-9a-z]{12}) pool=([0-9a-z]{12}) epoch=(0|[1-9][0-9]{0,15})$/;

/**
 * The greatest epoch that is believed of a mark: one promotion a second for 68 years. The next epoch is above any that was read (R25), so
 * without a bound one hostile text would drive a pool's epoch out of the numbers that are counted exactly.
 */
export const greatestMarkEpoch = 2 ** 31;

/**
 * The mark in a text, or null when it is no mark of version 1. Strict: whatever we did not write ourselves is not ours, an epoch above
 * `greatestMarkEpoch` least of all.
 */
export function parseMark(text: string): Mark | null {
  const [, instance = '', pool = '', epochText = ''] = markPattern.exec(text) ?? [];
  const epoch = Number(epochText);
  if (!isId(instance) || !isId(pool) || epochText === '' || epoch > greatestMarkEpoch) return null;
  return { instance: instance as InstanceId, pool: pool as PoolId, epoch };
}
