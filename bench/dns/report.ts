import { faults } from './cell-zone.ts';
import { extraWrites, type Figures, isWrong } from './figures.ts';
import type { Cell, Matrix } from './matrix.ts';
import { racers } from './racers.ts';

/** The figures for people. */
export function renderFigures(figures: Figures): string {
  const { cloudflare1000, decisionToRequest, decisionToRequestP99Ms, faultMatrix, racers: won, lateWrites } = figures;
  const { paid, oneByOne, ...free } = cloudflare1000;
  const moves = [
    ['1,000 names of one zone at once', 'free', 'paid', 'one by one'],
    ['requests', free.calls, paid.calls, oneByOne.calls],
    ['published p50, ms', free.publishedP50Ms, paid.publishedP50Ms, oneByOne.publishedP50Ms],
    ['published p99, ms', free.publishedP99Ms, paid.publishedP99Ms, ''],
    ['published max, ms', free.publishedMaxMs, paid.publishedMaxMs, oneByOne.publishedMaxMs],
    ['acknowledged max, ms', free.acknowledgedMaxMs, paid.acknowledgedMaxMs, ''],
    ['most changes in one batch', free.largestBatch, paid.largestBatch, ''],
    ['waited for the budget', free.waitedForBudget, paid.waitedForBudget, ''],
  ].map(renderRow);
  const { promotions, p50Ms, maxMs, toCommitP50Ms, toCommitMaxMs, toRecordP50Ms, toRecordMaxMs } = decisionToRequest;
  return [
    ...moves,
    '',
    `decision to first request: p50 ${p50Ms} ms, p99 ${decisionToRequestP99Ms} ms, max ${maxMs} ms (${promotions} failovers); of that to the commit: p50 ${toCommitP50Ms} ms, max ${toCommitMaxMs} ms; to the record: p50 ${toRecordP50Ms} ms, max ${toRecordMaxMs} ms`,
    `faults: ${faultMatrix.cells} cells, ${faultMatrix.wrongAfter35s} wrong after 35 s, at most ${faultMatrix.extraWritesMax} writes too many`,
    `of ${racers} racing writers won: BIND ${won.real.bind}, Knot ${won.real.knot}, PowerDNS ${won.real.powerdns}, in memory ${won.emulated.memory}, emulated Cloudflare, which has no condition, ${won.emulated.cloudflare}`,
    `late writes at Cloudflare stood for ${lateWrites.staleCorrectedAfterMs ?? 'ever'} ms; one that was ten minutes late for ${lateWrites.tenMinutesCorrectedAfterMs ?? 'ever'} ms`,
  ].join('\n');
}

function renderRow([what = '', ...cells]: readonly (string | number)[]): string {
  return String(what).padEnd(34) + cells.map((cell) => String(cell).padStart(12)).join('');
}

/** One line a cell, and what was left out. */
export function renderMatrix({ cells, leftOut }: Matrix): string {
  const without = leftOut.map(({ kind, fault }) => `${kind} ${fault}`).join(', ');
  return [...cells.map(renderCell), `cannot be suffered: ${without}`].join('\n');
}

function renderCell(cell: Cell): string {
  const { kind, fault, correctAfterMs, writes, needed } = cell;
  const right =
    isWrong(cell) || correctAfterMs === null ? 'WRONG' : `right after ${(correctAfterMs / 1_000).toFixed(1)} s`;
  const extra = extraWrites(cell) > 0 ? `, ${extraWrites(cell)} too many` : '';
  return `${kind.padEnd(11)}${fault.padEnd(14)}${right.padEnd(20)}${writes} of ${needed} writes${extra}   ${faults[fault]}`;
}
