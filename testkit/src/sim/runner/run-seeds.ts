import { seedsOf } from './plan.ts';
import { startProcess } from './processes.ts';
import type { SeedReport } from './seed-report.ts';

/** Which seeds, and on how many processes. */
export interface SeedsOrder {
  readonly from: number;
  readonly seeds: number;
  readonly minutes: number | null;
  readonly jobs: number;
}

/** Runs every seed, one process per job; `done` is told of each as it ends. */
export async function runSeeds(order: SeedsOrder, done: (report: SeedReport) => void): Promise<readonly SeedReport[]> {
  const left = seedsOf(order.from, order.seeds, order.minutes).values();
  const reports: SeedReport[] = [];
  const worker = async () => {
    const process = startProcess(null);
    try {
      for (const seed of left) {
        const report = await process.run({ seed, minutes: order.minutes });
        reports.push(report);
        done(report);
      }
    } finally {
      process.stop();
    }
  };
  await Promise.all(Array.from({ length: Math.min(order.jobs, order.seeds) }, worker));
  return reports.toSorted((a, b) => a.seed - b.seed);
}
