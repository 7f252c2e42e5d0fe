/** One world in ten lasts 2 h, the others 15 min: long enough for R11's hour and R9's ten minutes, short enough for many. */
const longWorldEvery = 10;
const longMinutes = 120;
const shortMinutes = 15;

/** How long the world of this seed lasts, in ms. */
export function lengthMs(seed: number, minutes: number | null): number {
  return (minutes ?? (seed % longWorldEvery === 0 ? longMinutes : shortMinutes)) * 60_000;
}

/** The seeds of a run: the long ones first, so that no core ends with one alone. */
export function seedsOf(from: number, count: number, minutes: number | null): readonly number[] {
  const seeds = Array.from({ length: count }, (_, index) => from + index);
  return seeds.toSorted((a, b) => lengthMs(b, minutes) - lengthMs(a, minutes) || a - b);
}
