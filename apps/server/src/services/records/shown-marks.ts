import type { ShownMarks } from '@serverctl/contract';
import { AppError, type BoundRecord, coversMark, markText } from '@serverctl/core';

type Read = Pick<BoundRecord, 'name' | 'view'> & Partial<Pick<BoundRecord, 'type'>>;

/**
 * What was shown is what is said yes to (R21): throws `pool_changed` when a mark stands beside a record that the person was not shown there. A
 * mark that is gone needs no yes. One that was shown without a type is for every record of its name. Without what was shown the yes is for
 * what was just read.
 */
export function assertShownMarks(
  { name: pool }: { readonly name: string },
  records: readonly Read[],
  shown: ShownMarks | undefined,
): void {
  if (shown === undefined) return;
  const shownAt = ({ name, type }: Read) => {
    const ofName = shown.filter((one) => one.name === name);
    return ofName.find((one) => one.type === type) ?? ofName.find((one) => one.type === undefined);
  };
  const other = records.find((read) => !coversMark({ mark: shownAt(read)?.mark ?? null }, read.view));
  if (other !== undefined) throw new AppError('pool_changed', { pool, name: other.name, mark: markText(other.view) });
}
