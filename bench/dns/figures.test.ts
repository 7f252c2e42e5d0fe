import { expect, it } from 'vitest';
import { faultNames } from './cell-zone.ts';
import { extraWrites, figuresOf, isWrong, type Measured, worstOf } from './figures.ts';
import { leftOutBecause } from './left-out.ts';
import { type Cell, kinds } from './matrix.ts';
import { countMeetings } from './meetings.ts';
import { shortcomings } from './shortcomings.ts';
import type { Moved } from './thousand.ts';

const moved = (more: Partial<Moved> = {}): Moved => ({
  calls: 11,
  byKind: { list: 6, batch: 5 },
  publishedMs: Array.from({ length: 1_000 }, (_, index) => index + 1),
  acknowledgedMs: 1_234.5,
  waitedForBudget: 0,
  largestBatch: 200,
  complaints: [],
  ...more,
});
const cell = (more: Partial<Cell> = {}): Cell => ({
  kind: 'cloudflare',
  fault: 'stale',
  answer: ['198.18.128.1'],
  wanted: '198.18.128.1',
  correctAfterMs: 12_000.4,
  writes: 3,
  needed: 3,
  met: true,
  ...more,
});
/** Every cell that there has to be, after these odd ones. */
const enoughCells = (...odd: readonly Cell[]) => [
  ...odd,
  ...kinds.flatMap((kind) =>
    faultNames.filter((fault) => !(fault in leftOutBecause[kind])).map((fault) => cell({ kind, fault })),
  ),
];
const without = ({ kind, fault }: Pick<Cell, 'kind' | 'fault'>) =>
  enoughCells().filter((one) => one.kind !== kind || one.fault !== fault);
const measured = (more: Partial<Measured> = {}): Measured => ({
  moves: {
    free: moved(),
    paid: moved({ calls: 3 }),
    oneByOne: { calls: 3_000, publishedMs: [5, 9_000, 7], atOnce: 16 },
  },
  decisions: { toRequestMs: Array.from({ length: 200 }, () => 10), toCommitMs: [4], toRecordMs: [30], complaints: [] },
  matrix: { cells: enoughCells(), leftOut: [{ kind: 'bind', fault: 'rate-limited' }], complaints: [] },
  races: { bind: [1, 1], knot: [1], powerdns: [1], memory: [1], cpanel: [1], whm: [1], cloudflare: [20, 18] },
  tenMinutesLateMs: 15_000,
  ...more,
});
const judge = (more: Partial<Measured> = {}) => {
  const all = measured(more);
  return shortcomings(figuresOf(all), all.matrix.cells);
};

it('prints what is asked for under the names that it is asked for by', () => {
  expect(figuresOf(measured())).toMatchObject({
    cloudflare1000: {
      calls: 11,
      publishedMaxMs: 1_000,
      publishedP99Ms: 990,
      paid: { calls: 3 },
      oneByOne: { calls: 3_000, publishedMaxMs: 9_000 },
    },
    decisionToRequestP99Ms: 10,
    faultMatrix: {
      cells: 82,
      wrongAfter35s: 0,
      extraWritesMax: 0,
      unmet: 0,
      leftOut: { bind: ['rate-limited'], memory: [] },
    },
    racers: { real: { bind: 1, knot: 1, powerdns: 1 }, emulated: { cpanel: 1, whm: 1, memory: 1, cloudflare: 20 } },
    lateWrites: { staleCorrectedAfterMs: 12_000, tenMinutesCorrectedAfterMs: 15_000 },
  });
  expect(judge()).toEqual([]);
});

it('calls the greatest of fewer than 100 promotions what it is: no p99 hides it', () => {
  const few = {
    toRequestMs: [...Array.from({ length: 98 }, () => 10), 400],
    toCommitMs: [4],
    toRecordMs: [30],
    complaints: [],
  };
  expect(figuresOf(measured({ decisions: few })).decisionToRequestP99Ms).toBe(400);
});

it('takes every answer for wrong that is not exactly the wanted address', () => {
  const wanted = '192.0.2.1';
  const answers = [[], ['192.0.2.2'], [wanted, '192.0.2.2'], [wanted]];
  expect(answers.map((answer) => isWrong({ answer, wanted }))).toEqual([true, true, true, false]);
});

it('counts writes beyond those that were needed, and never below none', () => {
  expect([extraWrites({ writes: 3, needed: 1 }), extraWrites({ writes: 1, needed: 2 })]).toEqual([2, 0]);
});

it('tells of the race that is furthest from one winner, also where nobody won', () => {
  expect([worstOf([1, 1]), worstOf([1, 0, 1]), worstOf([1, 3, 2])]).toEqual([1, 0, 3]);
  expect(() => worstOf([])).toThrow('Nobody raced');
});

it.each<readonly [string, Partial<Measured>, RegExp]>([
  ['too many calls', { moves: { ...measured().moves, free: moved({ calls: 13 }) } }, /13 calls/],
  [
    'a failover behind the budget',
    { moves: { ...measured().moves, paid: moved({ waitedForBudget: 2 }) } },
    /2 failovers waited/,
  ],
  [
    'slow decisions',
    {
      decisions: {
        toRequestMs: Array.from({ length: 200 }, () => 21),
        toCommitMs: [4],
        toRecordMs: [30],
        complaints: [],
      },
    },
    /p99 from decision to request is 21 ms/,
  ],
  [
    'a fault that has no cell, though every kind can suffer it',
    { matrix: { cells: without({ kind: 'knot', fault: 'deleted' }), leftOut: [], complaints: [] } },
    /^knot, deleted: no cell/,
  ],
  [
    'a fault of one kind alone that has no cell',
    { matrix: { cells: without({ kind: 'whm', fault: 'busy-zone' }), leftOut: [], complaints: [] } },
    /^whm, busy-zone: no cell/,
  ],
  [
    'a reason why there is no cell where there is one',
    { matrix: { cells: enoughCells(cell({ kind: 'bind', fault: 'page' })), leftOut: [], complaints: [] } },
    /^bind, page: has a cell/,
  ],
  [
    'a fault that was not met, though all else is as after a switchover',
    {
      matrix: {
        cells: enoughCells(cell({ kind: 'cpanel', fault: 'page', writes: 1, needed: 1, met: false })),
        leftOut: [],
        complaints: [],
      },
    },
    /^cpanel, page: fault not met/,
  ],
  [
    'a wrong answer',
    { matrix: { cells: enoughCells(cell({ fault: 'deleted', answer: [] })), leftOut: [], complaints: [] } },
    /deleted: the zone answers nothing/,
  ],
  [
    'writes too many',
    { matrix: { cells: enoughCells(cell({ fault: 'slow', writes: 3, needed: 1 })), leftOut: [], complaints: [] } },
    /3 writes took effect where 1 were needed/,
  ],
  [
    'a cell in which nothing was counted',
    { matrix: { cells: enoughCells(cell({ fault: 'slow', writes: 0, needed: 1 })), leftOut: [], complaints: [] } },
    /proves nothing/,
  ],
  ...(['bind', 'knot', 'powerdns', 'cpanel', 'whm', 'memory'] as const).map(
    (server) =>
      [
        `two winners at ${server}`,
        { races: { ...measured().races, [server]: [1, 2] } },
        new RegExp(`2 of the writers that raced at ${server}`),
      ] as const,
  ),
  ['a late write that stands', { tenMinutesLateMs: 35_001 }, /after 35001 ms/],
  ['a late write that stays', { tenMinutesLateMs: Number.POSITIVE_INFINITY }, /no time that was waited for/],
])('is not content with %s', (_, more, words) => {
  expect(judge(more)).toEqual([expect.stringMatching(words)]);
});

it('takes the number of faults that were not met from the cells', () => {
  const cells = enoughCells(cell({ fault: 'slow', met: false }), cell({ fault: 'deleted', met: false }));
  expect(figuresOf({ matrix: { cells, leftOut: [], complaints: [] } }).faultMatrix?.unmet).toBe(2);
});

it('takes a fault for met once it was as often as it was armed for, and never one that was not armed', () => {
  const meetings = countMeetings();
  meetings.note();
  expect(meetings.met()).toBe(false);
  meetings.arm(3);
  meetings.note();
  expect(meetings.met()).toBe(false);
  meetings.note();
  expect(meetings.met()).toBe(true);
});

it('asks for forty cells, whatever the table leaves out', () => {
  const cells = [cell(), ...enoughCells().slice(0, 38)];
  expect(judge({ matrix: { cells, leftOut: [], complaints: [] } })).toContain('only 39 cells; at least 40 are needed');
});

it('does not take a stale write that nobody tried for one that was corrected', () => {
  const cells = [cell({ kind: 'memory' })];
  expect(() => figuresOf(measured({ matrix: { cells, leftOut: [], complaints: [] } }))).toThrow('Nobody tried');
});

it('tells and judges of a part that was measured alone nothing but that part', () => {
  const { races, matrix } = measured({ races: { ...measured().races, whm: [2] } });
  const racers = {
    real: { bind: 1, knot: 1, powerdns: 1 },
    emulated: { cpanel: 1, whm: 2, memory: 1, cloudflare: 20 },
  };
  expect(figuresOf({ races })).toEqual({ racers });
  expect(shortcomings(figuresOf({ races }), [])).toEqual([expect.stringMatching(/2 of the writers that raced at whm/)]);
  expect(Object.keys(figuresOf({ matrix }))).toEqual(['faultMatrix', 'lateWrites']);
  expect(shortcomings(figuresOf({ matrix }), matrix.cells)).toEqual([]);
  expect(figuresOf({ tenMinutesLateMs: 15_000 })).toEqual({ lateWrites: { tenMinutesCorrectedAfterMs: 15_000 } });
});
