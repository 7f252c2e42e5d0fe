import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolView } from '@serverctl/contract';
import type { Plane } from './plane.ts';

/** Looks at all pools, for many who wait at the same time. */
export interface PoolLooks {
  /** The pools as they are after this call. */
  all(): Promise<readonly PoolView[]>;
  one(pool: string): Promise<PoolView>;
  /** Asks until `holds`; rejects at the deadline with the pool's own words. */
  until(pool: string, what: string, holds: (view: PoolView) => boolean, withinMs?: number): Promise<PoolView>;
}

const betweenLooksMs = 200;

/**
 * One look at a time, shared by all who asked before it began: each is a program that starts, and several pools that wait side by side
 * would otherwise busy a small machine more than all that is tested.
 */
export function createPoolLooks(plane: () => Plane): PoolLooks {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<readonly PoolView[]> | null = null;
  const all = () => {
    next ??= running.then(() => {
      next = null;
      const look = plane().cli<readonly PoolView[]>('pool', 'list');
      running = look.catch(() => undefined);
      return look;
    });
    return next;
  };
  const one = async (pool: string) => {
    const found = (await all()).find(({ name }) => name === pool);
    if (found === undefined) throw new Error(`there is no pool ${pool}`);
    return found;
  };
  return {
    all,
    one,
    async until(pool, what, holds, withinMs = 60_000) {
      const deadline = performance.now() + withinMs;
      for (;;) {
        const view = await one(pool);
        if (holds(view)) return view;
        if (performance.now() > deadline)
          throw new Error(`${pool}: not within ${withinMs} ms: ${what}. ${inWords(view)}`);
        await sleep(betweenLooksMs);
      }
    },
  };
}

function inWords({ status }: PoolView): string {
  const members = status.members.map(({ hostname, health, standingSentence }) => {
    return `${hostname}: ${health}, ${standingSentence}`;
  });
  return `State ${status.state}: ${status.sentence} [${members.join('; ')}]`;
}
