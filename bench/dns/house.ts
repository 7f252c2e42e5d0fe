import type { DnsName } from '@serverctl/core';
import { createLeaseRow } from '../../apps/server/src/db/lease-row.ts';
import { createPoolStore } from '../../apps/server/src/db/pool-store.ts';
import { systemClock } from '../../apps/server/src/platform/clock.ts';
import { newId, systemRandom } from '../../apps/server/src/platform/random.ts';
import { createCallBudget } from '../../apps/server/src/worker/budget.ts';
import { createLease } from '../../apps/server/src/worker/lease.ts';
import { createNameNotices } from '../../apps/server/src/worker/name-notices.ts';
import type { DnsProviders, Lease, PoolStore, Resolver } from '../../apps/server/src/worker/ports.ts';
import { createPublisher } from '../../apps/server/src/worker/publisher.ts';
import { createToldBefore } from '../../apps/server/src/worker/told-before.ts';
import { createVerifier } from '../../apps/server/src/worker/verifier.ts';
import { countWaits } from './count-waits.ts';
import type { OpenedDatabase } from './databases.ts';

/** Everything of the worker but its failover loop, on the real store and the real lease: somebody else moves the pools. */
export interface House {
  readonly store: PoolStore;
  /** Failovers that did not get their place in the budget at once. */
  waitedForBudget(): number;
  /** The parts' warnings and errors. */
  readonly complaints: readonly string[];
  end(): Promise<void>;
}

/** Publishes at once, and again whenever the store tells of a change. */
export async function openHouse(database: OpenedDatabase, providers: DnsProviders, resolver: Resolver): Promise<House> {
  const [clock, random] = [systemClock, systemRandom];
  const complaints: string[] = [];
  const log = createLog(complaints);
  const store = createPoolStore(database);
  const lease = createRealLease(database);
  const notifier = { notify() {} };
  const notices = createNameNotices(createToldBefore({ clock, lease, store, log }), notifier);
  const verifier = createVerifier({ clock, resolver, notices, log });
  const counted = countWaits(createCallBudget(clock, providers.limitOf));
  const { budget } = counted;
  const publisher = createPublisher({
    ...{ clock, random, store, lease, providers, resolver, notifier, verifier, log, budget, notices },
  });
  const stop = new AbortController();
  const following = follow(store, publisher.follow);
  const releaseLease = new AbortController();
  const kept = lease.keep(releaseLease.signal);
  const running = publisher.run(stop.signal);
  await following.first;

  return {
    store,
    complaints,
    waitedForBudget: counted.waited,
    async end() {
      following.stop();
      stop.abort();
      await running;
      releaseLease.abort();
      await kept;
    },
  };
}

/** The lease in its row, as the only process has it. */
export function createRealLease(database: OpenedDatabase): Lease {
  const row = createLeaseRow(database.vital);
  return createLease({ holder: newId(systemRandom), row, clock: systemClock, exclusive: true });
}

/** What the worker's parts complain of goes into `complaints`. */
export function createLog(complaints: string[]) {
  const keep = (fields: object, message: string) => {
    const error = 'err' in fields && fields.err instanceof Error ? ` (${fields.err.message})` : '';
    complaints.push(`${message}${error}`);
  };
  return { info() {}, warn: keep, error: keep };
}

/** The failover loop's own: when it tries again. */
const guardMs = 250;

/** Reads the pools after each notice of a change, one read at a time, as the failover loop does. */
function follow(store: PoolStore, tell: (rows: Awaited<ReturnType<PoolStore['pools']>>) => void) {
  let isReading = false;
  let isChanged = false;
  let isOver = false;
  async function read(): Promise<void> {
    isChanged = true;
    if (isReading) return;
    isReading = true;
    while (isChanged && !isOver) {
      isChanged = false;
      const rows = await store.pools().catch(() => null);
      if (rows !== null) tell(rows);
      else isChanged = true;
      if (rows === null) await systemClock.sleep(guardMs);
    }
    isReading = false;
  }
  const unsubscribe = store.onChange(() => void read());
  return {
    first: read(),
    stop() {
      isOver = true;
      unsubscribe();
    },
  };
}

/** The one authoritative server of every zone: it answers what `held` says, at once. */
export function resolverOf(held: (name: string) => readonly string[] | Promise<readonly string[]>): Resolver {
  return {
    authoritativeServers: async (zone) => [{ name: `ns1.${zone}`, address: '127.0.0.1', port: 53 }],
    async ask(_server, name) {
      const addresses = [...(await held(name as DnsName))].sort();
      const ttlSeconds = addresses.length === 0 ? null : 60;
      return { authoritative: true, addresses, ttlSeconds, rcode: addresses.length === 0 ? 'NXDOMAIN' : 'NOERROR' };
    },
  };
}
