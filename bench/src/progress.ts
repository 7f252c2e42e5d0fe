/** A line of progress, with the seconds since the benchmark began. */
export type Say = (line: string) => void;

/** Counts from now. */
export function sayTo(out: NodeJS.WritableStream): Say {
  const began = performance.now();
  return (line) => void out.write(`${((performance.now() - began) / 1_000).toFixed(1).padStart(7)} s  ${line}\n`);
}
