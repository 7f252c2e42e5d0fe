import type { Instant, TickMeasures } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { Ages } from './ages.ts';
import { createEndMaintenances } from './maintenance-end.ts';
import { createMaintenanceWatch, overMaintenances } from './maintenance-watch.ts';
import { type Observation, startObservation } from './observation.ts';
import { type PoolsRead, poolsRead } from './pools-read.ts';
import type { EventLoopMonitor, Lease, LeaseTerm, Liveness, PoolStore, WorkerLog } from './ports.ts';
import { poolsJudgedAnew } from './settings-change.ts';
import { withinLimit } from './time-limit.ts';

/*
 * Where the loop looks out from: reads the news each time, the pools and the release of the brakes after a change notice and every 5 s,
 * closes one tick of the observation, and has maintenances ended that are over. Ages and members' failures of the last hour are the
 * process's (one that starts knows of no failure), the observation is the term's.
 * A database that does not answer is no error here: nothing new is seen, its last write grows old, and R2 freezes the tick.
 *
 *   pools never read   look returns null
 *   pools stale        a notice came and the read failed: judged and shown with what we have, never acted on
 *   pools fresh        may be acted on
 */

export interface Sight {
  readonly observation: Observation;
  readonly pools: PoolsRead;
  readonly ages: Ages;
  /** When the tick was closed: the one instant of everything that is judged on this sight. */
  readonly at: Instant;
  /** The pools are as the store has them, and the news was read in this look. */
  readonly actionable: boolean;
  /** Ticks in which nobody aged, since this process began to look. */
  readonly frozenTicks: number;
}

export interface Lookout {
  /** One look under this term of the lease; `flushFirst` asks every listener to store what it heard before (R2). */
  look(held: LeaseTerm, flushFirst: boolean): Promise<Sight | null>;
  /** The lease is gone: whatever was observed under it ends, and the next look begins anew (R3). */
  leave(): void;
  /** A notice said that pools, members, keys or names changed. */
  notePoolChange(): void;
  onPoolsRead(told: (pools: PoolsRead) => void): void;
}

export interface LookoutPorts {
  readonly clock: Clock;
  readonly store: PoolStore;
  readonly liveness: Liveness;
  readonly lease: Lease;
  readonly eventLoop: EventLoopMonitor;
  /** Told here what is read. */
  readonly ages: Ages;
  readonly log: WorkerLog;
}

/** Pools are read again after this also without a notice: one that was lost must not leave a pool unjudged for good. */
const poolsStaleAfterMs = 5_000;
/** A database that takes longer is one that does not answer (R2: a write within 1 s). */
const readLimitMs = 1_000;

export function createLookout(ports: LookoutPorts): Lookout {
  const { clock, store, liveness, lease, ages, log } = ports;
  let term: number | null = null;
  let observation = startObservation(clock.now());
  let pools: PoolsRead | null = null;
  /** Change notices so far, and how many of them the pools that we have include. */
  let noticed = 0;
  let readUpTo = 0;
  let wasAnswering = true;
  const maintenance = createMaintenanceWatch();
  const endMaintenances = createEndMaintenances(ports);
  let frozenTicks = 0;
  let tellPoolsRead: (pools: PoolsRead) => void = () => {};

  /** What answers after its limit is not believed any more: a newer read may have passed it. */
  async function attempt(read: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    try {
      await withinLimit(clock, readLimitMs, read);
      return true;
    } catch (error) {
      if (wasAnswering) log.warn({ err: error }, 'The failover loop cannot read; nobody ages until it can (R2).');
      return false;
    }
  }

  async function readNews(of: Observation, signal: AbortSignal): Promise<void> {
    const news = await liveness.news(of.cursor);
    if (!signal.aborted) of.readNews(news, clock.now());
  }

  /** A notice during the read counts for the next one: the read may have missed what it tells of. */
  async function readPools(signal: AbortSignal): Promise<void> {
    if (pools !== null && noticed === readUpTo && clock.now() - pools.at < poolsStaleAfterMs) return;
    const reading = noticed;
    const [rows, releasedForMs] = await Promise.all([store.pools(), store.brakesReleasedForMs()]);
    if (signal.aborted) return;
    readUpTo = reading;
    pools = poolsRead(rows, clock.now());
    ages.note(rows, releasedForMs, pools.at);
    tellPoolsRead(pools);
  }

  /** What ends here begins anew here: a change alone never promotes (PRODUCT.md section 4), nor does the end of a maintenance (R13). */
  function closeTick(seen: Observation, before: PoolsRead | null, after: PoolsRead, now: Instant): void {
    seen.closeTick(measure(seen, ports, term, now), after.enrolled, now);
    seen.judgedAnew(poolsJudgedAnew(before, after), now);
    seen.restart(maintenance.ended(after.rows, ages, now), now);
    if (seen.isFrozen) frozenTicks += 1;
  }

  return {
    async look(held, flushFirst) {
      if (held.term !== term) {
        term = held.term;
        const failures = observation.failures();
        observation = startObservation(clock.now());
        noticed += 1;
        observation.recallFailures(failures);
      }
      const seen = observation;
      const flushed = flushFirst ? await attempt(() => liveness.flush()) : true;
      const before = pools;
      const answered = await Promise.all([attempt(readPools), attempt((signal) => readNews(seen, signal))]);
      wasAnswering = flushed && answered.every(Boolean);
      if (pools === null) return null;
      const at = clock.now();
      closeTick(seen, before, pools, at);
      const actionable = wasAnswering && noticed === readUpTo;
      const fence = lease.held(); // as young as can be: the commit compares its age (R15)
      if (actionable && fence?.term === held.term) endMaintenances(overMaintenances(pools.rows, ages, at), fence);
      return { observation: seen, pools, ages, at, actionable, frozenTicks };
    },
    leave() {
      term = null;
    },
    notePoolChange() {
      noticed += 1;
    },
    onPoolsRead(told) {
      tellPoolsRead = told;
    },
  };
}

function measure(
  { tickAt, beganAt, lastDatabaseWriteAt }: Observation,
  ports: LookoutPorts,
  term: number | null,
  now: Instant,
): TickMeasures {
  return {
    leaseHeld: ports.lease.held()?.term === term,
    tickGapMs: now - tickAt,
    worstEventLoopDelayMs: ports.eventLoop.worstDelayMs(),
    databaseWriteAgeMs: now - (lastDatabaseWriteAt(now) ?? beganAt),
  };
}
