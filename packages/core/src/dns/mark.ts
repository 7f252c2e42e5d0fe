import { type InstanceId, isId, type PoolId, type PromotionId } from '../ids.ts';
import type { Mark, RecordView } from './record.ts';

/** The mark's text, `v=1 cp=<instance> pool=<id> epoch=<n> by=<promotion>` (R18, ADR 0018); at most 81 characters. */
export function formatMark({ instance, pool, epoch, promotion }: Mark): string {
  const text = `v=1 cp=${instance} pool=${pool} epoch=${epoch}`;
  return promotion === undefined ? text : `${text} by=${promotion}`;
}

const markPattern = /^v=1 cp=([0-9a-z]{12}) pool=([0-9a-z]{12}) epoch=(0|[1-9][0-9]{0,15})(?: by=([0-9a-z]{12}))?$/;

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
  const [, instance = '', pool = '', epochText = '', by] = markPattern.exec(text) ?? [];
  const epoch = Number(epochText);
  if (!isId(instance) || !isId(pool) || epochText === '' || epoch > greatestMarkEpoch) return null;
  const mark = { instance: instance as InstanceId, pool: pool as PoolId, epoch };
  if (by === undefined) return mark;
  return isId(by) ? { ...mark, promotion: by as PromotionId } : null;
}

/** The mark beside a record, as text; null = none. */
export function markText({ mark }: Pick<RecordView, 'mark'>): string | null {
  if (mark.kind === 'none') return null;
  return mark.kind === 'unreadable' ? mark.text : formatMark(mark.mark);
}

/** A person's yes to replacing a record that is not ours, with the mark that stood beside it when the yes was taken; null = none. */
export interface TakeOver {
  readonly mark: string | null;
}

/** Whether the yes is for what stands there now: another mark than its own is somebody who came since (R21). No mark needs none. */
export function coversMark({ mark }: TakeOver, view: Pick<RecordView, 'mark'>): boolean {
  const text = markText(view);
  return text === null || text === mark;
}

/** What a mark of this pool is compared with: the present epoch, and the promotion that made it, where that is known. */
export interface PresentEpoch {
  readonly epoch: number;
  readonly promotion?: PromotionId;
}

/**
 * Whether a mark of ours tells of a promotion that we know nothing of (R25): of a greater epoch, or of the same one made by another. The
 * database was put back, or a copy of it runs elsewhere.
 */
export function isPastOurs(mark: Mark, { epoch, promotion }: PresentEpoch): boolean {
  if (mark.epoch !== epoch) return mark.epoch > epoch;
  return mark.promotion !== undefined && promotion !== undefined && mark.promotion !== promotion;
}
