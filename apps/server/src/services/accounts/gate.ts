import { AppError } from '@serverctl/core';

/**
 * Who waits. `proven` is somebody whose session, link or token was already found: they go first and have a waiting line of their own, so
 * that no flood of strangers keeps them out.
 */
export type Lane = 'proven' | 'stranger';

export interface GateLimits {
  /** Runs at once. */
  readonly atOnce: number;
  /** Waiting in each lane; beyond it the answer is `rate_limited` at once. */
  readonly waiting: number;
}

/** Runs work, a bounded number at once behind bounded lines. Throws `rate_limited` when the line is full. */
export interface Gate {
  run<Result>(lane: Lane, work: () => Promise<Result>): Promise<Result>;
}

const retryAfterSeconds = 1;

/*
 * State: how many run, and who waits in each lane. A place that becomes free goes to the longest waiting of `proven`, then of `stranger`;
 * it is handed over, never free in between, so nobody who comes meanwhile passes those who wait.
 */
export function createGate({ atOnce, waiting }: GateLimits): Gate {
  const lines: Readonly<Record<Lane, (() => void)[]>> = { proven: [], stranger: [] };
  let running = 0;

  function enter(lane: Lane): Promise<void> | null {
    if (running < atOnce) {
      running += 1;
      return null;
    }
    const line = lines[lane];
    if (line.length >= waiting) throw new AppError('rate_limited', { retryAfterSeconds });
    return new Promise((resolve) => line.push(resolve));
  }

  function leave(): void {
    const next = lines.proven.shift() ?? lines.stranger.shift();
    if (next === undefined) running -= 1;
    else next();
  }

  return {
    async run(lane, work) {
      await enter(lane);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
