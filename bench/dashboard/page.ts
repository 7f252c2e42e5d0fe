import type { openContext } from '../../e2e/browser/browser.ts';
import { monotonicMs } from '../src/monotonic.ts';

type BrowserContext = Awaited<ReturnType<typeof openContext>>;
export type Page = Awaited<ReturnType<BrowserContext['newPage']>>;

/** What to add to the page's clock to have the machine's, and by how much that may be wrong. */
export interface PageClock {
  readonly offsetMs: number;
  readonly withinMs: number;
}

const questions = 50;

/** Both clocks are monotonic ones of this machine: the question that was answered soonest bounds how far they stand apart. */
export async function comparePageClock(page: Page): Promise<PageClock> {
  let best: PageClock = { offsetMs: 0, withinMs: Number.POSITIVE_INFINITY };
  for (let count = 0; count < questions; count += 1) {
    const beforeMs = monotonicMs();
    const pageMs = Number(await page.evaluate('performance.now()'));
    const halfMs = (monotonicMs() - beforeMs) / 2;
    if (halfMs < best.withinMs) best = { offsetMs: beforeMs + halfMs - pageMs, withinMs: halfMs };
  }
  return best;
}

export interface Shift {
  readonly atMs: number;
  readonly value: number;
}

const windowGapMs = 1_000;
const windowMostMs = 5_000;

/** Cumulative layout shift as it is defined: of the windows of shifts less than 1 s apart and at most 5 s long the one with the greatest sum. */
export function layoutShiftOf(shifts: readonly Shift[]): number {
  let [greatest, sum, beganMs, lastMs] = [0, 0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { atMs, value } of shifts) {
    if (atMs - lastMs >= windowGapMs || atMs - beganMs >= windowMostMs) [sum, beganMs] = [0, atMs];
    sum += value;
    lastMs = atMs;
    greatest = Math.max(greatest, sum);
  }
  return greatest;
}

export const shiftsOn = async (page: Page): Promise<readonly Shift[]> =>
  (await page.evaluate('bench.shifts')) as readonly Shift[];
