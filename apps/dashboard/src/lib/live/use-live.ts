import { createContext, useContext, useSyncExternalStore } from 'react';
import { systemClock } from '../../platform/clock.ts';
import type { LiveState } from './live-state.ts';
import type { LiveStore } from './live-store.ts';

/** The page's one store, and how to have the link tried at once. */
export interface Live {
  readonly store: LiveStore;
  readonly tryNow: () => void;
}

const LiveContext = createContext<Live | null>(null);
export const LiveProvider = LiveContext.Provider;

export function useLiveStore(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error('outside of what keeps the page live');
  return live;
}

/** The server's clock now, in epoch milliseconds; this computer's where nothing is live, as before the sign-in. */
export function useServerNowMs(): number {
  const live = useContext(LiveContext);
  return live === null ? systemClock.wallMs() : live.store.serverNowMs();
}

/** One part of what is known. Drawn anew only when `pick` gives something else: it must not make new objects. */
export function useLive<Part>(pick: (state: LiveState) => Part): Part {
  const { store } = useLiveStore();
  return useSyncExternalStore(store.subscribe, () => pick(store.get()));
}
