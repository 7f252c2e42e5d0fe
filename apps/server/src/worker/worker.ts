import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import { createFailoverLoop, type FailoverLoop } from './failover-loop.ts';
import type {
  DnsProviders,
  EventLoopMonitor,
  Lease,
  Liveness,
  Notifier,
  PoolStore,
  Resolver,
  WorkerLog,
} from './ports.ts';
import { createPublisher } from './publisher.ts';
import { createVerifier } from './verifier.ts';

/** Everything the worker touches the world through; the simulator brings its own. */
export interface WorkerPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: PoolStore;
  readonly liveness: Liveness;
  readonly lease: Lease;
  readonly providers: DnsProviders;
  readonly resolver: Resolver;
  readonly notifier: Notifier;
  readonly eventLoop: EventLoopMonitor;
  readonly log: WorkerLog;
  /** The lease's: how long a DNS call may take (R15). */
  readonly callLimitMs?: number;
}

export interface Worker {
  /** Keeps the lease and works under it until the signal aborts; resolves when nothing is in flight and the lease is released. */
  run(signal: AbortSignal): Promise<void>;
  readonly statistics: FailoverLoop['statistics'];
}

/** The loop decides, the publisher writes, the verifier asks where clients ask. */
export function createWorker(ports: WorkerPorts): Worker {
  const verifier = createVerifier(ports);
  const publisher = createPublisher({ ...ports, verifier });
  const loop = createFailoverLoop({ ...ports, publisher });

  return {
    statistics: loop.statistics,
    async run(signal) {
      // The lease goes last: a successor takes it at once after a clean stop, so no call of ours may be in flight then (R15).
      const release = new AbortController();
      const kept = ports.lease.keep(release.signal);
      try {
        await Promise.all([loop.run(signal), publisher.run(signal)]);
      } finally {
        release.abort();
        await kept;
      }
    },
  };
}
