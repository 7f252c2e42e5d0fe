import { faultNames } from './cell-zone.ts';
import { extraWrites, type Figures, isWrong } from './figures.ts';
import { leftOutBecause } from './left-out.ts';
import { type Cell, judgedAfterMs, kinds } from './matrix.ts';

/** What may be asked of a run. */
export const limits = {
  calls: 12,
  decisionToRequestP99Ms: 20,
  cells: 40,
  extraWrites: 1,
  correctedWithinMs: judgedAfterMs,
} as const;

type Finding = readonly [boolean, string];

/** What keeps the parts that were measured from being good, in words; nothing = they are. `cells`: those of the matrix. */
export function shortcomings(figures: Figures, cells: readonly Cell[]): readonly string[] {
  const { cloudflare1000, faultMatrix, racers, lateWrites, decisionToRequestP99Ms } = figures;
  const found: readonly Finding[] = [
    ...(cloudflare1000 ? moveWords(cloudflare1000) : []),
    ...(decisionToRequestP99Ms === undefined ? [] : [decisionWords(decisionToRequestP99Ms)]),
    ...(faultMatrix ? [countWords(faultMatrix), ...gapWords(cells)] : []),
    ...cells.flatMap((cell) => [wrongWords(cell), extraWords(cell), missingWords(cell), unmetWords(cell)]),
    ...(racers ? Object.entries({ ...racers.real, ...conditional(racers) }).map(raceWords) : []),
    ...Object.values(lateWrites ?? {}).map(lateWords),
  ];
  return found.filter(([isFound]) => isFound).map(([, words]) => words);
}

const moveWords = ({ calls, waitedForBudget, paid }: NonNullable<Figures['cloudflare1000']>): readonly Finding[] => [
  [calls > limits.calls, `${calls} calls moved 1,000 names; the limit is ${limits.calls}`],
  [
    waitedForBudget + paid.waitedForBudget > 0,
    `${waitedForBudget + paid.waitedForBudget} failovers waited for a place in the budget`,
  ],
];

const decisionWords = (p99Ms: number): Finding => [
  p99Ms > limits.decisionToRequestP99Ms,
  `p99 from decision to request is ${p99Ms} ms; the limit is ${limits.decisionToRequestP99Ms} ms`,
];

const countWords = ({ cells }: NonNullable<Figures['faultMatrix']>): Finding => [
  cells < limits.cells,
  `only ${cells} cells; at least ${limits.cells} are needed`,
];

/** Every fault has its cell at every kind, but for what is left out by a written reason; and what has a cell has no such reason. */
function gapWords(cells: readonly Cell[]): readonly Finding[] {
  const has = new Set(cells.map(({ kind, fault }) => `${kind}, ${fault}`));
  return kinds.flatMap((kind) =>
    faultNames.flatMap((fault): readonly Finding[] => {
      const place = `${kind}, ${fault}`;
      const because = leftOutBecause[kind][fault];
      return [
        [because === undefined && !has.has(place), `${place}: no cell, and no reason is written why not`],
        [because !== undefined && has.has(place), `${place}: has a cell, and a reason is written why not`],
      ];
    }),
  );
}

const wrongWords = ({ kind, fault, answer, wanted }: Cell): Finding => [
  isWrong({ answer, wanted }),
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

const unmetWords = ({ kind, fault, met }: Cell): Finding => [
  !met,
  `${kind}, ${fault}: fault not met, so the cell shows an undisturbed switchover`,
];

/** The emulated ones that have a condition. */
const conditional = ({ emulated: { cloudflare, ...others } }: NonNullable<Figures['racers']>) => others;

const raceWords = ([server, won]: [string, number]): Finding => [
  won !== 1,
  `${won} of the writers that raced at ${server} won; it must be one`,
];

const lateWords = (correctedAfterMs: number | null): Finding => [
  correctedAfterMs === null || correctedAfterMs > limits.correctedWithinMs,
  `a late write at Cloudflare was corrected after ${correctedAfterMs === null ? 'no time that was waited for' : `${correctedAfterMs} ms`}; the limit is 35 s`,
];
