import { useSyncExternalStore } from 'react';
import type { LiveState, TrafficReading } from './live-state.ts';
import type { LiveStore } from './live-store.ts';
import { useLiveStore } from './use-live.ts';

/** One reading of HAProxy's traffic as this page saw it, on the page's clock. */
export interface TrafficPoint {
  readonly atMs: number;
  readonly sessions: number;
  readonly requestRate: number;
}

/** For so long readings are kept: as far as a sparkline goes back. */
export const historyMs = 300_000;
/** The same reading is told again with its pool, and its age is rounded on the way. */
const sameMs = 1_000;

/** The points with one more where it is a new one, and without those that are too old; the same array where nothing is new. */
export function extendHistory(
  points: readonly TrafficPoint[],
  { readAtMs, sessions, requestRate }: Pick<TrafficReading, 'readAtMs' | 'sessions' | 'requestRate'>,
): readonly TrafficPoint[] {
  const last = points.at(-1);
  if (last !== undefined && readAtMs - last.atMs < sameMs) return points;
  return [...points.filter(({ atMs }) => readAtMs - atMs < historyMs), { atMs: readAtMs, sessions, requestRate }];
}

type History = Map<string, readonly TrafficPoint[]>;
const histories = new WeakMap<object, History>();
const none: readonly TrafficPoint[] = [];

/** Kept beside the store for as long as that lives: a person who comes back to a page finds what was read meanwhile. */
export function historyOf(store: Pick<LiveStore, 'get' | 'subscribe'>): ReadonlyMap<string, readonly TrafficPoint[]> {
  const known = histories.get(store);
  if (known !== undefined) return known;
  const history: History = new Map();
  let before: LiveState['traffic'] | null = null;
  const note = () => {
    const { traffic, heard } = store.get();
    if (traffic === before) return;
    before = traffic;
    for (const [id, reading] of traffic) history.set(id, extendHistory(history.get(id) ?? none, reading));
    for (const id of history.keys()) if (!heard.has(id)) history.delete(id);
  };
  note();
  store.subscribe(note);
  histories.set(store, history);
  return history;
}

/** What a member carried in the last minutes, as far as this page has read it; oldest first. */
export function useTrafficHistory(memberId: string): readonly TrafficPoint[] {
  const { store } = useLiveStore();
  const history = historyOf(store);
  return useSyncExternalStore(store.subscribe, () => history.get(memberId) ?? none);
}
