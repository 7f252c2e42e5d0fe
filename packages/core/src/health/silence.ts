import type { Hearing } from '../failover/evidence.ts';
import type { Instant } from '../time.ts';

/*
 * Two counts run side by side for every member (R2 gates actions, never words):
 *
 *   true silence    now - silentSince; grows always
 *   proven silence  grows only by ticks in which we could have heard the member, and of those only the part after its last beat and
 *                   up to the watermark of the process that heard it last
 *
 * A watermark lags behind the tick by the age of the last flush. Listening time beyond it is kept in `pending` and counted when the
 * watermark arrives; were it dropped, silence would grow at a fraction of its true speed.
 */

/** A stretch of time on the observer's clock, `from` inclusive, `to` exclusive. */
export interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

/** How long one member has been silent. Made by `startSilence`, changed by `hear` and `advanceSilence` only. */
export interface Silence {
  /** When this plane last heard a new `(boot, seq)`; null when it has not yet. */
  readonly heardAt: Instant | null;
  /** Where true silence begins: the last beat, or the moment from which we could have heard one (R3). */
  readonly silentSince: Instant;
  /** Listening before this proves nothing: a beat that could not be dated was heard by then. Mostly not later than `silentSince`. */
  readonly provenFrom: Instant;
  /** Proven part of the silence in ms; never greater than the true one (I7). */
  readonly provenMs: number;
  /** Listening time that no watermark covers yet, oldest first. */
  readonly pending: readonly Span[];
}

/** One step of the failover loop, as far as one member's silence is concerned. */
export interface SilenceTick extends Span {
  /** Whether all of R2 held in this tick for this member. */
  readonly listening: boolean;
  /** The watermark of the process that last heard the member; absent = the loop's own process hears it, nothing lags. */
  readonly countableUntil?: Instant;
}

/** More broken-up listening than this is forgotten from the old end, which can only make proven silence smaller. */
const pendingLimit = 32;

/** Silence of a member not heard yet: it starts now, never at zero (R3). */
export function startSilence(now: Instant): Silence {
  return { heardAt: null, silentSince: now, provenFrom: now, provenMs: 0, pending: [] };
}

/** The member was heard: silence starts again. A beat older than the newest known one changes nothing. */
export function hear(silence: Silence, heardAt: Instant): Silence {
  if (silence.heardAt !== null && heardAt <= silence.heardAt) return silence;
  const silentSince = Math.max(silence.silentSince, heardAt);
  return {
    heardAt,
    silentSince,
    provenFrom: Math.max(silence.provenFrom, silentSince),
    provenMs: 0,
    pending: clipSpans(silence.pending, silentSince, Number.POSITIVE_INFINITY),
  };
}

/**
 * The member was heard, and all that is known is by when. What was proven of its silence is not any more, and nothing before `heardBy` will be;
 * it is no fresher for it (R7).
 */
export function hearUndated(silence: Silence, heardBy: Instant): Silence {
  const provenFrom = Math.max(silence.provenFrom, heardBy);
  const pending = clipSpans(silence.pending, provenFrom, Number.POSITIVE_INFINITY);
  return { ...silence, provenFrom, provenMs: 0, pending };
}

/**
 * Silence whose proof starts again without a beat, from the end of the last tick on: the process that heard the member vanished (R2), or
 * what it is judged by was changed. True silence goes on: the member was not heard, so it is no fresher for it (R7).
 */
export function restartSilence(silence: Silence): Silence {
  return { ...silence, provenMs: 0, pending: [] };
}

/**
 * Silence after one tick. Ticks must not overlap; a tick in which we did not listen adds nothing, now or later. For a thousand members ten
 * times a second: nothing is made that is not kept.
 */
export function advanceSilence(silence: Silence, tick: SilenceTick): Silence {
  const { pending, heardAt, silentSince, provenFrom } = silence;
  if (!tick.listening && pending.length === 0) return silence;
  const from = Math.max(silentSince, provenFrom);
  const watermark = Math.min(tick.countableUntil ?? tick.to, tick.to);
  let grownMs = 0;
  let waiting = noSpans;
  const count = (span: Span) => {
    const begin = Math.max(span.from, from);
    grownMs += Math.max(0, Math.min(span.to, watermark) - begin);
    waiting = append(waiting, Math.max(begin, watermark), span.to);
  };
  pending.forEach(count);
  if (tick.listening) count(tick);
  const trueMs = Math.max(0, tick.to - silentSince);
  return {
    heardAt,
    silentSince,
    provenFrom,
    provenMs: Math.max(silence.provenMs, Math.min(silence.provenMs + grownMs, trueMs)),
    pending: waiting.length > pendingLimit ? waiting.slice(-pendingLimit) : waiting,
  };
}

/**
 * The silence as evidence at `now`, in ms. `everHeard`: whether any process ever heard this member; one that was never heard in its
 * life is not lost, only unknown, so its wait carries no proven part.
 */
export function hearingOf(silence: Silence, now: Instant, everHeard: boolean): Hearing {
  const trueMs = Math.max(0, now - silence.silentSince);
  const provenMs = Math.min(silence.provenMs, trueMs);
  if (silence.heardAt !== null) return { kind: 'heard', silentMs: trueMs, provenSilentMs: provenMs };
  return everHeard
    ? { kind: 'never', waitedMs: trueMs, provenWaitedMs: provenMs }
    : { kind: 'never', waitedMs: trueMs };
}

const noSpans: readonly Span[] = [];

/** The spans and one more at their end, unless it is empty; one that goes on where the last one ends makes that longer. */
function append(spans: readonly Span[], from: Instant, to: Instant): readonly Span[] {
  if (to <= from) return spans;
  const last = spans.at(-1);
  if (last === undefined) return [{ from, to }];
  return last.to === from ? [...spans.slice(0, -1), { from: last.from, to }] : [...spans, { from, to }];
}

function clipSpans(spans: readonly Span[], from: Instant, to: Instant): readonly Span[] {
  const clipped: Span[] = [];
  for (const span of spans) {
    const part = { from: Math.max(span.from, from), to: Math.min(span.to, to) };
    if (part.to > part.from) clipped.push(part);
  }
  return clipped;
}
