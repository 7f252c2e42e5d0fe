/** The times of the lease, all of them settings (R15). In ms. */
export interface LeaseTimes {
  /** Without a confirmed renewal for so long the holder acquires the lease anew. */
  readonly leaseMs: number;
  readonly renewMs: number;
  readonly selfStopMs: number;
  /**
   * So much more than the holder's own clock may the row's have counted since the last renewal: beyond it the holder slept. Covers what the
   * two clocks differ by in their pace, and what of a sleep does no harm.
   */
  readonly sleptMs: number;
  /** What a DNS call may take that was begun under the lease. */
  readonly callLimitMs: number;
  /** Between the end of the last such call and a successor's first. */
  readonly marginMs: number;
  /** How long a renewal must have been the last one before another process takes over. */
  readonly takeoverMs: number;
}

export const usualLeaseTimes: LeaseTimes = {
  leaseMs: 8_000,
  renewMs: 2_000,
  selfStopMs: 5_000,
  sleptMs: 800,
  callLimitMs: 4_000,
  marginMs: 200,
  takeoverMs: 10_000,
};

/** For kill tests, which divide all times alike (R15). */
export function dividedLeaseTimes(divisor: number): LeaseTimes {
  const divided = (ms: number) => ms / divisor;
  const { leaseMs, renewMs, selfStopMs, sleptMs, callLimitMs, marginMs, takeoverMs } = usualLeaseTimes;
  return {
    leaseMs: divided(leaseMs),
    renewMs: divided(renewMs),
    selfStopMs: divided(selfStopMs),
    sleptMs: divided(sleptMs),
    callLimitMs: divided(callLimitMs),
    marginMs: divided(marginMs),
    takeoverMs: divided(takeoverMs),
  };
}

/*
 * The chain, each link with what it is for:
 *
 *   0 < renew < self-stop                                one lost renewal does not end the lease
 *   self-stop <= lease                                   a lapsed holder may still renew its own term
 *   self-stop + slept + call limit + margin <= takeover  the last DNS call has ended before a successor's first begins, also where its
 *                                                        holder slept for so long that nobody noticed
 */

/** Null when the times fit together; else why they do not, in words. */
export function checkLeaseTimes(times: LeaseTimes): string | null {
  const { leaseMs, renewMs, selfStopMs, sleptMs, callLimitMs, marginMs, takeoverMs } = times;
  if (!(renewMs > 0 && sleptMs > 0 && callLimitMs > 0 && marginMs > 0)) {
    return `Lease times must be greater than zero: renew ${renewMs} ms, slept ${sleptMs} ms, call limit ${callLimitMs} ms, margin ${marginMs} ms.`;
  }
  if (!(renewMs < selfStopMs)) {
    return `The lease is renewed every ${renewMs} ms but ends by itself after ${selfStopMs} ms: it would end between two renewals.`;
  }
  if (!(leaseMs >= selfStopMs)) {
    return `The lease lasts ${leaseMs} ms, less than the ${selfStopMs} ms after which its holder stops: it would still act without it.`;
  }
  const lastCallEndsMs = selfStopMs + sleptMs + callLimitMs;
  if (!(lastCallEndsMs + marginMs <= takeoverMs)) {
    return `A successor starts after ${takeoverMs} ms, but a DNS call may run until ${lastCallEndsMs} ms and ${marginMs} ms must lie between: two could write at once.`;
  }
  return null;
}
