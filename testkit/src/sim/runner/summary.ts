import type { SeedReport } from './seed-report.ts';

/** What a run of many seeds came to; the JSON line. */
export interface Summary {
  readonly seeds: number;
  readonly simulatedHours: number;
  readonly eventsPerSeedP50: number;
  /** Simulated time over wall time, over all cores. */
  readonly speedup: number;
  readonly violations: number;
  /** Seen in less than one seed of a hundred. */
  readonly sometimesMissing: readonly string[];
  /** In how many seeds each was seen. */
  readonly sometimes: Readonly<Record<string, number>>;
  readonly frozenTicks: number;
  readonly wallSeconds: number;
}

const hourMs = 3_600_000;
/** RELIABILITY.md section 6: each must be seen in at least one seed of a hundred, else the fault is a fake. */
const seenInOneOf = 100;
/** From so many seeds on a thing that is not seen is a failure, not chance. */
export const seedsThatMustShowAll = 200;

/** Sums up the reports; `names` is everything that must be seen sometimes. */
export function summarise(reports: readonly SeedReport[], names: readonly string[], wallMs: number): Summary {
  const simulatedMs = sum(reports.map((report) => report.simulatedMs));
  const seen = Object.fromEntries(
    names.map((name) => [name, reports.filter((report) => (report.sometimes[name] ?? 0) > 0).length]),
  );
  return {
    seeds: reports.length,
    simulatedHours: round(simulatedMs / hourMs, 2),
    eventsPerSeedP50: median(reports.map(({ events }) => events)),
    speedup: round(simulatedMs / wallMs, 1),
    violations: sum(reports.map(({ violations }) => violations.length)),
    sometimesMissing: names.filter((name) => (seen[name] ?? 0) * seenInOneOf < reports.length),
    sometimes: seen,
    frozenTicks: sum(reports.map(({ frozenTicks }) => frozenTicks)),
    wallSeconds: round(wallMs / 1_000, 1),
  };
}

/** Whether the run is a success: nothing violated, and in a run long enough everything seen. */
export function isGood({ seeds, violations, sometimesMissing }: Summary): boolean {
  return violations === 0 && (seeds < seedsThatMustShowAll || sometimesMissing.length === 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
