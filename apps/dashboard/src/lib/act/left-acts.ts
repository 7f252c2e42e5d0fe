import { useSyncExternalStore } from 'react';

/** An act whose dialog was closed while it worked, and what came of it. */
export interface LeftAct {
  readonly id: number;
  /** The question it was asked by: "Make edge-ams-1 active?" */
  readonly title: string;
  /** Null = it happened. */
  readonly error: unknown;
  /** What came of it, where its dialog would have told more than that it was recorded; null = nothing more. */
  readonly outcome: string | null;
}

/** Outcomes that nobody has seen yet, of who is signed in now: a refusal that nobody sees looks like a yes. */
let left: readonly LeftAct[] = [];
let lastId = 0;
let session = 0;
const listeners = new Set<() => void>();

function keep(next: readonly LeftAct[]): void {
  left = next;
  for (const changed of listeners) changed();
}

const mostKept = 20;

export const leftActs = {
  get: () => left,
  /** Which session an act belongs to: taken when it begins, given with its outcome. */
  session: () => session,
  add(act: Omit<LeftAct, 'id'>, of: number): void {
    // Of somebody who has left: whoever is here now did not ask for it.
    if (of !== session) return;
    lastId += 1;
    keep([...left, { ...act, id: lastId }].slice(-mostKept));
  },
  /** Whoever was signed in has left. */
  clear(): void {
    session += 1;
    keep([]);
  },
  seen: (id: number): void => keep(left.filter((one) => one.id !== id)),
  subscribe(changed: () => void): () => void {
    listeners.add(changed);
    return () => void listeners.delete(changed);
  },
};

export const useLeftActs = (): readonly LeftAct[] => useSyncExternalStore(leftActs.subscribe, leftActs.get);
