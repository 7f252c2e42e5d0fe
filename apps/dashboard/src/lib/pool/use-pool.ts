import type { PoolView } from '@serverctl/contract';
import { createContext, useContext } from 'react';
import { useLive } from '../live/use-live.ts';

const PoolContext = createContext<PoolView | null>(null);
export const PoolProvider = PoolContext.Provider;

/** The pool whose page this is, as it is now. */
export function usePool(): PoolView {
  const pool = useContext(PoolContext);
  if (pool === null) throw new Error('outside of a pool’s page');
  return pool;
}

/** By id or name; null while none such is known. */
export function useFoundPool(ref: string): PoolView | null {
  return useLive(({ pools }) => pools?.get(ref) ?? byName(pools, ref));
}

function byName(pools: ReadonlyMap<string, PoolView> | null, name: string): PoolView | null {
  for (const pool of pools?.values() ?? []) if (pool.name === name) return pool;
  return null;
}
