import type { PoolView } from '@serverctl/contract';
import { poolsWith } from '@serverctl/core';
import type { Caller, ServiceDeps } from '../deps.ts';
import { poolView } from '../views/pool-view.ts';
import { readSnapshot, readSnapshots } from '../views/snapshot.ts';

/** The pools that the caller may read. */
export async function listPoolViews(
  { db, clock }: ServiceDeps,
  { access }: Pick<Caller, 'access'>,
): Promise<{ pools: PoolView[] }> {
  const readable = poolsWith(access, 'pool:read');
  return { pools: (await readSnapshots(db, clock.wallTime(), readable)).map(poolView) };
}

/** Throws `pool_not_found`. */
export async function getPoolView({ db, clock }: ServiceDeps, ref: string): Promise<PoolView> {
  return poolView(await readSnapshot(db, clock.wallTime(), ref));
}
