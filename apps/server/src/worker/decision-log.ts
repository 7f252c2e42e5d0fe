import type { Decision, PoolId } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { DecisionRecord, LeaseFence, PoolStore, WorkerLog } from './ports.ts';
import { TimeLimitError, withinLimit } from './time-limit.ts';
import type { Verdict } from './verdict.ts';

/*
 * Keeps every change of a pool's decision with its evidence, so that a person can ask why (R14): a change of its kind, reason, target or
 * trouble, also the one back to `keep`. The loop never waits for it.
 *
 *   first decision of a term   kept when it is not `keep`: a change of the loop alone is no change of the decision
 *   database away              kept here, in order, and tried again once a second; the oldest goes when too many wait
 *   the loop ends              one last try
 */
export interface DecisionLog {
  note(verdicts: readonly Verdict[], fence: LeaseFence): void;
  /** Writes what waits, unless a write is under way. */
  write(): void;
  /** Resolves when nothing is under way any more. Never rejects. */
  end(): Promise<void>;
}

const mostWaiting = 1_000;
const mostPerWrite = 100;
const retryAfterMs = 1_000;
const writeLimitMs = 2_000;
const lastWriteLimitMs = 1_000;

export function createDecisionLog(
  clock: Clock,
  store: Pick<PoolStore, 'recordDecisions'>,
  log: WorkerLog,
): DecisionLog {
  const outlines = new Map<PoolId, string>();
  let term: number | null = null;
  let waiting: DecisionRecord[] = [];
  let writing: Promise<void> | null = null;
  let triedAt = Number.NEGATIVE_INFINITY;
  let failing = false;

  function noteOne({ row, judgement, evidence }: Verdict): void {
    const { decision, sentence } = judgement;
    const poolId = row.pool.id;
    const outline = outlineOf(decision);
    const known = outlines.get(poolId);
    if (known === outline) return;
    outlines.set(poolId, outline);
    if (known === undefined && decision.kind === 'keep') return;
    waiting.push({ poolId, decision, sentence, evidence });
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
      await withinLimit(clock, limitMs, () => store.recordDecisions(next));
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'Decisions could not be stored; tried again.');
      failing = true;
      // Without an answer they may be stored: rather once too few in the history than twice.
      if (!(error instanceof TimeLimitError)) return;
    }
    const written = new Set(next);
    waiting = waiting.filter((record) => !written.has(record));
  }

  function write(limitMs = writeLimitMs): void {
    if (writing !== null || waiting.length === 0) return;
    writing = writeNext(limitMs).finally(() => {
      writing = null;
    });
  }

  return {
    note(verdicts, fence) {
      if (fence.term !== term) outlines.clear();
      term = fence.term;
      for (const verdict of verdicts) noteOne(verdict);
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

/** What makes it another decision; the time it has to wait does not. */
function outlineOf(decision: Decision): string {
  switch (decision.kind) {
    case 'keep':
    case 'wait':
      return `${decision.kind} ${decision.because}`;
    case 'promote':
      return `promote ${decision.because} ${decision.to}`;
    case 'refuse':
      return `refuse ${decision.because} ${decision.trouble}`;
  }
}
