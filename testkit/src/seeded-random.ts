import type { Random } from '../../apps/server/src/platform/random.ts';

/** The same sequence for the same seed (mulberry32): a failing run is repeated by its seed. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
  return {
    bytes: (size) => Uint8Array.from({ length: size }, () => next() & 255),
    fraction: () => next() / 2 ** 32,
  };
}
