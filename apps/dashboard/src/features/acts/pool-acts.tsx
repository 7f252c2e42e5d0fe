import type { PoolView } from '@serverctl/contract';

/** What can be done to the pool, at the right of its name. */
export function PoolActs({ pool }: { readonly pool: PoolView }) {
  return <div className="acts" data-pool={pool.id} />;
}
