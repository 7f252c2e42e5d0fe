import type { Figures } from './figures.ts';

/** The figures for people: what, ours, the peer's. */
export function table(figures: Figures): string {
  const { peer } = figures;
  const rows: readonly (readonly [string, string | number, string | number])[] = [
    ['', 'ServerCTL', 'bare Node'],
    ['beats accepted per second', figures.beatsPerSecond, ''],
    ['beats lost or refused', figures.refused, ''],
    ['server CPU per beat, µs', figures.serverCpuMicrosPerBeat, peer.cpuMicrosPerBeat],
    ['database CPU per beat, µs', figures.databaseCpuMicrosPerBeat, ''],
    ['reply p50, ms', figures.replyP50Ms, peer.replyP50Ms],
    ['reply p95, ms', figures.replyP95Ms, peer.replyP95Ms],
    ['reply max, ms', figures.replyMaxMs, ''],
    ['statements per second', figures.statementsPerSecond, ''],
    ['memory of the server, MB', figures.serverRssMb, ''],
    ['frozen ticks', figures.frozenTicks, ''],
    ['generator, share of a core', figures.generatorCpuShare, ''],
    ['CPU per beat, ratio', figures.ratio, 1],
  ];
  return rows
    .map(([what, ours, theirs]) => `${what.padEnd(28)}${String(ours).padStart(12)}${String(theirs).padStart(12)}`)
    .join('\n');
}
