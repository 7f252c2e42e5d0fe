import { max, median, percentile, rounded } from '../src/figures.ts';
import type { Decisions } from './decisions.ts';
import { type Cell, type Kind, kinds, type Matrix } from './matrix.ts';
import type { OneByOne } from './one-by-one.ts';
import type { Races } from './racers.ts';
import type { Moved } from './thousand.ts';

/** Everything that one run measured. */
export interface Measured {
  /** 1,000 names that travel together, the zone taken for one of the free and one of a paid plan; and the peer, one by one. */
  readonly moves: { readonly free: Moved; readonly paid: Moved; readonly oneByOne: OneByOne };
  readonly decisions: Decisions;
  readonly matrix: Matrix;
  readonly races: Races;
  /** A write that was late by ten minutes: how long it stood. */
  readonly tenMinutesLateMs: number;
}

/** The object that --json prints: of each part that was measured its figures. */
export function figuresOf({ moves, decisions, matrix, races, tenMinutesLateMs }: Partial<Measured>) {
  return {
    ...(moves && { cloudflare1000: movesFigures(moves) }),
    ...(decisions && decisionFigures(decisions)),
    ...(matrix && { faultMatrix: matrixFigures(matrix) }),
    ...(races && { racers: { real: realRaces(races), emulated: emulatedRaces(races) } }),
    ...((matrix !== undefined || tenMinutesLateMs !== undefined) && {
      lateWrites: {
        ...(matrix && { staleCorrectedAfterMs: staleOf(matrix) }),
        ...(tenMinutesLateMs !== undefined && { tenMinutesCorrectedAfterMs: finite(tenMinutesLateMs) }),
      },
    }),
  };
}
export type Figures = ReturnType<typeof figuresOf>;

function movesFigures({ free, paid, oneByOne }: Measured['moves']) {
  return { ...moveFigures(free), paid: moveFigures(paid), oneByOne: peerFigures(oneByOne) };
}

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

function decisionFigures({ toCommitMs, toRequestMs, toRecordMs }: Decisions) {
  return {
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
  };
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
    unmet: cells.filter(({ met }) => !met).length,
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

function emulatedRaces({ cpanel, whm, memory, cloudflare }: Races) {
  return { cpanel: worstOf(cpanel), whm: worstOf(whm), memory: worstOf(memory), cloudflare: worstOf(cloudflare) };
}

/** What JSON has no word for, as null. */
function finite(ms: number): number | null {
  return Number.isFinite(ms) ? rounded(ms) : null;
}

/** How long a write of an older epoch stood at Cloudflare; null = it was not corrected before the cell was judged. */
function staleOf({ cells }: Matrix): number | null {
  const cell = cells.find(({ kind, fault }) => kind === 'cloudflare' && fault === 'stale');
  if (cell === undefined) throw new Error('Nobody tried a stale write at Cloudflare.');
  return cell.correctAfterMs === null ? null : rounded(cell.correctAfterMs);
}
