import type { Instant, PoolId } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { PoolStatusRow, PoolStore, WorkerLog } from './ports.ts';
import type { Verdict } from './verdict.ts';

/*
 * Judgements for whoever looks: on a change at once, of one pool never more than one change a second, one write at a time, and not with
 * each turn: while pools change one after the other, what is new is written together. Whoever shows pools is told of a change with its
 * write. Without one once a second (ages grow), a fifth of the pools at a time: all at once would hold up a decision for milliseconds. From
 * about 100 pools on that takes five turns, so each is written every 1.25 s, and within 2 s where all were written at once before. The loop
 * never waits for it, and a failed write is logged and made again: it is a cache that may vanish.
 */

const everyMs = 1_000;
/** Between two writes with changes, and before one without. */
const apartMs = 150;
/** Of all pools, how many are written at a time for their ages; few enough are written together. */
const agesAtATime = { share: 1 / 5, least: 20 } as const;

export interface StatusWriter {
  write(verdicts: readonly Verdict[], frozenTicks: number): void;
}

export function createStatusWriter(clock: Clock, store: PoolStore, log: WorkerLog): StatusWriter {
  const written = new Map<PoolId, Written>();
  let writing = false;
  /** From when on there may be a write with changes, and one without. */
  let notBefore = { news: Number.NEGATIVE_INFINITY, ages: Number.NEGATIVE_INFINITY };

  function dueOf(verdicts: readonly Verdict[], now: Instant): readonly Due[] {
    const due = verdicts.flatMap((verdict): readonly Due[] => {
      const before = written.get(verdict.row.pool.id) ?? never;
      const print = printOf(verdict);
      const isNews = print !== before.print && now - before.changedAt >= everyMs;
      if (!isNews && now - before.at < everyMs) return [];
      return [{ verdict, isNews, before, after: isNews ? { at: now, changedAt: now, print } : { ...before, at: now } }];
    });
    const [news, ages] = [due.filter(({ isNews }) => isNews), due.filter(({ isNews }) => !isNews)];
    const most = Math.max(agesAtATime.least, Math.ceil(verdicts.length * agesAtATime.share));
    return [...news, ...ages.toSorted((a, b) => a.before.at - b.before.at).slice(0, most)];
  }

  /** What was not stored is due again, after a while. */
  function failed(due: readonly Due[], error: unknown): void {
    for (const { verdict, before } of due) written.set(verdict.row.pool.id, before);
    const later = clock.now() + everyMs;
    notBefore = { news: later, ages: later };
    log.warn({ err: error }, 'The status of the pools could not be stored.');
  }

  return {
    write(verdicts, frozenTicks) {
      const now = clock.now();
      if (writing || now < notBefore.news) return;
      const due = dueOf(verdicts, now);
      const hasNews = due.some(({ isNews }) => isNews);
      if (due.length === 0 || (!hasNews && now < notBefore.ages)) return;
      notBefore = { news: hasNews ? now + apartMs : notBefore.news, ages: now + apartMs };
      for (const { verdict, after } of due) written.set(verdict.row.pool.id, after);
      writing = true;
      store
        .storeStatus(
          due.map(({ verdict }) => rowOf(verdict, frozenTicks)),
          hasNews,
        )
        .catch((error: unknown) => failed(due, error))
        .finally(() => {
          writing = false;
        });
    },
  };
}

interface Due {
  readonly verdict: Verdict;
  readonly isNews: boolean;
  readonly before: Written;
  readonly after: Written;
}

interface Written {
  readonly at: Instant;
  readonly changedAt: Instant;
  readonly print: string;
}
const never: Written = { at: Number.NEGATIVE_INFINITY, changedAt: Number.NEGATIVE_INFINITY, print: '' };

function rowOf({ row, judgement, evidence }: Verdict, frozenTicks: number): PoolStatusRow {
  return { poolId: row.pool.id, judgement, evidence, frozenTicks };
}

/** What somebody waits for: sentences and ages change by themselves. */
function printOf({ judgement, evidence }: Verdict): string {
  const { decision, health, standings, nextInLine } = judgement;
  const because = 'because' in decision ? decision.because : null;
  const members = Object.entries(health).map(([id, { kind }]) => `${id} ${kind}`);
  const ready = standings.map((one) => `${one.memberId} ${one.place}`);
  return [decision.kind, because, evidence.listening.blindBecause, nextInLine, ...members, ...ready].join();
}
