import type { MemberId } from '@serverctl/core';

/** What a listener counted since this process started. For `/metrics`, `/readyz` and the benchmarks: nothing decides on these. */
export interface BeatCounts {
  /** New `(boot, seq)` of a valid token, refused ones included: signs of life (R5). */
  accepted: number;
  /** Retries and reordering: not new, dropped (R35). */
  dropped: number;
  /** Accepted, but from a wrong address or with a wrong hostname (R5). */
  refused: number;
  /** Of an older start of the agent than the newest known (R35). */
  superseded: number;
  /** Without a valid token: no sign of life (R5). */
  unauthenticated: number;
  /** Times a seq was not the one after the last in the same boot, and how many beats were missing in all. */
  gaps: number;
  missing: number;
}

export interface LivenessStatistics {
  readonly listenerId: string;
  /** Members this process has heard and still knows. */
  readonly members: number;
  readonly beats: Readonly<BeatCounts>;
  /** Statements sent to the database, how many of them for a change, and how many failed. */
  readonly statements: number;
  readonly changeStatements: number;
  readonly failedStatements: number;
  readonly lastFlushAgeMs: number;
  readonly flushHealthy: boolean;
}

/** Beats that never came between two that did, in one boot: lost on the way, or heard by another process. */
export interface SequenceGap {
  readonly memberId: MemberId;
  /** When the beat after the gap came; wall time, for people. */
  readonly at: Date;
  readonly missing: number;
}

/** Gaps remembered; the oldest go first. */
export const gapLimit = 1_000;

export function noBeats(): BeatCounts {
  return { accepted: 0, dropped: 0, refused: 0, superseded: 0, unauthenticated: 0, gaps: 0, missing: 0 };
}
