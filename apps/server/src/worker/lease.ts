import type { Clock } from '../platform/clock.ts';
import type { Lease, LeaseFence } from './ports.ts';
import { withinLimit } from './time-limit.ts';
import { createWake } from './wake.ts';

/*
 * One failover loop at a time (R15).
 *
 *   waiting ──acquired──→ held ──self-stop: 5 s after the START of the last confirmed renewal──→ lapsed
 *      ↑                  │  ↑───────────────── a renewal is confirmed, and is young enough ────────┘
 *      └── not ours any more, or released: dropped at once
 *
 * The start of a renewal counts, not its end: the database cannot have stamped it earlier than we asked. So a holder stops at 5 s on its own
 * monotonic clock, its last DNS call ends by 9 s, and nobody takes over before 10 s on the database's. `lapsed` keeps trying to renew:
 * until somebody else took the lease the term is still ours.
 */

/** What a process that asked for the lease got: the term it holds now, or how long the present holder keeps it at least. */
export type Acquired =
  | { readonly kind: 'acquired'; readonly term: number }
  | { readonly kind: 'taken'; readonly freeInMs: number };

/** The port: the lease's row where all processes see it (db/lease-row.ts). Its times are compared there and nowhere else (R15). */
export interface LeaseRow {
  /** Takes the lease when nobody holds it, its holder is us, or its last renewal is `takeoverMs` old; the term rises with each. */
  acquire(holder: string, takeoverMs: number): Promise<Acquired>;
  /** False when it is not ours any more, or lapsed (`leaseMs` without a renewal): it must be acquired anew. */
  renew(fence: LeaseFence, leaseMs: number): Promise<boolean>;
  /** Gives it up at once and tells whoever waits. Nothing happens when it is not ours. */
  release(fence: LeaseFence): Promise<void>;
}

export interface LeaseTimes {
  /** Without a renewal for so long the lease must be acquired anew. */
  readonly leaseMs: number;
  readonly renewMs: number;
  readonly selfStopMs: number;
  readonly takeoverMs: number;
}

export const usualLeaseTimes: LeaseTimes = { leaseMs: 8_000, renewMs: 2_000, selfStopMs: 5_000, takeoverMs: 10_000 };

/** For kill tests, which divide all times alike (R15). */
export function dividedLeaseTimes(divisor: number): LeaseTimes {
  const { leaseMs, renewMs, selfStopMs, takeoverMs } = usualLeaseTimes;
  const divided = (ms: number) => ms / divisor;
  return {
    leaseMs: divided(leaseMs),
    renewMs: divided(renewMs),
    selfStopMs: divided(selfStopMs),
    takeoverMs: divided(takeoverMs),
  };
}

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

/** The lease over its row. `keep` must run for it to be held. */
export function createLease(options: LeaseOptions): Lease {
  const { holder, row, clock, times = usualLeaseTimes, exclusive = false } = options;
  const wakers = new Set<() => void>();
  let fence: LeaseFence | null = null;
  let confirmedAt = Number.NEGATIVE_INFINITY;
  let wasHeld = false;
  let cancelSelfStop = () => {};

  const held = () => (fence !== null && clock.now() - confirmedAt < times.selfStopMs ? fence : null);

  /** A reply that comes after the self-stop would confirm nothing: a call that hangs must not keep us from asking again. */
  const inTime = <Reply>(call: () => Promise<Reply>) => withinLimit(clock, times.selfStopMs, call);

  return {
    held,
    onChange(wake) {
      wakers.add(wake);
      return () => wakers.delete(wake);
    },
    async keep(signal) {
      const released = createWake(clock);
      const unsubscribe = options.onRelease?.(() => {
        if (fence === null) released.ring();
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
  async function step(beganAt: number): Promise<number> {
    try {
      if (fence === null) return await acquire(beganAt);
      const present = fence;
      if (await inTime(() => row.renew(present, times.leaseMs))) return confirm(present, beganAt);
      drop();
      return 0;
    } catch {
      return Math.max(times.renewMs / 4, beganAt + times.renewMs - clock.now());
    }
  }

  async function acquire(beganAt: number): Promise<number> {
    const acquired = await inTime(() => row.acquire(holder, exclusive ? 0 : times.takeoverMs));
    if (acquired.kind === 'acquired') return confirm({ holder, term: acquired.term }, beganAt);
    return Math.min(times.renewMs, Math.max(1, acquired.freeInMs));
  }

  function confirm(confirmed: LeaseFence, beganAt: number): number {
    fence = confirmed;
    confirmedAt = beganAt;
    cancelSelfStop();
    cancelSelfStop = clock.after(Math.max(0, beganAt + times.selfStopMs - clock.now()), tellIfChanged);
    tellIfChanged();
    return Math.max(0, beganAt + times.renewMs - clock.now());
  }

  function drop(): void {
    fence = null;
    cancelSelfStop();
    tellIfChanged();
  }

  /** The loop must have ended its DNS calls before: whoever waits may lead in the next millisecond. */
  async function release(): Promise<void> {
    const released = fence;
    drop();
    if (released !== null) await inTime(() => row.release(released)).catch(() => undefined);
  }

  function tellIfChanged(): void {
    const isHeld = held() !== null;
    if (isHeld === wasHeld) return;
    wasHeld = isHeld;
    for (const wake of [...wakers]) wake();
  }
}
