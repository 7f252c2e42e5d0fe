import type { Random } from '../../../apps/server/src/platform/random.ts';
import { seededRandom } from '../seeded-random.ts';

/** Chance of one kind in one world. */
export interface Stream extends Random {
  /** Uniform in [from, to). */
  between(from: number, to: number): number;
  /** A whole number of `from` … `to`, both possible. */
  whole(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** Exponentially distributed with this mean. */
  waiting(mean: number): number;
}

/**
 * Independent sequences out of one seed, told apart by name: a draw that is added in one place moves no other, so a world stays
 * recognisable while the simulator changes.
 */
export function createStreams(seed: number): (name: string) => Stream {
  return (name) => streamOf(seededRandom(mixed(seed, name)));
}

function streamOf(random: Random): Stream {
  const { fraction } = random;
  return {
    ...random,
    between: (from, to) => from + (to - from) * fraction(),
    whole: (from, to) => from + Math.floor((to - from + 1) * fraction()),
    chance: (probability) => fraction() < probability,
    pick(items) {
      const item = items[Math.floor(items.length * fraction())];
      if (item === undefined) throw new RangeError('there is nothing to pick from');
      return item;
    },
    waiting: (mean) => -mean * Math.log(1 - fraction()),
  };
}

/** FNV-1a over the seed's bytes and the name. */
function mixed(seed: number, name: string): number {
  let hash = 0x811c9dc5;
  for (let shift = 0; shift < 32; shift += 8) hash = Math.imul(hash ^ ((seed >>> shift) & 0xff), 0x01000193);
  for (let index = 0; index < name.length; index += 1) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
