import { useLiveStore } from '../../lib/live/use-live.ts';
import { systemClock } from '../../platform/clock.ts';
import type { Now } from './left-behind.ts';
import { useTicks } from './use-ticks.ts';

/** The time by both clocks; draws the caller anew once a second. */
export function useNow(): Now {
  const { store } = useLiveStore();
  useTicks();
  return { pageMs: systemClock.nowMs(), serverMs: store.serverNowMs() };
}
