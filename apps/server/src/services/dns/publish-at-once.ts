import type { BindingInput } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import type { PoolRow } from '../../db/repositories/pools.ts';
import type { Database } from '../../db/schema.ts';
import { assertShownMarks } from '../records/shown-marks.ts';
import { type Joining, joiningOf } from './joining.ts';
import { standsDetails } from './stands-words.ts';
import type { Tried } from './try-record.ts';

/*
 * A name that joins a pool with an active member is written at once. What was read of each of its records:
 *
 *   no record, no mark                     | written                           -> take_over false
 *   our mark of this pool, and nothing but members' addresses | written, it is ours -> take_over false
 *   exactly the present promotion's address, no mark | marked as ours              -> take_over true
 *   another mark than the person was shown, with the person's yes | pool_changed
 *   anything else, with the person's yes   | replaced                          -> take_over true
 *   another control plane's mark           | dns_foreign_mark
 *   anything else                          | record_not_ours
 *
 * On a name server A and AAAA share one mark. Where it came with the one, it says nothing of another that somebody else keeps there: so
 * that one needs the yes although the mark is ours, unless it names a member.
 */

type Yes = Pick<z.output<typeof BindingInput>, 'takeOver' | 'expectMark' | 'expectMarkAaaa'>;

/** Whether each record is taken over by a person's yes, in the order of `tried`; one that needs the yes and has none refuses them all. */
export async function mayPublishAtOnce(
  db: Kysely<Database>,
  pool: PoolRow,
  tried: readonly Tried[],
  yes: Yes,
): Promise<readonly boolean[]> {
  const judged = [];
  for (const one of tried) {
    const joining = await joiningOf(db, pool, one.ref.type);
    judged.push({ ...one, pool: joining, standing: standingOf(one, joining) });
  }
  const asking = judged.filter(({ standing }) => standing === 'others' || standing === 'claimed');
  if (asking.length > 0 && !yes.takeOver) {
    const isClaimed = asking.some(({ standing }) => standing === 'claimed');
    throw new AppError(isClaimed ? 'dns_foreign_mark' : 'record_not_ours', standsDetails(asking, tried));
  }
  for (const { ref, view } of asking) {
    const mark = shownMark(ref.type, tried.length, yes);
    assertShownMarks(
      pool,
      [{ name: ref.name, type: ref.type, view }],
      mark === undefined ? undefined : [{ name: ref.name, mark }],
    );
  }
  return judged.map(({ standing }) => standing !== 'free');
}

export type Standing =
  /** Ours, or nobody's. */
  | 'free'
  /** Unmarked, and exactly as we would write it. */
  | 'as-wished'
  /** Another control plane's, or somebody's mark that we cannot read. */
  | 'claimed'
  /** Anything else that somebody keeps there. */
  | 'others';

/** What stands at one record, from the eyes of the pool that is to have it. */
export function standingOf({ view: { rrset, mark } }: Pick<Tried, 'view'>, pool: Joining): Standing {
  const held = rrset?.addresses ?? [];
  if (mark.kind === 'ours' && mark.mark.pool === pool.id)
    return held.every((address) => pool.members.has(address)) ? 'free' : 'others';
  if (rrset === null && mark.kind === 'none') return 'free';
  if (mark.kind === 'none' && held.length === 1 && held[0] === pool.desired) return 'as-wished';
  return mark.kind === 'foreign' || mark.kind === 'unreadable' ? 'claimed' : 'others';
}

/** The mark that the person was shown at this record; undefined = the yes is for what is read now. */
function shownMark(type: string, records: number, { expectMark, expectMarkAaaa }: Yes): string | null | undefined {
  const isBeside = type === 'AAAA' && records > 1;
  return isBeside && expectMarkAaaa !== undefined ? expectMarkAaaa : expectMark;
}
