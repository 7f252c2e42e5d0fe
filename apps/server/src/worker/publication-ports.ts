import type { BindingId, PoolId } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import type { CallBudget } from './budget.ts';
import type { DriftWatch } from './drift-watch.ts';
import type { FirstLook } from './first-look.ts';
import type { DnsProviders, Lease, PoolStore, WorkerLog } from './ports.ts';
import type { FamilyMember } from './publication-family.ts';
import type { PoolPauser } from './publication-pause.ts';
import type { Verifier } from './verifier.ts';
import type { ZoneDesk } from './zone-desk.ts';

/** What publishing one name touches the world through. */
export interface PublicationPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: PoolStore;
  readonly lease: Lease;
  readonly providers: DnsProviders;
  readonly verifier: Verifier;
  readonly budget: CallBudget;
  /** Shared by all names, so that those of one zone travel together (R22). */
  readonly zones: ZoneDesk;
  readonly pauser: PoolPauser;
  readonly driftWatch: DriftWatch;
  readonly firstLook: FirstLook;
  /** Another record that is kept, as that of the other family of its name sees it; null = it is not kept now. */
  readonly memberOf: (id: BindingId) => FamilyMember | null;
  /** The pool's promotion to this epoch is being withdrawn: no write is sent under it (PRODUCT.md section 4). */
  readonly isWithheld: (poolId: PoolId, epoch: number) => boolean;
  readonly log: WorkerLog;
}
