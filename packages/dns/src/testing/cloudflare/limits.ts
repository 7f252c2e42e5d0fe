/** How many requests a token has, and what happens above. */
export interface RateLimit {
  readonly requests: number;
  readonly windowSeconds: number;
  /** Above the limit everything is refused for so long. */
  readonly lockOutSeconds: number;
}

export const documentedLimit: RateLimit = { requests: 1_200, windowSeconds: 300, lockOutSeconds: 300 };

/** Each token's use of its own limit, and lock-outs of all. */
export class RateMeters {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  readonly #meters = new Map<string, RateMeter>();
  #lockedUntil = Number.NEGATIVE_INFINITY;

  constructor(limit: RateLimit, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  of(token: string): RateMeter {
    const meter = this.#meters.get(token) ?? new RateMeter(this.#limit, this.#now, this.#lockedUntil);
    this.#meters.set(token, meter);
    return meter;
  }

  /** Refuses everything for so long, also to tokens that come later. */
  lockOut(seconds: number): void {
    this.#lockedUntil = this.#now() + seconds * 1000;
    for (const meter of this.#meters.values()) meter.lockOut(seconds);
  }
}

/** One token's use of its limit: a fixed window, and a lock-out once it is exceeded. */
class RateMeter {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  #windowStart: number;
  #used = 0;
  #lockedUntil: number;

  constructor(limit: RateLimit, now: () => number, lockedUntil: number) {
    this.#limit = limit;
    this.#now = now;
    this.#lockedUntil = lockedUntil;
    this.#windowStart = now();
  }

  /** Refuses everything for so long, whatever the count. */
  lockOut(seconds: number): void {
    this.#lockedUntil = this.#now() + seconds * 1000;
  }

  /** Counts one request. Returns the headers that it is answered with, and the seconds to wait where it is refused. */
  count(): { readonly headers: Record<string, string>; readonly waitSeconds: number | null } {
    const now = this.#now();
    const { requests, windowSeconds, lockOutSeconds } = this.#limit;
    if (now - this.#windowStart >= windowSeconds * 1000) {
      this.#windowStart = now;
      this.#used = 0;
    }
    const isLocked = now < this.#lockedUntil;
    if (!isLocked) this.#used += 1;
    if (!isLocked && this.#used > requests) this.lockOut(lockOutSeconds);
    const waitSeconds = now < this.#lockedUntil ? Math.ceil((this.#lockedUntil - now) / 1000) : null;
    const rest = Math.max(0, requests - this.#used);
    const window = Math.ceil((this.#windowStart + windowSeconds * 1000 - now) / 1000);
    return {
      headers: {
        ratelimit: `"default";r=${waitSeconds === null ? rest : 0};t=${waitSeconds ?? window}`,
        'ratelimit-policy': `"default";q=${requests};w=${windowSeconds}`,
        ...(waitSeconds === null ? {} : { 'retry-after': `${waitSeconds}` }),
      },
      waitSeconds,
    };
  }
}
