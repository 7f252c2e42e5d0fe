import { max, median, percentile, rounded } from '../src/figures.ts';
import type { Outcome } from '../src/messages.ts';
import type { Changes, Shown } from './changes.ts';
import type { Load, Script } from './loads.ts';
import type { Measured, Watched } from './measure.ts';
import type { Cost } from './scripting.ts';

/** What may not be exceeded. */
export const limits = { initialJsGzKb: 230, cls: 0.02 } as const;
/** What is aimed at: to exceed it is told, and fails nothing. */
export const aims = { lcpMs: 1_000, liveUpdateP99Ms: 500, scriptingMsPerSecond: 50 } as const;

/** Below this share of a beat per member and second something else than a live fleet was measured. */
const leastBeatShare = 0.95;

/** The object that --json prints. */
export function figuresOf(
  measured: Measured,
  { members, pools }: { readonly members: number; readonly pools: number },
) {
  const { loads, list, large, cards, peer } = measured;
  const scripting = {
    list: costFigures(list.cost),
    overviewLarge: costFigures(large.cost),
    overviewCards: costFigures(cards.cost),
  };
  const liveUpdate = changeFigures(list.changes);
  const lcpsMs = loads.map(({ lcpMs }) => lcpMs);
  return {
    initialJsGzKb: rounded(max(loads.map(({ scripts }) => kilobytesOf(scripts))), 1),
    lcpMs: rounded(median(lcpsMs)),
    cls: rounded(max([...loads, list, large, cards].map(({ cls }) => cls)), 4),
    liveUpdateP99Ms: Math.max(liveUpdate.renames.p99Ms, liveUpdate.beats.p99Ms),
    members,
    pools,
    scriptingMsPerSecond: max(Object.values(scripting).map(({ scripting: ms }) => ms)),
    scripting,
    liveUpdate,
    loads: loadFigures(loads),
    shifts: { loads: clsOf(loads), list: clsOf([list]), overviewLarge: clsOf([large]), overviewCards: clsOf([cards]) },
    peer: {
      lcpMs: rounded(median(peer.loads.map(({ lcpMs }) => lcpMs))),
      scriptingMsPerSecond: rounded(peer.list.cost.scripting, 1),
      cost: costFigures(peer.list.cost),
      liveUpdate: changeFigures(peer.list.changes),
      loads: loadFigures(peer.loads),
    },
  };
}
export type Figures = ReturnType<typeof figuresOf>;

const clsOf = (shifted: readonly Pick<Watched, 'cls'>[]): number => rounded(max(shifted.map(({ cls }) => cls)), 4);

function costFigures({ scripting, styleAndLayout, tasks, server, database }: Cost) {
  return {
    scripting: rounded(scripting, 1),
    styleAndLayout: rounded(styleAndLayout, 1),
    tasks: rounded(tasks, 1),
    server: rounded(server, 1),
    database: rounded(database, 1),
  };
}

/** In kilobytes of 1,000, as the browser received them. */
export const kilobytesOf = (scripts: readonly Script[]): number =>
  scripts.reduce((sum, { bytes }) => sum + bytes, 0) / 1_000;

function loadFigures(loads: readonly Load[]) {
  const of = (pick: (load: Load) => number) => ({
    p50: rounded(median(loads.map(pick))),
    max: rounded(max(loads.map(pick))),
  });
  return {
    count: loads.length,
    lcpMs: of(({ lcpMs }) => lcpMs),
    rowsMs: of(({ rowsMs }) => rowsMs),
    scripts: max(loads.map(({ scripts }) => scripts.length)),
  };
}

function changeFigures({ renames, beats, clocksWithinMs }: Changes) {
  return { renames: shownFigures(renames), beats: shownFigures(beats), clocksWithinMs: rounded(clocksWithinMs, 2) };
}

function shownFigures(shown: readonly Shown[]) {
  const fromAnswer = shown.map(({ fromAnswerMs }) => fromAnswerMs);
  return {
    count: shown.length,
    p50Ms: rounded(median(fromAnswer), 1),
    p99Ms: p99(fromAnswer),
    maxMs: rounded(max(fromAnswer), 1),
    fromRequestP99Ms: p99(shown.map(({ fromRequestMs }) => fromRequestMs)),
  };
}

/** Of fewer than 100 the greatest (README of the benchmarks). */
function p99(figures: readonly number[]): number {
  return rounded(figures.length < 100 ? max(figures) : percentile(figures, 0.99), 1);
}

/** What keeps the run from being good, in words; nothing = it is. */
export function shortcomings(
  figures: Figures,
  measured: Measured,
  outcome: Outcome,
  beatSeconds: number,
): readonly string[] {
  const { initialJsGzKb, cls, members } = figures;
  const beatsPerSecond = outcome.accepted / beatSeconds;
  const unzipped = measured.loads.flatMap(({ scripts }) => scripts).filter(({ encoding }) => encoding !== 'gzip');
  const found: readonly (readonly [boolean, string])[] = [
    [initialJsGzKb > limits.initialJsGzKb, `${initialJsGzKb} KB of scripts; the limit is ${limits.initialJsGzKb} KB`],
    [initialJsGzKb === 0, 'the browser told of no script'],
    [unzipped.length > 0, `${unzipped[0]?.name} did not come by gzip`],
    [cls > limits.cls, `the page shifts by ${cls}; the limit is ${limits.cls}`],
    [
      beatsPerSecond < members * leastBeatShare,
      `only ${rounded(beatsPerSecond, 1)} beats/s of ${members} members were accepted: this machine was too busy`,
    ],
  ];
  return found.filter(([isFound]) => isFound).map(([, words]) => words);
}

/** Which aims are not met, in words. */
export function beyondAims(figures: Figures): readonly string[] {
  return Object.entries(aims)
    .filter(([name, aim]) => figures[name as keyof typeof aims] > aim)
    .map(([name, aim]) => `${name} is ${figures[name as keyof typeof aims]}; the aim is ${aim}`);
}
