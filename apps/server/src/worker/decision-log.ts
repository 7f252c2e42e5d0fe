import { decisionOutline, type Instant, type PoolId } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { DecisionRecord, DecisionToKeep, LeaseTerm, PoolStore, WorkerLog } from './ports.ts';
import { withinLimit } from './time-limit.ts';
import type { Verdict } from './verdict.ts';

/*
 * Keeps every change of a pool's decision with its evidence, so that a person can ask why (R14); what a change is, core says. The loop
 * never waits for it.
 *
 *   first decision of a term   kept, whatever it is: nobody kept what changed while nobody held the lease
 *   database away              kept here, in order, and tried again once a second; the oldest goes when too many wait
 *   no answer in time          it may be stored: sent again under the same id
 *   the loop ends              one last try
 *
 * The time of each is that of the decision, not of the write: sent as an age, which counts on our own clock alone.
 */
export interface DecisionLog {
  note(verdicts: readonly Verdict[], held: LeaseTerm): void;
  /** Writes what waits, unless a write is under way. */
  write(): void;
  /** Resolves when nothing is under way any more. Never rejects. */
  end(): Promise<void>;
}

const mostWaiting = 5_000;
const mostPerWrite = 100;
const retryAfterMs = 1_000;
const writeLimitMs = 2_000;
const lastWriteLimitMs = 1_000;

interface Waiting extends DecisionRecord {
  readonly id: string;
  readonly decidedAt: Instant;
}

export function createDecisionLog(
  clock: Clock,
  store: Pick<PoolStore, 'recordDecisions'>,
  log: WorkerLog,
): DecisionLog {
  const outlines = new Map<PoolId, string>();
  let term: number | null = null;
  let waiting: Waiting[] = [];
  let noted = 0;
  let writing: Promise<void> | null = null;
  let triedAt = Number.NEGATIVE_INFINITY;
  let storedUntil = Number.NEGATIVE_INFINITY;
  let failing = false;

  function noteOne({ row, judgement, evidence, judgedAt: decidedAt }: Verdict, { holder }: LeaseTerm): void {
    const { decision, sentence } = judgement;
    const poolId = row.pool.id;
    const outline = decisionOutline(decision, evidence.pool);
    if (outlines.get(poolId) === outline) return;
    outlines.set(poolId, outline);
    noted += 1;
    waiting.push({ id: `${holder}-${noted}`, poolId, decision, sentence, evidence, decidedAt });
  }

  function forgetOldest(): void {
    if (waiting.length <= mostWaiting) return;
    log.error(
      { dropped: waiting.length - mostWaiting },
      'Too many decisions wait to be stored; the oldest are dropped.',
    );
    waiting = waiting.slice(-mostWaiting);
  }

  /** What is dropped meanwhile is dropped from the front, so the records written are found by identity. */
  async function writeNext(limitMs: number): Promise<void> {
    const next = waiting.slice(0, mostPerWrite);
    triedAt = clock.now();
    try {
      await withinLimit(clock, limitMs, () => store.recordDecisions(next.map(toKeep)));
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'Decisions could not be stored; tried again.');
      failing = true;
      return;
    }
    failing = false;
    const written = new Set(next);
    waiting = waiting.filter((record) => !written.has(record));
    storedUntil = Math.max(...next.map(storedAs)) + clock.now() - triedAt;
  }

  /** A write that took long may have put its decisions as much too late: those of a later write must not come before them. */
  function storedAs({ decidedAt }: Waiting): Instant {
    return Math.max(decidedAt, storedUntil);
  }

  function toKeep(record: Waiting): DecisionToKeep {
    const { id, poolId, decision, sentence, evidence } = record;
    return { id, poolId, decision, sentence, evidence, decidedAgoMs: triedAt - storedAs(record) };
  }

  function write(limitMs = writeLimitMs): void {
    if (writing !== null || waiting.length === 0) return;
    writing = writeNext(limitMs).finally(() => {
      writing = null;
    });
  }

  return {
    note(verdicts, held) {
      if (held.term !== term) outlines.clear();
      term = held.term;
      for (const verdict of verdicts) noteOne(verdict, held);
      forgetOldest();
    },
    write() {
      if (!failing || clock.now() - triedAt >= retryAfterMs) write();
    },
    async end() {
      await writing;
      write(lastWriteLimitMs);
      await writing;
    },
  };
}
