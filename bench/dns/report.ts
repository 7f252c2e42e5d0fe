import { faults } from './cell-zone.ts';
import { extraWrites, type Figures, isWrong } from './figures.ts';
import type { Cell, Matrix } from './matrix.ts';
import { racers } from './racers.ts';

/** Of one part, where it was measured. */
type Of<Name extends keyof Figures> = NonNullable<Figures[Name]>;

/** The figures of the parts that were measured, for people. */
export function renderFigures(figures: Figures): string {
  const { cloudflare1000, decisionToRequest, faultMatrix, racers: won, lateWrites } = figures;
  const lines = [
    ...(cloudflare1000 ? [...renderMoves(cloudflare1000), ''] : []),
    ...(decisionToRequest ? [renderDecisions(decisionToRequest, figures.decisionToRequestP99Ms)] : []),
    ...(faultMatrix ? [renderCount(faultMatrix)] : []),
    ...(won ? [renderRaces(won)] : []),
    ...(lateWrites ? [renderLate(lateWrites)] : []),
  ];
  return lines.join('\n');
}

function renderMoves({ paid, oneByOne, ...free }: Of<'cloudflare1000'>): readonly string[] {
  return [
    ['1,000 names of one zone at once', 'free', 'paid', 'one by one'],
    ['requests', free.calls, paid.calls, oneByOne.calls],
    ['published p50, ms', free.publishedP50Ms, paid.publishedP50Ms, oneByOne.publishedP50Ms],
    ['published p99, ms', free.publishedP99Ms, paid.publishedP99Ms, ''],
    ['published max, ms', free.publishedMaxMs, paid.publishedMaxMs, oneByOne.publishedMaxMs],
    ['acknowledged max, ms', free.acknowledgedMaxMs, paid.acknowledgedMaxMs, ''],
    ['most changes in one batch', free.largestBatch, paid.largestBatch, ''],
    ['waited for the budget', free.waitedForBudget, paid.waitedForBudget, ''],
  ].map(renderRow);
}

function renderDecisions(of: Of<'decisionToRequest'>, p99Ms: number | undefined): string {
  const { promotions, p50Ms, maxMs, toCommitP50Ms, toCommitMaxMs, toRecordP50Ms, toRecordMaxMs } = of;
  return `decision to first request: p50 ${p50Ms} ms, p99 ${p99Ms} ms, max ${maxMs} ms (${promotions} failovers); of that to the commit: p50 ${toCommitP50Ms} ms, max ${toCommitMaxMs} ms; to the record: p50 ${toRecordP50Ms} ms, max ${toRecordMaxMs} ms`;
}

function renderCount({ cells, wrongAfter35s, extraWritesMax, unmet }: Of<'faultMatrix'>): string {
  return `faults: ${cells} cells, ${wrongAfter35s} wrong after 35 s, at most ${extraWritesMax} writes too many, ${unmet} whose fault was not met`;
}

function renderRaces({ real, emulated }: Of<'racers'>): string {
  return `of ${racers} racing writers won: BIND ${real.bind}, Knot ${real.knot}, PowerDNS ${real.powerdns}, in memory ${emulated.memory}, emulated cPanel ${emulated.cpanel}, emulated WHM ${emulated.whm}, emulated Cloudflare, which has no condition, ${emulated.cloudflare}`;
}

function renderLate(late: Of<'lateWrites'>): string {
  const stood = (ms: number | null) => (ms === null ? 'for ever' : `for ${ms} ms`);
  const { staleCorrectedAfterMs: stale, tenMinutesCorrectedAfterMs: ofTenMinutes } = late;
  const said = [
    ...(stale === undefined ? [] : [`a stale write at Cloudflare stood ${stood(stale)}`]),
    ...(ofTenMinutes === undefined ? [] : [`one that was ten minutes late ${stood(ofTenMinutes)}`]),
  ];
  return said.join('; ');
}

function renderRow([what = '', ...cells]: readonly (string | number)[]): string {
  return String(what).padEnd(34) + cells.map((cell) => String(cell).padStart(12)).join('');
}

/** One line a cell, and what was left out. */
export function renderMatrix({ cells, leftOut }: Matrix): string {
  const without = leftOut.map(({ kind, fault }) => `${kind} ${fault}`).join(', ');
  return [...cells.map(renderCell), `left out: ${without}`].join('\n');
}

function renderCell(cell: Cell): string {
  const { kind, fault, correctAfterMs, writes, needed, met } = cell;
  const right =
    isWrong(cell) || correctAfterMs === null ? 'WRONG' : `right after ${(correctAfterMs / 1_000).toFixed(1)} s`;
  const extra = extraWrites(cell) > 0 ? `, ${extraWrites(cell)} too many` : '';
  return `${kind.padEnd(11)}${fault.padEnd(14)}${right.padEnd(20)}${writes} of ${needed} writes${extra}${met ? '' : ', FAULT NOT MET'}   ${faults[fault]}`;
}
