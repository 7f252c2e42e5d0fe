import { aims, type Figures, limits } from './figures.ts';

type Row = readonly [what: string, ours: string | number, wanted: string | number, peer: string | number];

/** The figures for people. */
export function renderFigures(figures: Figures): string {
  const { liveUpdate, scripting, loads, shifts, peer } = figures;
  const rows: readonly Row[] = [
    ['', 'ServerCTL', 'wanted', 'bare page'],
    ['scripts by gzip, KB', figures.initialJsGzKb, `≤ ${limits.initialJsGzKb}`, ''],
    ['largest contentful paint p50, ms', figures.lcpMs, aims.lcpMs, peer.lcpMs],
    ['largest contentful paint max, ms', loads.lcpMs.max, '', peer.loads.lcpMs.max],
    ['every row is there p50, ms', loads.rowsMs.p50, '', peer.loads.rowsMs.p50],
    ['layout shift, largest of all', figures.cls, `≤ ${limits.cls}`, ''],
    ['  in a load and 2 s', shifts.loads, '', ''],
    ['  list, changed all the time', shifts.list, '', ''],
    ['live update p99, ms', figures.liveUpdateP99Ms, aims.liveUpdateP99Ms, ''],
    ['  renamed: p50, ms', liveUpdate.renames.p50Ms, '', peer.liveUpdate.renames.p50Ms],
    ['  renamed: p99, ms', liveUpdate.renames.p99Ms, '', ''],
    ['  renamed: max, ms', liveUpdate.renames.maxMs, '', peer.liveUpdate.renames.maxMs],
    ['  HAProxy stopped: p50, ms', liveUpdate.beats.p50Ms, '', peer.liveUpdate.beats.p50Ms],
    ['  HAProxy stopped: p99, ms', liveUpdate.beats.p99Ms, '', ''],
    ['  HAProxy stopped: max, ms', liveUpdate.beats.maxMs, '', peer.liveUpdate.beats.maxMs],
    ['scripting, ms/s', figures.scriptingMsPerSecond, aims.scriptingMsPerSecond, peer.scriptingMsPerSecond],
    ['  list', scripting.list.scripting, '', peer.scriptingMsPerSecond],
    ['  overview, large pool', scripting.overviewLarge.scripting, '', ''],
    ['  overview with cards', scripting.overviewCards.scripting, '', ''],
    ['styles and layout on the list, ms/s', scripting.list.styleAndLayout, '', peer.cost.styleAndLayout],
    ['  overview, large pool', scripting.overviewLarge.styleAndLayout, '', ''],
    ['server CPU with the list open, ms/s', scripting.list.server, '', peer.cost.server],
    ['database CPU with the list open, ms/s', scripting.list.database, '', peer.cost.database],
  ];
  return rows
    .map(([what, ...cells]) => what.padEnd(38) + cells.map((cell) => String(cell).padStart(12)).join(''))
    .join('\n');
}
