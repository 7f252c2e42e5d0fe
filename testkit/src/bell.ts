/** Subscribers that are called back when something changed. */
export interface Bell {
  subscribe(wake: () => void): () => void;
  ring(): void;
}

export function createBell(): Bell {
  const subscribers = new Set<() => void>();
  return {
    subscribe(wake) {
      const own = () => wake();
      subscribers.add(own);
      return () => void subscribers.delete(own);
    },
    ring() {
      for (const wake of [...subscribers]) wake();
    },
  };
}
