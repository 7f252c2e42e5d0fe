import type { BindingId } from '@serverctl/core';
import type { PoolStore } from '../worker/ports.ts';
import type { OpenDatabase } from './connection.ts';
import { recordDecisions } from './pool-store/decisions.ts';
import { hold, pause } from './pool-store/latches.ts';
import { endMaintenance } from './pool-store/maintenance.ts';
import { readOpenTroubles } from './pool-store/open-troubles.ts';
import { promote } from './pool-store/promote.ts';
import { readDesired, recordPublication } from './pool-store/publication.ts';
import { createPoolsReader } from './pool-store/read-pools.ts';
import { storeStatus } from './pool-store/status.ts';
import { presentRelease } from './repositories/brakes.ts';
import { together } from './together.ts';

/** NOTIFYed by triggers when a pool, member, key, binding, credential or release of the brakes changed. */
export const changeChannel = 'pool_change';

/** The durable state of the failover loop in PostgreSQL. What each call means is said by the port and by its contract suite. */
export function createPoolStore({ kysely, listen }: Pick<OpenDatabase, 'kysely' | 'listen'>): PoolStore {
  const desired = together((bindingIds: readonly BindingId[]) => readDesired(kysely, bindingIds));
  return {
    pools: createPoolsReader(kysely),
    onChange: (wake) => listen(changeChannel, wake),
    promote: (promotion, fence) => promote(kysely, promotion, fence),
    hold: (poolId, expectedEpoch, sentence, fence) => hold(kysely, poolId, expectedEpoch, sentence, fence),
    pause: (poolId, why, fence) => pause(kysely, poolId, why, fence),
    endMaintenance: (over, fence) => endMaintenance(kysely, over, fence),
    brakesReleasedForMs: async () => (await presentRelease(kysely))?.left_ms ?? null,
    recordDecisions: (decisions) => recordDecisions(kysely, decisions),
    desired: async (bindingId) => (await desired(bindingId)) ?? null,
    recordPublication: (update) => recordPublication(kysely, update),
    storeStatus: (statuses, hasNews) => storeStatus(kysely, statuses, hasNews),
    openTroubles: () => readOpenTroubles(kysely),
  };
}
