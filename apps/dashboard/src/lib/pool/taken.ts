import type { PoolView } from '@serverctl/contract';

/** The pool that has this name already, whatever its case, as the server keeps names apart; null = it is free. */
export function holderOf(name: string, pools: Iterable<PoolView>, except: string | null = null): PoolView | null {
  const wanted = name.trim().toLowerCase();
  for (const pool of pools) if (pool.id !== except && pool.name.toLowerCase() === wanted) return pool;
  return null;
}
