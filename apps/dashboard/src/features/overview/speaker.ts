import type { PoolView } from '@serverctl/contract';
import type { Clock } from '../../platform/clock.ts';
import { transitionsOf } from './transitions.ts';

/** Politely, and never more often than this: of what came in between, what still holds is said. */
const betweenMs = 5_000;

export interface Speaker {
  /** How the pool is now. */
  hear(pool: PoolView): void;
  stop(): void;
}

/** Says what is other than when it spoke last. What came and went in between is outdated, and is not said. */
export function createSpeaker(clock: Pick<Clock, 'nowMs' | 'after'>, say: (text: string) => void): Speaker {
  let told: PoolView | null = null;
  let newest: PoolView | null = null;
  let saidAtMs = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | null = null;
  const speak = () => {
    cancel = null;
    if (told === null || newest === null) return;
    const said = transitionsOf(told, newest);
    told = newest;
    if (said.length === 0) return;
    saidAtMs = clock.nowMs();
    say(said.join(' '));
  };
  return {
    hear(pool) {
      newest = pool;
      if (told === null || told.id !== pool.id) told = pool;
      if (cancel !== null || transitionsOf(told, pool).length === 0) return;
      cancel = clock.after(Math.max(0, saidAtMs + betweenMs - clock.nowMs()), speak);
    },
    stop() {
      cancel?.();
      cancel = null;
    },
  };
}
