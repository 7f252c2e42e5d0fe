import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PoolView } from '@serverctl/contract';
import { promotions } from './edge.ts';
import { paths } from './paths.ts';
import type { Plane } from './plane.ts';
import { wallMs } from './platform/wall-clock.ts';
import { balance, type ExpectedPromotion } from './promotion-balance.ts';

/*
 * The figures every scenario answers for: heartbeats missing in a member's sequence that no injected fault explains, promotions that no
 * scenario asked for, and those asked for that did not happen. Each scenario file adds its own to a ledger; the run prints the sums.
 */
export interface Verdict {
  readonly scenario: string;
  readonly unexplainedGaps: number;
  readonly falsePromotions: number;
  readonly missingPromotions: number;
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

/** What one life of the control plane heard: it counts from its start. */
export interface Liveness {
  readonly counters: { readonly accepted: number };
  readonly gaps: readonly Gap[];
}

export async function readLiveness(plane: Plane): Promise<Liveness> {
  return (await plane.cli<{ liveness: Liveness }>('status')).liveness;
}

/** Remembers what was broken, when and on whom, so that its traces are told from the product's own mistakes. */
export function faultLog() {
  const windows: { member: string | 'all'; from: number; to: number }[] = [];
  return {
    /** Runs `action`; heartbeats of `member` missing from its start to `afterMs` behind its end are its doing. */
    async during<Result>(member: string | 'all', action: () => Promise<Result>, afterMs = 10_000): Promise<Result> {
      const window = { member, from: wallMs(), to: Number.POSITIVE_INFINITY };
      windows.push(window);
      try {
        return await action();
      } finally {
        window.to = wallMs() + afterMs;
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

/**
 * Reads the figures from the control plane and adds them to the ledger. `expected` = every promotion the scenarios asked for; `earlier` =
 * what was heard in lives of the control plane that ended before this one.
 */
export async function settle(
  plane: Plane,
  scenario: string,
  expected: readonly ExpectedPromotion[],
  faults: ReturnType<typeof faultLog>,
  earlier: readonly Liveness[] = [],
): Promise<Verdict> {
  const lives = [...earlier, await readLiveness(plane)];
  const unexplained = lives.flatMap(({ gaps }) => gaps).filter((gap) => !faults.explains(gap));
  for (const gap of unexplained) console.log(`unexplained gap: ${JSON.stringify(gap)}`);
  const seen = await allPromotions(plane);
  const { unasked, missing } = balance(seen, expected);
  for (const one of unasked) console.log(`false promotion: ${JSON.stringify(one)}`);
  for (const one of missing) console.log(`missing promotion: ${JSON.stringify(one)}`);
  const verdict = {
    scenario,
    unexplainedGaps: unexplained.reduce((sum, gap) => sum + gap.missing, 0),
    falsePromotions: unasked.length,
    missingPromotions: missing.length,
    heartbeats: lives.reduce((sum, { counters }) => sum + counters.accepted, 0),
    promotions: seen.length,
  };
  appendFileSync(ledgerFile, `${JSON.stringify(verdict)}\n`);
  return verdict;
}

/** Every promotion of every pool, whether a scenario knows the pool or not; hosts by their name in the lab. */
async function allPromotions(plane: Plane) {
  const pools = await plane.cli<readonly PoolView[]>('pool', 'list');
  const lists = await Promise.all(
    pools.map(async ({ name, status }) => {
      const nameOf = (id: string) => status.members.find((member) => member.id === id)?.hostname.split('.')[0] ?? id;
      return (await promotions(plane, name)).map(({ kind, cause, toMemberId, sentence }) => ({
        pool: name,
        kind,
        cause,
        to: nameOf(toMemberId),
        sentence,
      }));
    }),
  );
  return lists.flat();
}
