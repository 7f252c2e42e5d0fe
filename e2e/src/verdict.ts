import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promotions } from './edge.ts';
import { paths } from './paths.ts';
import type { Plane } from './plane.ts';

/*
 * The two figures every scenario answers for: heartbeats missing in a member's sequence that no injected fault explains, and
 * promotions that no scenario asked for. Each scenario file adds its own to a ledger; the run prints the sums.
 */
export interface Verdict {
  readonly scenario: string;
  readonly unexplainedGaps: number;
  readonly falsePromotions: number;
  readonly heartbeats: number;
  readonly promotions: number;
}

const ledgerFile = join(paths.root, 'e2e/artifacts/verdict.jsonl');

export function openLedger(): void {
  rmSync(ledgerFile, { force: true });
  mkdirSync(join(paths.root, 'e2e/artifacts'), { recursive: true });
}

export function readLedger(): readonly Verdict[] {
  try {
    return readFileSync(ledgerFile, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Verdict);
  } catch {
    return [];
  }
}

/** One member's missing heartbeats, as the control plane counted them. */
interface Gap {
  readonly hostname: string;
  readonly missing: number;
  readonly at: string;
}

interface Statistics {
  readonly liveness: { readonly counters: { readonly accepted: number }; readonly gaps: readonly Gap[] };
}

/** Remembers what was broken, when and on whom, so that its traces are told from the product's own mistakes. */
export function faultLog() {
  const windows: { member: string | 'all'; from: number; to: number }[] = [];
  return {
    /** Runs `action`; heartbeats of `member` missing from its start to `afterMs` behind its end are its doing. */
    async during<Result>(member: string | 'all', action: () => Promise<Result>, afterMs = 10_000): Promise<Result> {
      const window = { member, from: Date.now(), to: Number.POSITIVE_INFINITY };
      windows.push(window);
      try {
        return await action();
      } finally {
        window.to = Date.now() + afterMs;
      }
    },
    explains: (gap: Gap) =>
      windows.some(
        ({ member, from, to }) =>
          (member === 'all' || gap.hostname.startsWith(`${member}.`)) &&
          Date.parse(gap.at) >= from &&
          Date.parse(gap.at) <= to,
      ),
  };
}

/** Reads both figures from the control plane and adds them to the ledger. `expected` = promotions the scenarios asked for, per pool. */
export async function settle(
  plane: Plane,
  scenario: string,
  expected: Readonly<Record<string, number>>,
  faults: ReturnType<typeof faultLog>,
): Promise<Verdict> {
  const { liveness } = await plane.cli<Statistics>('status');
  const unexplained = liveness.gaps.filter((gap) => !faults.explains(gap));
  for (const gap of unexplained) console.log(`unexplained gap: ${JSON.stringify(gap)}`);
  let total = 0;
  let asked = 0;
  for (const [pool, count] of Object.entries(expected)) {
    total += (await promotions(plane, pool)).length;
    asked += count;
  }
  const verdict = {
    scenario,
    unexplainedGaps: unexplained.reduce((sum, gap) => sum + gap.missing, 0),
    falsePromotions: total - asked,
    heartbeats: liveness.counters.accepted,
    promotions: total,
  };
  appendFileSync(ledgerFile, `${JSON.stringify(verdict)}\n`);
  return verdict;
}
