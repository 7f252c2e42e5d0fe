import { useSyncExternalStore } from 'react';

/** An act whose dialog was closed while it worked, and what came of it. */
export interface LeftAct {
  readonly id: number;
  /** The question it was asked by: "Make edge-ams-1 active?" */
  readonly title: string;
  /** Null = it happened. */
  readonly error: unknown;
}

/** Outcomes that nobody has seen yet. Kept for as long as the page is open: a refusal that nobody sees looks like a yes. */
let left: readonly LeftAct[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function keep(next: readonly LeftAct[]): void {
  left = next;
  for (const changed of listeners) changed();
}

export const leftActs = {
  get: () => left,
  add(act: Omit<LeftAct, 'id'>): void {
    lastId += 1;
    keep([...left, { ...act, id: lastId }]);
  },
  seen: (id: number): void => keep(left.filter((one) => one.id !== id)),
  subscribe(changed: () => void): () => void {
    listeners.add(changed);
    return () => void listeners.delete(changed);
  },
};

export const useLeftActs = (): readonly LeftAct[] => useSyncExternalStore(leftActs.subscribe, leftActs.get);
