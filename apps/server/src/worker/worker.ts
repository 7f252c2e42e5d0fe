import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import { createCallBudget } from './budget.ts';
import { createFailoverLoop, type FailoverLoop } from './failover-loop.ts';
import { createNameNotices } from './name-notices.ts';
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
import { createPreflight } from './preflight.ts';
import type { PreflightStore } from './preflight-ports.ts';
import { createPublisher } from './publisher.ts';
import { createToldBefore } from './told-before.ts';
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
  /** Left out, no credential is tried in calm (R23): the simulator's providers know no credentials that could be refused. */
  readonly preflights?: PreflightStore;
  /** The lease's: how long a DNS call may take (R15). */
  readonly callLimitMs?: number;
}

export interface Worker {
  /** Keeps the lease and works under it until the signal aborts; resolves when nothing is in flight and the lease is released. */
  run(signal: AbortSignal): Promise<void>;
  readonly statistics: FailoverLoop['statistics'];
}

/** The loop decides, the publisher writes, the verifier asks where clients ask, the preflight tries each credential in calm. */
export function createWorker(ports: WorkerPorts): Worker {
  const toldBefore = createToldBefore(ports);
  const notices = createNameNotices(toldBefore, ports.notifier);
  const verifier = createVerifier({ ...ports, notices });
  const budget = createCallBudget(ports.clock, (credentialId) => ports.providers.limitOf(credentialId));
  const publisher = createPublisher({ ...ports, budget, verifier, notices });
  const loop = createFailoverLoop({ ...ports, publisher, toldBefore });
  const { preflights } = ports;
  const preflight = preflights === undefined ? null : createPreflight({ ...ports, preflights, budget });

  return {
    statistics: loop.statistics,
    async run(signal) {
      // The lease goes last: a successor takes it at once after a clean stop, so no call of ours may be in flight then (R15).
      const release = new AbortController();
      const kept = ports.lease.keep(release.signal);
      try {
        await Promise.all([loop.run(signal), publisher.run(signal), preflight?.run(signal)]);
      } finally {
        release.abort();
        await kept;
      }
    },
  };
}
