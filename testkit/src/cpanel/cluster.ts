import type { ZoneChange } from './zone.ts';

/** What takes a change to the name server that answers, such as `mirrorZoneTo`. */
export type Serve = (change: ZoneChange) => Promise<void>;

/**
 * When a change arrives at a name server of the cluster: with the write; once it is let through; so much later, the write not waiting for
 * it; or never, as at a server that is `standalone`.
 */
export type Arrival = 'at-once' | 'held' | 'never' | { readonly ms: number };

/** A name server that gets its zones from the panel. */
export interface Peer {
  /** Changes that have not arrived. */
  readonly waiting: number;
  /** From now on. */
  arrives(how: Arrival): void;
  /** Lets through what waits, oldest first: all of it, or so many. */
  deliver(most?: number): Promise<void>;
}

/** A peer, and the way in for what the panel has changed. */
export interface PeerInlet extends Peer {
  tell(change: ZoneChange): Promise<void>;
  /** What waits never arrives, since the name server may be gone. */
  stop(): void;
}

/** Changes arrive in order, and with what was missed before, since the panel sends each time the whole zone. */
export function createPeer(serve: Serve, first: Arrival, sleep: (ms: number) => Promise<unknown>): PeerInlet {
  const waiting: ZoneChange[] = [];
  const missed = new Set<string>();
  let arrival = first;
  let last: Promise<void> = Promise.resolve();
  const deliver = (most = waiting.length) => {
    const due = waiting.splice(0, most);
    last = last.then(async () => {
      for (const change of due) await serve(change);
    });
    return last;
  };
  return {
    get waiting() {
      return waiting.length;
    },
    arrives: (how) => {
      arrival = how;
    },
    deliver,
    async tell(change) {
      for (const name of change.names) missed.add(name);
      if (arrival === 'never') return;
      waiting.push({ ...change, names: [...missed] });
      missed.clear();
      if (arrival === 'at-once') return deliver();
      if (arrival !== 'held') void sleep(arrival.ms).then(() => deliver(1));
    },
    stop() {
      waiting.length = 0;
    },
  };
}
