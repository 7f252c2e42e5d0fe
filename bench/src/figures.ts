/** What benchmarks say of a row of measured figures. Each takes them in any order and refuses an empty row: a figure that nobody measured is no figure. */

/** The smallest measured figure that at least `share` (0 to 1) of all figures do not exceed (nearest rank): always one that was measured. */
export function percentile(figures: readonly number[], share: number): number {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`A share is from 0 to 1, not ${share}.`);
  const sorted = [...figures].sort((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (found === undefined) throw new RangeError('Nothing was measured.');
  return found;
}

/** The figure in the middle: of an even number of figures the lower of the two. */
export const median = (figures: readonly number[]): number => percentile(figures, 0.5);

/** The greatest figure. From fewer than 100 runs this, never p99, is what a benchmark prints. */
export const max = (figures: readonly number[]): number => percentile(figures, 1);

/** Rounded to `digits` decimals, for tables and JSON. */
export const rounded = (figure: number, digits = 0): number => Number(figure.toFixed(digits));
