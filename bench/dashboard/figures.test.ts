import { expect, it } from 'vitest';
import { beyondAims, figuresOf, shortcomings } from './figures.ts';
import type { Load } from './loads.ts';
import type { Measured } from './measure.ts';
import { layoutShiftOf } from './page.ts';

const cost = { scripting: 20, styleAndLayout: 5, tasks: 40, server: 100, database: 50 };
const script = (bytes: number, encoding = 'gzip') => ({ name: '/assets/a.js', bytes, encoding });
const load = (change: Partial<Load> = {}): Load => ({
  ...{ lcpMs: 800, rowsMs: 700, cls: 0.01, scripts: [script(100_000), script(70_400)] },
  ...change,
});
const shownIn = (ms: number) => Array.from({ length: 100 }, () => ({ fromAnswerMs: ms, fromRequestMs: ms + 9 }));
const changes = { renames: shownIn(120), beats: shownIn(240), clocksWithinMs: 0.2 };
const run = (change: Partial<Measured> = {}): Measured => ({
  loads: [load(), load({ lcpMs: 900 }), load({ lcpMs: 5_000 })],
  list: { cost, cls: 0.002, changes },
  large: { cost: { ...cost, scripting: 44 }, cls: 0 },
  cards: { cost, cls: 0 },
  peer: { loads: [load({ scripts: [] })], list: { cost, cls: 0, changes } },
  ...change,
});
const figures = (measured: Measured) => figuresOf(measured, { members: 1_000, pools: 200 });
const outcome = { sent: 100_000, accepted: 100_000, notAccepted: {} };
const judge = (measured: Measured, accepted = 100_000) =>
  shortcomings(figures(measured), measured, { ...outcome, accepted }, 100);

it('says the worse of two kinds of change, the dearest page, the middle load and the greatest shift', () => {
  expect(figures(run())).toMatchObject({
    initialJsGzKb: 170.4,
    lcpMs: 900,
    cls: 0.01,
    liveUpdateP99Ms: 240,
    scriptingMsPerSecond: 44,
    members: 1_000,
  });
});

it('fails what exceeds a limit, what was not sent by gzip, and a fleet that did not beat', () => {
  expect(judge(run())).toEqual([]);
  expect(judge(run({ loads: [load({ scripts: [script(230_100)] })] }))).toEqual([
    '230.1 KB of scripts; the limit is 230 KB',
  ]);
  expect(judge(run({ large: { cost, cls: 0.021 } }))).toEqual(['the page shifts by 0.021; the limit is 0.02']);
  expect(judge(run({ loads: [load({ scripts: [script(1_000, 'identity')] })] }))).toEqual([
    '/assets/a.js did not come by gzip',
  ]);
  expect(judge(run({ loads: [load({ scripts: [] })] }))).toEqual(['the browser told of no script']);
  expect(judge(run(), 94_000)).toEqual([expect.stringMatching(/^only 940 beats\/s/)]);
});

it('tells an aim that is not met and fails nothing for it', () => {
  const slow = run({ loads: [load({ lcpMs: 1_001 })] });
  expect(beyondAims(figures(slow))).toEqual(['lcpMs is 1001; the aim is 1000']);
  expect(judge(slow)).toEqual([]);
  expect(beyondAims(figures(run()))).toEqual([]);
});

it('takes of the windows of shifts the greatest: a second of calm ends one, and five seconds do', () => {
  const shifts = (...at: number[]) => at.map((atMs) => ({ atMs, value: 0.01 }));
  expect(layoutShiftOf([])).toBe(0);
  expect(layoutShiftOf(shifts(0, 999, 1_998, 2_998))).toBeCloseTo(0.03);
  expect(layoutShiftOf(shifts(0, 900, 1_800, 2_700, 3_600, 4_500, 5_400))).toBeCloseTo(0.06);
});
