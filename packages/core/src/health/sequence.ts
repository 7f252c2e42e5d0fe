import { type Instant, minuteMs, secondMs } from '../time.ts';

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
 * Two hosts with one key and one boot (a machine that was copied while it ran) are two lines of beats in it. An old beat can only come
 * from a second line when it is one of these; all that an honest host and a bad network make is not:
 *
 *   old beat                                            | honest way to it                             | second line
 *   not heard yet, up to 64 behind                      | late: 6 s, at ten beats a second while a unit flaps | no
 *   heard, with the print it was heard with             | the network sent one request twice, or every one    | no
 *   heard, with another print                           | none: a host writes each seq once            | yes
 *   more than 64 behind                                 | a backlog, read when a stopped process went on | yes, but see the spacing
 *
 * The print stands for what the host wrote into the beat and for its token. So copies made by the network for minutes on end never count,
 * while of two hosts in step one soon says something else: HAProxy's figures differ, and at the latest the first renewed token does.
 *
 * A clone is suspected when the second line has risen three times, the first one having risen before each of them (in turn), at least 3 s
 * apart, within 60 s. The spacing is for the backlog: read in one go, in any order, it is over in less than the 6 s that this takes.
 * While it goes on it is said again each minute: whoever was told may have failed to note it.
 */

/** One beat as it is compared. `print` is a number from 1 to 2^30 for its content and token; the same bytes have the same. */
export interface BeatMark {
  readonly boot: number;
  readonly seq: number;
  readonly print: number;
}

/** A second line of beats in the same boot, as far as it was followed. */
export interface SecondLine {
  readonly seq: number;
  readonly turns: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** Where the first line stood at the last turn. */
  readonly newestThen: number;
}

/** What one process knows of one member's beats. Opaque: made by `startSequence`, changed by `observeBeat` and `learnBoot`. */
export interface Sequence {
  /** The newest boot known; 0 when none is: issued boots start at 1. */
  readonly boot: number;
  /** The greatest seq heard in that boot; 0 when none was. */
  readonly seq: number;
  /** Beats dropped as old since this process started. */
  readonly oldBeats: number;
  /** Prints of the last 64 seqs, that of seq n at n % 64; 0 = not heard. */
  readonly prints: readonly number[];
  readonly second: SecondLine | null;
  /** When a clone was suspected last, in this boot; null = never. */
  readonly suspectedAt: Instant | null;
}

/** `new`: a sign of life. `old`: heard before. `superseded-boot`: sent by a run of the agent that is over. */
export type BeatVerdict = 'new' | 'old' | 'superseded-boot';

/** One beat compared: the verdict and what is known from now on. */
export interface ObservedBeat {
  readonly verdict: BeatVerdict;
  readonly sequence: Sequence;
  /** Set by the beat that makes us suspect a clone: where the line stands that is behind. Else null. */
  readonly cloneSeq: number | null;
}

/** Seqs whose prints are remembered; further behind no honest beat is late. */
const sequenceWindow = 64;
/** What makes a clone (R35). */
const cloneLimits = { turns: 3, withinMs: minuteMs, spacingMs: 3 * secondMs, againMs: minuteMs } as const;

const noPrints: readonly number[] = Array.from({ length: sequenceWindow }, () => 0);

/** Nothing heard yet; `boot` is the newest one issued, where the process knows it. */
export function startSequence(boot = 0): Sequence {
  return { boot, seq: 0, oldBeats: 0, prints: noPrints, second: null, suspectedAt: null };
}

/** Compares one beat, heard `at` this instant of ours, with what is known (R35). */
export function observeBeat(sequence: Sequence, beat: BeatMark, at: Instant): ObservedBeat {
  if (beat.boot < sequence.boot) return { verdict: 'superseded-boot', sequence, cloneSeq: null };
  const known = learnBoot(sequence, beat.boot);
  if (beat.seq > known.seq) {
    return { verdict: 'new', sequence: { ...known, seq: beat.seq, prints: printsWith(known, beat) }, cloneSeq: null };
  }
  return observeOld({ ...known, oldBeats: known.oldBeats + 1 }, beat, at);
}

/** A boot was issued, here or by another replica: beats of older ones are refused from now on. */
export function learnBoot(sequence: Sequence, boot: number): Sequence {
  return boot > sequence.boot ? { ...startSequence(boot), oldBeats: sequence.oldBeats } : sequence;
}

function observeOld(sequence: Sequence, beat: BeatMark, at: Instant): ObservedBeat {
  const isFar = sequence.seq - beat.seq >= sequenceWindow;
  const heardAs = isFar ? 0 : (sequence.prints[beat.seq % sequenceWindow] ?? 0);
  if (!isFar && heardAs === 0) {
    return { verdict: 'old', sequence: { ...sequence, prints: printsWith(sequence, beat) }, cloneSeq: null };
  }
  if (heardAs === beat.print) return { verdict: 'old', sequence, cloneSeq: null };
  const second = secondLine(sequence, beat.seq, at);
  const { suspectedAt } = sequence;
  const isQuiet = suspectedAt !== null && at - suspectedAt < cloneLimits.againMs;
  if (second.turns < cloneLimits.turns || isQuiet) {
    return { verdict: 'old', sequence: { ...sequence, second }, cloneSeq: null };
  }
  return { verdict: 'old', sequence: { ...sequence, second: null, suspectedAt: at }, cloneSeq: beat.seq };
}

/** The second line after one more beat of it: a turn is a rise after a rise of the first line. */
function secondLine({ second, seq: newestThen }: Sequence, seq: number, at: Instant): SecondLine {
  if (second === null || at - second.firstAt > cloneLimits.withinMs) {
    return { seq, turns: 1, firstAt: at, lastAt: at, newestThen };
  }
  const inTurn = seq > second.seq && newestThen > second.newestThen && at - second.lastAt >= cloneLimits.spacingMs;
  return inTurn ? { ...second, seq, turns: second.turns + 1, lastAt: at, newestThen } : second;
}

/** The prints with this beat's; seqs that it passed over are not heard yet. */
function printsWith({ seq: newest, prints }: Sequence, { seq, print }: BeatMark): readonly number[] {
  const next = prints.slice();
  for (let missing = Math.max(newest + 1, seq - sequenceWindow + 1); missing < seq; missing++) {
    next[missing % sequenceWindow] = 0;
  }
  next[seq % sequenceWindow] = print;
  return next;
}
