import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/*
 * V8 collects its young generation when that is full, which is in the middle of whatever makes the most: a decision on its way to the
 * provider, which stands still for some ten milliseconds then. Who knows a better moment collects before (docs/adr/0026).
 */

/** Less is not worth it. V8's own collection comes at 16 MB or more. */
const worthMb = 6;

/** Returns what collects the young generation when there is enough of it, in some milliseconds, and else costs 30 µs. */
export function createYoungCollection(worthBytes = worthMb * 1024 * 1024): () => void {
  setFlagsFromString('--expose-gc'); // for contexts from here on: of all code only this has it
  const collect = runInNewContext('gc') as (options: { readonly type: 'minor' }) => void;
  return () => {
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
    if ((young?.space_used_size ?? 0) >= worthBytes) collect({ type: 'minor' });
  };
}
