import { useCallback, useSyncExternalStore } from 'react';
import { systemClock } from '../../platform/clock.ts';
import { frameLoop } from '../../platform/frame-loop.ts';
import type { LiveState } from '../live/live-state.ts';
import { useLiveStore } from '../live/use-live.ts';
import { sinceText } from '../words.ts';

/** Why nothing can be changed from this page now; null = it is live. Nobody may confirm what was true a while ago (DESIGN.md, section 7). */
export function staleText({ link, heardAtMs }: Pick<LiveState, 'link' | 'heardAtMs'>, nowMs: number): string | null {
  if (link.kind === 'live') return null;
  if (heardAtMs === null) return 'This page has no data yet; nothing can be changed until it is live.';
  return `This page is ${sinceText(nowMs - heardAtMs)} old; nothing can be changed until it is live.`;
}

/** The same, counting; the caller is drawn anew once a second, and only while the page is stale. */
export function useStale(): string | null {
  const { store } = useLiveStore();
  const subscribe = useCallback(
    (changed: () => void) => {
      const unsubscribe = store.subscribe(changed);
      const stop = frameLoop.onTick(changed);
      return () => {
        unsubscribe();
        stop();
      };
    },
    [store],
  );
  return useSyncExternalStore(subscribe, () => staleText(store.get(), systemClock.nowMs()));
}
