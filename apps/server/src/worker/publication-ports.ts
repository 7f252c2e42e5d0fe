import type { PoolId } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import type { CallBudget } from './budget.ts';
import type { DriftWatch } from './drift-watch.ts';
import type { DnsProviders, Lease, PoolStore, WorkerLog } from './ports.ts';
import type { PoolPauser } from './publication-pause.ts';
import type { Verifier } from './verifier.ts';

/** What publishing one name touches the world through. */
export interface PublicationPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: PoolStore;
  readonly lease: Lease;
  readonly providers: DnsProviders;
  readonly verifier: Verifier;
  readonly budget: CallBudget;
  readonly pauser: PoolPauser;
  readonly driftWatch: DriftWatch;
  /** The pool's promotion to this epoch is being withdrawn: no write is sent under it (PRODUCT.md section 4). */
  readonly isWithheld: (poolId: PoolId, epoch: number) => boolean;
  readonly log: WorkerLog;
  /** R15: the time between our self-stop and a successor's start, less the sleep that nobody notices and the margin. Default 4 s. */
  readonly callLimitMs?: number;
}
