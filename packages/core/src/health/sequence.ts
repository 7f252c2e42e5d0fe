/*
 * Heartbeats carry a strictly rising `(boot, seq)` (R35). `boot` is issued by us and rises with each start of the agent; `seq` starts at 1
 * in it. One `Sequence` per member and process:
 *
 *   beat's boot        | beat's seq           | verdict
 *   newer than known   | any                  | new: a process that has not heard this boot takes its first seq as it comes
 *   the known one      | greater than known   | new
 *   the known one      | not greater          | old: a retry or reordering, honest; dropped and counted
 *   older than known   | any                  | superseded-boot: refused everywhere
 *
 * Later: finding clones needs the last few verdicts as well; they go into `Sequence`, and callers keep treating it as opaque.
 */

/** What one process knows of one member's beats. Opaque: made by `startSequence`, changed by `observeBeat` and `learnBoot`. */
export interface Sequence {
  /** The newest boot known; 0 when none is: issued boots start at 1. */
  readonly boot: number;
  /** The greatest seq heard in that boot; 0 when none was. */
  readonly seq: number;
  /** Beats dropped as old since this process started. */
  readonly oldBeats: number;
}

/** `new`: a sign of life. `old`: heard before. `superseded-boot`: sent by a run of the agent that is over. */
export type BeatVerdict = 'new' | 'old' | 'superseded-boot';

/** One beat compared: the verdict and what is known from now on. */
export interface ObservedBeat {
  readonly verdict: BeatVerdict;
  readonly sequence: Sequence;
}

/** Nothing heard yet; `boot` is the newest one issued, where the process knows it. */
export function startSequence(boot = 0): Sequence {
  return { boot, seq: 0, oldBeats: 0 };
}

/** Compares one beat with what is known (R35). */
export function observeBeat(sequence: Sequence, boot: number, seq: number): ObservedBeat {
  if (boot < sequence.boot) return { verdict: 'superseded-boot', sequence };
  if (boot > sequence.boot || seq > sequence.seq) return { verdict: 'new', sequence: { ...sequence, boot, seq } };
  return { verdict: 'old', sequence: { ...sequence, oldBeats: sequence.oldBeats + 1 } };
}

/** A boot was issued, here or by another replica: beats of older ones are refused from now on. */
export function learnBoot(sequence: Sequence, boot: number): Sequence {
  return boot > sequence.boot ? { ...sequence, boot, seq: 0 } : sequence;
}
