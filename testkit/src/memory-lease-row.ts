import type { Acquired, LeaseRow } from '../../apps/server/src/worker/lease.ts';
import { atOnce } from '../../apps/server/src/worker/lease.ts';
import type { LeaseTerm } from '../../apps/server/src/worker/ports.ts';
import { createBell } from './bell.ts';

/** The lease's row in memory. Each call takes effect at once; whoever wants a network puts one before it. */
export interface MemoryLeaseRow extends LeaseRow {
  /** Who holds it now; null = nobody. A fence of an earlier term is void (R15). */
  present(): LeaseTerm | null;
  /** What the row bears since the last acquisition or renewal. */
  stamp(): string;
  /** The row's clock. */
  nowMs(): number;
  /** Calls back on each release. Returns the unsubscriber. */
  onRelease(wake: () => void): () => void;
}

/** One row that many leases may share, as replicas share the database's; `nowMs` is the database's clock. */
export function memoryLeaseRow(nowMs: () => number): MemoryLeaseRow {
  const released = createBell();
  let holder: string | null = null;
  let term = 0;
  let renewals = 0;

  const stamp = () => `${term}.${renewals}`;
  const isPresent = (held: LeaseTerm) => holder === held.holder && term === held.term;

  return {
    present: () => (holder === null ? null : { holder, term }),
    stamp,
    nowMs,
    onRelease: released.subscribe,
    async acquire(asking, unrenewed): Promise<Acquired> {
      const isFree = holder === null || holder === asking;
      if (!isFree && unrenewed !== atOnce && unrenewed !== stamp()) return { kind: 'taken', stamp: stamp() };
      holder = asking;
      term += 1;
      renewals += 1;
      return { kind: 'acquired', term, atMs: nowMs() };
    },
    async renew(held) {
      if (!isPresent(held)) return null;
      renewals += 1;
      return nowMs();
    },
    async release(held) {
      if (!isPresent(held)) return;
      holder = null;
      released.ring();
    },
  };
}
