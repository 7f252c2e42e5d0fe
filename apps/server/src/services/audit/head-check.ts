import type { Kysely } from 'kysely';
import { lastPosition, readSealed, type SealedRow } from '../../db/repositories/audit-seals.ts';
import type { Database } from '../../db/schema.ts';
import type { Clock } from '../../platform/clock.ts';
import { beforeFirst, type Chain, isSame, judgeSeal } from './chain.ts';

/** Where the chain ends. */
export interface Head {
  readonly position: number;
  readonly hash: Buffer;
}

export type HeadFault =
  /** What this process saw of the chain is not there any more, or is another. */
  | 'went-back'
  | 'seal-missing'
  | 'link-broken'
  | 'entry-changed'
  | 'entry-removed'
  /**
   * Nothing in the chain fits the master key, which this process has never seen to fit: going on with it would spoil the chain for the right
   * one. A key that did fit is the right one whatever is found later: then seals were overwritten.
   */
  | 'wrong-key';

export interface CheckedHead {
  readonly head: Head;
  readonly fault: HeadFault | null;
}

/** What a process has seen of the chain before. */
export interface Seen {
  readonly known: Head | null;
  /** A head that held was made with the key that is used. */
  readonly isKeyProven: boolean;
}

export interface Judge {
  readonly chain: Chain;
  readonly clock: Pick<Clock, 'wallTime'>;
}

const sampleSize = 10;

/** Looks at the last seal before another one is made: does it hold, and does the chain still pass through what was `known` of it. */
export async function checkHead(db: Kysely<Database>, { chain, clock }: Judge, seen: Seen): Promise<CheckedHead> {
  const { known, isKeyProven } = seen;
  const position = await lastPosition(db);
  const rows = await readSealed(db, { after: position - 2, upTo: position, limit: 2 });
  const last = rows.at(-1);
  if (last === undefined) {
    const wentBack = known !== null && known.position > 0;
    return { head: { position: 0, hash: beforeFirst }, fault: wentBack ? 'went-back' : null };
  }
  const head = { position, hash: last.hash };
  const [fault] = faultsOf(chain, rows.at(-2), last, clock.wallTime());
  if (fault === undefined) return { head, fault: (await passesThrough(db, head, known)) ? null : 'went-back' };
  if (!isKeyProven && (await fitsNothing(db, chain, position))) return { head, fault: 'wrong-key' };
  return { head, fault };
}

/** By the last seal and, where it is there, the one before it. */
function faultsOf(chain: Chain, before: SealedRow | undefined, last: SealedRow, now: Date): readonly HeadFault[] {
  const previous = last.position === 1 ? beforeFirst : (before?.hash ?? null);
  const faults = judgeSeal(chain, previous, last, now);
  return previous === null ? [...faults, 'seal-missing'] : faults;
}

async function passesThrough(db: Kysely<Database>, head: Head, known: Head | null): Promise<boolean> {
  if (known === null || known.position === 0) return true;
  if (known.position === head.position) return isSame(known.hash, head.hash);
  const [row] = await readSealed(db, { after: known.position - 1, upTo: known.position, limit: 1 });
  return row !== undefined && isSame(known.hash, row.hash);
}

/** Whether neither the first seals nor the last ones have anything that this key made: then it is another key, and not a change here or there. */
async function fitsNothing(db: Kysely<Database>, chain: Chain, position: number): Promise<boolean> {
  const first = await readSealed(db, { after: 0, upTo: sampleSize, limit: sampleSize });
  const last = await readSealed(db, {
    after: Math.max(0, position - sampleSize - 1),
    upTo: position,
    limit: sampleSize + 1,
  });
  return ![first, last].some((rows) =>
    rows.some((row, place) => {
      const previous = row.position === 1 ? beforeFirst : (rows[place - 1]?.hash ?? null);
      if (previous !== null && isSame(chain.link(previous, row), row.hash)) return true;
      return row.entry !== null && isSame(chain.entryMac(row.entry), row.entryMac);
    }),
  );
}
