import type { Instant } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import { checkLeaseTimes, type LeaseTimes, usualLeaseTimes } from './lease-times.ts';
import type { Lease, LeaseFence, LeaseTerm } from './ports.ts';
import { withinLimit } from './time-limit.ts';
import { createWake } from './wake.ts';

/*
 * One failover loop at a time (R15).
 *
 *   waiting ──acquired──→ held ──self-stop: 5 s after the START of the last confirmed renewal──→ lapsed
 *      ↑                  │  ↑───────────────── a renewal is confirmed, and is young enough ────────┘
 *      └── not ours any more, released, 8 s old, or slept: dropped at once, to be acquired anew
 *
 * No wall clock gives it to anybody. Each renewal gives the row a new stamp; who waits looks at it at least every 2 s and takes the lease
 * over once it has seen the same stamp for 10 s of its own monotonic time, and only if the row still bears it then. `lapsed` keeps trying to
 * renew: until somebody else took the lease the term is still ours.
 *
 * A suspended machine's monotonic clock stands still with it: when it goes on, its lease and all that it heard look as young as before. The
 * row's clock tells how long ago the last renewal was that we know of: not the row's newest one, which may be ours and on its way. Where
 * that is over 0.8 s more than ours counted since its start, we slept; where it is over 0.8 s less than ours counted since its reply, that
 * clock was set back, and may hide a sleep. This can only take away: the commit of a promotion is refused, and
 * the next renewal begins a new term, in which nobody has been heard yet (R2). If it was that clock that jumped, this costs one term. A slow
 * database costs none: a renewal is compared after its reply, so its whole way is in our count. Likewise a commit: as of its transaction's
 * begin, with what we have counted by the reply to that. Neither what it waits for a connection before nor what it waits for locks afterwards
 * is a sleep; for how long it may take in all is limited for itself (db/pool-store/fenced.ts).
 *
 * Why no two act at once. The row got its last stamp at T, by a renewal that its holder began at B:
 *
 *   from T + 10 s    a successor acts: it counts from a reply that showed the stamp, and its own sleep only makes it later
 *   by   B + 5 s     the holder begins its last DNS call; B <= T, and the call ends by T + 9 s
 *   by   T + 9.8 s   the same when it slept and nobody notices: for 0.8 s and what lies between B and T, which it counts too much
 *
 * Who slept longer is found out with the first comparison. A DNS call that it begins before that is stopped by no lease, since a sleep may
 * come between any check and its call: there the epoch and the expectation in the call itself stand alone (R16, R18).
 */

/** What a process that asked for the lease got: the term it holds since `atMs` of the row's clock, or the stamp that the row bears. */
export type Acquired =
  | { readonly kind: 'acquired'; readonly term: number; readonly atMs: number }
  | { readonly kind: 'taken'; readonly stamp: string };

/** Takes the lease whatever its stamp: we are the only process there can be. */
export const atOnce = 'at-once';

/** The port: the lease's row where all processes see it (db/lease-row.ts). A stamp, `<term>.<renewals>`, never comes twice. */
export interface LeaseRow {
  /**
   * Takes the lease when nobody holds it, its holder is us, it still bears the stamp `unrenewed`, or `at-once`; the term rises with each.
   * Null = only if it is free or ours.
   */
  acquire(holder: string, unrenewed: string | null): Promise<Acquired>;
  /** Renews it: returns when, by the row's own clock, which may jump; null when it is not ours any more and must be acquired anew. */
  renew(held: LeaseTerm): Promise<number | null>;
  /** Gives it up at once and tells whoever waits. Nothing happens when it is not ours. */
  release(held: LeaseTerm): Promise<void>;
}

/** A reply that comes at once must not make a busy loop. */
const minPauseMs = 1;

export interface LeaseOptions {
  /** Unique to this process run: a process that was started again is another holder. */
  readonly holder: string;
  readonly row: LeaseRow;
  readonly clock: Clock;
  readonly times?: LeaseTimes;
  /** On the embedded database: we are the only process, proved by its lock, so the lease of a killed one is taken at once. */
  readonly exclusive?: boolean;
  /** Wakes a process that waits, when the holder released. */
  readonly onRelease?: (wake: () => void) => () => void;
}

/** The lease over its row. `keep` must run for it to be held. Throws when its times could let two hold it. */
export function createLease(options: LeaseOptions): Lease {
  const { holder, row, clock, times = usualLeaseTimes, exclusive = false } = options;
  const refusal = checkLeaseTimes(times);
  if (refusal !== null) throw new Error(refusal);
  let present: LeaseTerm | null = null;
  let confirmedAt = Number.NEGATIVE_INFINITY;
  const rows = createRowsClock(times.sleptMs);
  const watched = createStampWatch(clock, times.takeoverMs);
  let cancelSelfStop = () => {};
  const change = createChange(() => held() !== null);

  function held(): LeaseFence | null {
    const ageMs = clock.now() - confirmedAt;
    if (present === null || ageMs >= times.selfStopMs) return null;
    return fenceOf(present, clock, rows.at);
  }

  /** A reply that comes after the self-stop would confirm nothing: a call that hangs must not keep us from asking again. */
  const inTime = <Reply>(call: () => Promise<Reply>) => withinLimit(clock, times.selfStopMs, call);

  return {
    held,
    onChange: change.subscribe,
    async keep(signal) {
      const released = createWake(clock);
      const unsubscribe = options.onRelease?.(() => {
        if (present === null) released.ring();
      });
      while (!signal.aborted) {
        const nextInMs = await step(clock.now());
        if (nextInMs > 0) await released.sleep(nextInMs, signal);
      }
      unsubscribe?.();
      await release();
    },
  };

  /** One attempt; returns in how many ms the next one is due. Never rejects: a database that does not answer is asked again. */
  async function step(beganAt: Instant): Promise<number> {
    try {
      const renewed = present;
      if (renewed === null) return await acquire(beganAt);
      if (beganAt - confirmedAt < times.leaseMs) {
        const atMs = await inTime(() => row.renew(renewed));
        const isAwake = atMs !== null && atMs >= rows.at(beganAt).fromMs && atMs <= rows.at(clock.now()).untilMs;
        if (isAwake) return confirm(renewed, beganAt, atMs);
      }
      drop();
      return 0;
    } catch {
      return Math.max(times.renewMs / 4, beganAt + times.renewMs - clock.now());
    }
  }

  async function acquire(beganAt: Instant): Promise<number> {
    const acquired = await inTime(() => row.acquire(holder, exclusive ? atOnce : watched.unrenewed()));
    if (acquired.kind === 'acquired') return confirm({ holder, term: acquired.term }, beganAt, acquired.atMs);
    const dueInMs = watched.see(acquired.stamp);
    return Math.max(minPauseMs, Math.min(beganAt + times.renewMs - clock.now(), dueInMs));
  }

  function confirm(confirmed: LeaseTerm, beganAt: Instant, atMs: number): number {
    present = confirmed;
    rows.note(atMs, beganAt, clock.now());
    watched.forget();
    confirmedAt = beganAt;
    cancelSelfStop();
    cancelSelfStop = clock.after(Math.max(0, beganAt + times.selfStopMs - clock.now()), change.tell);
    change.tell();
    return Math.max(0, beganAt + times.renewMs - clock.now());
  }

  function drop(): void {
    present = null;
    cancelSelfStop();
    change.tell();
  }

  /** The loop must have ended its DNS calls before: whoever waits may lead in the next millisecond. */
  async function release(): Promise<void> {
    const released = present;
    drop();
    if (released !== null) await inTime(() => row.release(released)).catch(() => undefined);
  }
}

/** Wakes its subscribers when the lease is held and was not, or the other way round, since it was told last. */
function createChange(isHeld: () => boolean) {
  const wakers = new Set<() => void>();
  let wasHeld = false;
  return {
    subscribe(wake: () => void): () => void {
      wakers.add(wake);
      return () => wakers.delete(wake);
    },
    tell(): void {
      if (isHeld() === wasHeld) return;
      wasHeld = !wasHeld;
      for (const wake of [...wakers]) wake();
    },
  };
}

/** `rowsAt`: by the renewal that we know of now, whatever comes after it. */
function fenceOf(present: LeaseTerm, clock: Clock, rowsAt: ReturnType<typeof createRowsClock>['at']): LeaseFence {
  const givenAt = clock.now();
  return {
    ...present,
    rowsFromMs: rowsAt(givenAt).fromMs,
    rowsByMs: () => rowsAt(clock.now()).untilMs,
    ageMs: () => clock.now() - givenAt,
  };
}

/** What the row's clock can show, reckoned by ours from our last renewal: somewhere between its start and its reply it showed `atMs`. */
function createRowsClock(sleptMs: number) {
  const reckonedFrom = (atMs: number, beganAt: Instant, repliedAt: Instant) => (now: Instant) => ({
    fromMs: atMs + now - repliedAt - sleptMs,
    untilMs: atMs + now - beganAt + sleptMs,
  });
  let at = reckonedFrom(0, 0, 0);
  return {
    note(atMs: number, beganAt: Instant, repliedAt: Instant): void {
      at = reckonedFrom(atMs, beganAt, repliedAt);
    },
    get at() {
      return at;
    },
  };
}

/** The stamp of another holder's last renewal, and how long it has stood before our eyes. */
function createStampWatch(clock: Clock, takeoverMs: number) {
  let seen: { readonly stamp: string; readonly since: Instant } | null = null;
  return {
    /** Notes what the row bears now; returns in how many ms it will have stood for the takeover time. */
    see(stamp: string): number {
      if (seen?.stamp !== stamp) seen = { stamp, since: clock.now() };
      return seen.since + takeoverMs - clock.now();
    },
    /** The stamp that has stood for the whole takeover time; null = none has. */
    unrenewed: () => (seen !== null && clock.now() - seen.since >= takeoverMs ? seen.stamp : null),
    forget() {
      seen = null;
    },
  };
}
