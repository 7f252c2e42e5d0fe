import type { HaproxyTraffic } from '@serverctl/contract/agent';
import type { Cancel, Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import type { Reading } from './stats.ts';

/*
 * Reads HAProxy's traffic beside the heartbeats, which never wait for it. One reading at a time: the next one is planned when the last
 * has ended.
 *
 *   reading  --read, nothing-->  waiting about 5 s
 *            --silent-->         waiting twice as long as before, at most 1 min: each try leaves a connection in a hung HAProxy's queue
 *   waiting  --time-->           reading
 *            --stop()-->         ended, for good; a reading in flight is not kept
 *
 * What was read is taken by one beat. A reading that no beat took goes with the next one, so none is told late as if it were new.
 */
export const readingIntervalMs = 5_000;
const longestIntervalMs = 60_000;
/** Part of the interval by which a reading may come sooner or later, so that many hosts do not report in step. */
const jitter = 0.1;

export interface TrafficWatch {
  /** The newest reading, once; null when there is no news. */
  take(): HaproxyTraffic | null;
  stop(): void;
}

export interface TrafficWatchParts {
  readonly clock: Clock;
  readonly random: Random;
  /** Never rejects, and ends within a time of its own. */
  readonly read: () => Promise<Reading>;
}

/** Reads at once, and then on and on until it is stopped. */
export function watchTraffic({ clock, random, read }: TrafficWatchParts): TrafficWatch {
  let newest: HaproxyTraffic | null = null;
  let intervalMs = readingIntervalMs;
  let ended = false;
  let cancel: Cancel = () => undefined;

  async function look(): Promise<void> {
    const reading = await read();
    if (ended) return;
    newest = reading.kind === 'read' ? reading.traffic : null;
    intervalMs = reading.kind === 'silent' ? Math.min(intervalMs * 2, longestIntervalMs) : readingIntervalMs;
    cancel = clock.after(intervalMs * (1 + jitter * (2 * random.fraction() - 1)), () => void look());
  }
  void look();

  return {
    take() {
      const traffic = newest;
      newest = null;
      return traffic;
    },
    stop() {
      ended = true;
      cancel();
    },
  };
}
