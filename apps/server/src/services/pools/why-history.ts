import type { DecisionChange } from '@serverctl/contract';
import { type DecidedOn, type Decision, decisionOutline } from '@serverctl/core';
import type { Kysely } from 'kysely';
import {
  type DecisionLineRow,
  decisionLines,
  type PromotionLineRow,
  personsPromotions,
} from '../../db/repositories/decisions.ts';
import type { Database } from '../../db/schema.ts';

/*
 * How a pool came to where it is, for whoever asks why (R14): the changes of its decision, and what persons did to its active member in
 * between. The loop keeps a decision anew in each of its terms; one that stayed the same is told once, from its beginning.
 */

/** Which time is asked about: the moment `upTo` (null = now), or the span that ends there and begins at `from`. */
export interface Asked {
  readonly from: Date | null;
  readonly upTo: Date | null;
}

export interface History {
  /**
   * The newest decision, or the most telling one of the span: since when it held, when it was kept last, and what it is told apart by;
   * null = none is kept.
   */
  readonly told: {
    readonly outline: string;
    readonly since: Date;
    readonly keptAt: Date;
    readonly last: DecisionLineRow;
  } | null;
  /** What else held in the span, oldest first. */
  readonly besides: readonly DecisionChange[];
  /** Oldest first. */
  readonly changes: readonly DecisionChange[];
}

const linesPerPage = 100;

export async function readHistory(
  db: Kysely<Database>,
  poolId: string,
  { from, upTo }: Asked,
  shown: number,
): Promise<History> {
  const runs = await readRuns(db, poolId, upTo, shown);
  // Each promotion changes the decision too, so that among so many are all that lie between the shown changes.
  const persons = await personsPromotions(db, poolId, upTo, 2 * shown);
  const lines = [...persons.map(promotionLine), ...runs.slice(0, shown).map(({ first }) => decisionLine(first))];
  const begun = from === null ? [] : runs.filter(({ first }) => first.at >= from);
  // A promotion stands for some 20 ms only: whoever asks about its second asks about it.
  const told = begun.find(({ first }) => (first.decision as Decision).kind === 'promote') ?? runs[0];
  const held = from === null ? [] : runs.slice(0, begun.length + 1);
  return {
    told: told === undefined ? null : { ...told, since: told.first.at, keptAt: told.last.at },
    besides: inOrder(held.filter((run) => run !== told).map(({ first }) => decisionLine(first))),
    changes: inOrder(lines).slice(-shown),
  };
}

/** A decision that held without a break, by the first row that it was kept in, and by the last one. */
interface Run {
  readonly outline: string;
  readonly last: DecisionLineRow;
  first: DecisionLineRow;
}

/** The newest first; at least one more than is shown, so that the beginning of each shown one is known. */
async function readRuns(db: Kysely<Database>, poolId: string, upTo: Date | null, shown: number): Promise<Run[]> {
  const runs: Run[] = [];
  let page: DecisionLineRow[];
  do {
    page = await decisionLines(db, poolId, { upTo, after: runs.at(-1)?.first, limit: linesPerPage });
    for (const line of page) {
      const outline = decisionOutline(line.decision as Decision, line.pool as DecidedOn);
      const last = runs.at(-1);
      if (last?.outline === outline) last.first = line;
      else runs.push({ outline, last: line, first: line });
    }
  } while (runs.length <= shown && page.length === linesPerPage);
  return runs;
}

/** From newest first to oldest first. */
function inOrder(lines: readonly Line[]): readonly DecisionChange[] {
  return lines
    .toReversed()
    .toSorted((one, other) => one.at.getTime() - other.at.getTime())
    .map(({ at, ...line }) => ({ at: at.toISOString(), ...line }));
}

type Line = Omit<DecisionChange, 'at'> & { readonly at: Date };

function decisionLine({ at, decision, sentence }: DecisionLineRow): Line {
  const { kind, because } = decision as Decision;
  return { at, kind, because, sentence };
}

function promotionLine({ decided_at: at, cause: because, sentence, actor, reason }: PromotionLineRow): Line {
  const who = reason === null ? `By ${actor}.` : `By ${actor}: ${reason}`;
  return { at, kind: 'promote', because, sentence: `${sentence} ${who}` };
}
