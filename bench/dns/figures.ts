import { max, median, percentile, rounded } from '../src/figures.ts';
import type { Decisions } from './decisions.ts';
import { type Cell, judgedAfterMs, type Kind, kinds, type Matrix } from './matrix.ts';
import type { OneByOne } from './one-by-one.ts';
import type { Races } from './racers.ts';
import type { Moved } from './thousand.ts';

/** Everything that one run measured. */
export interface Measured {
  /** 1,000 names that travel together, the zone taken for one of the free and one of a paid plan; and the peer, one by one. */
  readonly free: Moved;
  readonly paid: Moved;
  readonly oneByOne: OneByOne;
  readonly decisions: Decisions;
  readonly matrix: Matrix;
  readonly races: Races;
  /** A write that was late by ten minutes: how long it stood. */
  readonly tenMinutesLateMs: number;
}

/** What may be asked of a run. */
export const limits = {
  calls: 12,
  decisionToRequestP99Ms: 20,
  cells: 10,
  extraWrites: 1,
  correctedWithinMs: judgedAfterMs,
} as const;

/** The object that --json prints. */
export function figuresOf({ free, paid, oneByOne, decisions, matrix, races, tenMinutesLateMs }: Measured) {
  const { toCommitMs, toRequestMs, toRecordMs } = decisions;
  return {
    cloudflare1000: { ...moveFigures(free), paid: moveFigures(paid), oneByOne: peerFigures(oneByOne) },
    decisionToRequestP99Ms: p99(toRequestMs),
    decisionToRequest: {
      promotions: toRequestMs.length,
      p50Ms: rounded(median(toRequestMs), 1),
      maxMs: rounded(max(toRequestMs), 1),
      toCommitP50Ms: rounded(median(toCommitMs), 1),
      toCommitMaxMs: rounded(max(toCommitMs), 1),
      toRecordP50Ms: rounded(median(toRecordMs), 1),
      toRecordMaxMs: rounded(max(toRecordMs), 1),
    },
    faultMatrix: matrixFigures(matrix),
    racers: { real: realRaces(races), emulated: emulatedRaces(races) },
    lateWrites: {
      staleCorrectedAfterMs: staleOf(matrix),
      tenMinutesCorrectedAfterMs: Number.isFinite(tenMinutesLateMs) ? rounded(tenMinutesLateMs) : null,
    },
  };
}
export type Figures = ReturnType<typeof figuresOf>;

function moveFigures(moved: Moved) {
  const { publishedMs } = moved;
  return {
    calls: moved.calls,
    publishedMaxMs: rounded(max(publishedMs)),
    publishedP50Ms: rounded(median(publishedMs)),
    publishedP99Ms: rounded(percentile(publishedMs, 0.99)),
    acknowledgedMaxMs: rounded(moved.acknowledgedMs),
    waitedForBudget: moved.waitedForBudget,
    largestBatch: moved.largestBatch,
    byKind: moved.byKind,
  };
}

function peerFigures({ calls, publishedMs, atOnce }: OneByOne) {
  return { calls, atOnce, publishedMaxMs: rounded(max(publishedMs)), publishedP50Ms: rounded(median(publishedMs)) };
}

/** Of fewer than 100 the greatest (README of the benchmarks). */
function p99(figures: readonly number[]): number {
  return rounded(figures.length < 100 ? max(figures) : percentile(figures, 0.99), 1);
}

function matrixFigures({ cells, leftOut }: Matrix) {
  const cannot = (kind: Kind) => leftOut.filter((one) => one.kind === kind).map(({ fault }) => fault);
  return {
    cells: cells.length,
    wrongAfter35s: cells.filter(isWrong).length,
    extraWritesMax: Math.max(0, ...cells.map(extraWrites)),
    leftOut: Object.fromEntries(kinds.map((kind) => [kind, cannot(kind)])),
  };
}

/** The zone answers anything but the one wanted address. */
export function isWrong({ answer, wanted }: Pick<Cell, 'answer' | 'wanted'>): boolean {
  return answer.length !== 1 || answer[0] !== wanted;
}

/** Writes of ours that took effect beyond those that were needed. */
export function extraWrites({ writes, needed }: Pick<Cell, 'writes' | 'needed'>): number {
  return Math.max(0, writes - needed);
}

/** Of the races at one provider the one that is furthest from a single winner. */
export function worstOf(winners: readonly number[]): number {
  const [first, ...others] = winners;
  if (first === undefined) throw new RangeError('Nobody raced.');
  return others.reduce((worst, one) => (Math.abs(one - 1) > Math.abs(worst - 1) ? one : worst), first);
}

function realRaces({ bind, knot, powerdns }: Races) {
  return { bind: worstOf(bind), knot: worstOf(knot), powerdns: worstOf(powerdns) };
}

function emulatedRaces({ memory, cloudflare }: Races) {
  return { memory: worstOf(memory), cloudflare: worstOf(cloudflare) };
}

/** How long a write of an older epoch stood at Cloudflare; null = it was not corrected before the cell was judged. */
function staleOf({ cells }: Matrix): number | null {
  const cell = cells.find(({ kind, fault }) => kind === 'cloudflare' && fault === 'stale');
  if (cell === undefined) throw new Error('Nobody tried a stale write at Cloudflare.');
  return cell.correctAfterMs === null ? null : rounded(cell.correctAfterMs);
}

/** What keeps the run from being good, in words; nothing = it is. */
export function shortcomings(figures: Figures, matrix: Matrix): readonly string[] {
  const { cloudflare1000, faultMatrix, racers, lateWrites, decisionToRequestP99Ms } = figures;
  const waited = cloudflare1000.waitedForBudget + cloudflare1000.paid.waitedForBudget;
  const found: readonly (readonly [boolean, string])[] = [
    [
      cloudflare1000.calls > limits.calls,
      `${cloudflare1000.calls} calls moved 1,000 names; the limit is ${limits.calls}`,
    ],
    [waited > 0, `${waited} failovers waited for a place in the budget`],
    [
      decisionToRequestP99Ms > limits.decisionToRequestP99Ms,
      `p99 from decision to request is ${decisionToRequestP99Ms} ms; the limit is ${limits.decisionToRequestP99Ms} ms`,
    ],
    [faultMatrix.cells < limits.cells, `only ${faultMatrix.cells} cells; at least ${limits.cells} are needed`],
    ...matrix.cells.filter(isWrong).map(wrongWords),
    ...matrix.cells.map(extraWords),
    ...matrix.cells.map(missingWords),
    ...Object.entries(racers.real).map(raceWords),
    ...[lateWrites.staleCorrectedAfterMs, lateWrites.tenMinutesCorrectedAfterMs].map(lateWords),
  ];
  return found.filter(([isFound]) => isFound).map(([, words]) => words);
}

type Finding = readonly [boolean, string];

const wrongWords = ({ kind, fault, answer, wanted }: Cell): Finding => [
  true,
  `${kind}, ${fault}: the zone answers ${answer.join(', ') || 'nothing'} and not ${wanted} after 35 s`,
];

const extraWords = (cell: Cell): Finding => [
  extraWrites(cell) > limits.extraWrites,
  `${cell.kind}, ${cell.fault}: ${cell.writes} writes took effect where ${cell.needed} were needed`,
];

/** A switchover that no write of ours made was counted wrongly, or made by nobody: the cell proves nothing. */
const missingWords = (cell: Cell): Finding => [
  cell.writes === 0,
  `${cell.kind}, ${cell.fault}: no write of ours was counted, so the cell proves nothing`,
];

const raceWords = ([server, won]: [string, number]): Finding => [
  won !== 1,
  `${won} of the writers that raced at ${server} won; it must be one`,
];

const lateWords = (correctedAfterMs: number | null): Finding => [
  correctedAfterMs === null || correctedAfterMs > limits.correctedWithinMs,
  `a late write at Cloudflare was corrected after ${correctedAfterMs === null ? 'no time that was waited for' : `${correctedAfterMs} ms`}; the limit is 35 s`,
];
