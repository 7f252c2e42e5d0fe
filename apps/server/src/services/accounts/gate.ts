import { AppError } from '@serverctl/core';

/**
 * Who waits, each in a line of their own. `proven` is somebody whose session, link or token was already found: they go first, so that nobody
 * keeps them out. `agent` is one that signed with the key that we remember: before strangers, so that no flood of those keeps a fleet out,
 * but after people, who want to see why when a whole fleet starts.
 */
export type Lane = 'proven' | 'agent' | 'stranger';

export interface GateLimits {
  /** Runs at once. */
  readonly atOnce: number;
  /** Of those, strangers at most; left out, all. */
  readonly strangersAtOnce?: number;
  /** Waiting in each lane; beyond it the answer is `rate_limited` at once. */
  readonly waiting: number;
}

/** Runs work, a bounded number at once behind bounded lines. Throws `rate_limited` when the line is full. */
export interface Gate {
  run<Result>(lane: Lane, work: () => Promise<Result>): Promise<Result>;
}

const retryAfterSeconds = 1;
const lanes: readonly Lane[] = ['proven', 'agent', 'stranger'];

/**
 * For every look-up in the database by what somebody sent to prove who they are: sessions, API tokens, links, enrolment secrets, keys of agents. The
 * failover's own queries go through the same ten connections, so these take four of them at most, and whoever is not known takes two.
 */
export const lookUpLimits: GateLimits = { atOnce: 4, strangersAtOnce: 2, waiting: 256 };

/*
 * State: how many run in each lane, and who waits in each. A place that becomes free goes to the longest waiting of the first lane in which
 * anybody waits; it is taken in the same moment, so nobody who comes meanwhile passes those who wait.
 */
export function createGate({ atOnce, strangersAtOnce = atOnce, waiting }: GateLimits): Gate {
  const lines: Readonly<Record<Lane, (() => void)[]>> = { proven: [], agent: [], stranger: [] };
  const running: Record<Lane, number> = { proven: 0, agent: 0, stranger: 0 };

  function hasRoom(lane: Lane): boolean {
    const all = running.proven + running.agent + running.stranger;
    return all < atOnce && (lane !== 'stranger' || running.stranger < strangersAtOnce);
  }

  function enter(lane: Lane): Promise<void> | null {
    if (hasRoom(lane)) {
      running[lane] += 1;
      return null;
    }
    const line = lines[lane];
    if (line.length >= waiting) throw new AppError('rate_limited', { retryAfterSeconds });
    return new Promise((resolve) => line.push(resolve));
  }

  function leave(lane: Lane): void {
    running[lane] -= 1;
    const next = lanes.find((one) => lines[one].length > 0 && hasRoom(one));
    if (next === undefined) return;
    running[next] += 1;
    lines[next].shift()?.();
  }

  return {
    async run(lane, work) {
      await enter(lane);
      try {
        return await work();
      } finally {
        leave(lane);
      }
    },
  };
}
