import { max, median, percentile, rounded } from '../src/figures.ts';
import type { Measured } from './measure.ts';
import type { PeerFigures } from './peer.ts';

/** The control plane at one end of the window. */
export interface PlaneSample {
  readonly atMs: number;
  readonly serverCpuMicros: number;
  readonly databaseCpuMicros: number;
  readonly serverRssMb: number;
  /** `GET /api/v1/liveness`. */
  readonly counters: Readonly<Record<string, number>>;
}

export interface Figures {
  readonly members: number;
  readonly seconds: number;
  readonly beatsPerSecond: number;
  /** Of all beats sent in the run, warm-up included, those that the control plane did not count as accepted. */
  readonly refused: number;
  readonly serverCpuMicrosPerBeat: number;
  readonly databaseCpuMicrosPerBeat: number;
  readonly serverRssMb: number;
  readonly statementsPerSecond: number;
  readonly replyP50Ms: number;
  readonly replyP95Ms: number;
  readonly replyMaxMs: number;
  readonly frozenTicks: number;
  readonly peer: { readonly cpuMicrosPerBeat: number; readonly replyP50Ms: number; readonly replyP95Ms: number };
  /** Server CPU per beat, ours to the peer's. */
  readonly ratio: number;
  /** The generator's own share of one core: near 1 it, not the control plane, would be what was measured. */
  readonly generatorCpuShare: number;
}

/** The write limit of the hot path: a batch four times a second, however many members beat (ARCHITECTURE.md). */
export const mostStatementsPerSecond = 4;
/** Below this share of a beat per member and second something else than this load was measured. */
const leastBeatShare = 0.95;

export function figuresOf(members: number, plane: Measured<PlaneSample>, peer: PeerFigures): Figures {
  const { before, after, window, outcome } = plane;
  const seconds = (after.atMs - before.atMs) / 1_000;
  const grown = (name: string) => counter(after, name) - counter(before, name);
  const beats = grown('accepted');
  const serverCpuMicrosPerBeat = (after.serverCpuMicros - before.serverCpuMicros) / beats;
  return {
    members,
    seconds: rounded(seconds, 1),
    beatsPerSecond: rounded(beats / seconds, 1),
    refused: outcome.sent - outcome.accepted,
    serverCpuMicrosPerBeat: rounded(serverCpuMicrosPerBeat, 1),
    databaseCpuMicrosPerBeat: rounded((after.databaseCpuMicros - before.databaseCpuMicros) / beats, 1),
    serverRssMb: rounded(after.serverRssMb, 1),
    statementsPerSecond: rounded(grown('statements') / seconds, 2),
    replyP50Ms: rounded(median(window.latenciesMs), 2),
    replyP95Ms: rounded(percentile(window.latenciesMs, 0.95), 2),
    replyMaxMs: rounded(max(window.latenciesMs), 1),
    frozenTicks: grown('frozenTicks'),
    peer: {
      cpuMicrosPerBeat: rounded(peer.cpuMicrosPerBeat, 1),
      replyP50Ms: rounded(median(peer.latenciesMs), 2),
      replyP95Ms: rounded(percentile(peer.latenciesMs, 0.95), 2),
    },
    ratio: rounded(serverCpuMicrosPerBeat / peer.cpuMicrosPerBeat, 2),
    generatorCpuShare: rounded(window.cpuMicros / 1e6 / seconds, 2),
  };
}

/** A counter that is not there must not read as zero: the benchmark would praise what nobody counted. */
export function counter({ counters }: Pick<PlaneSample, 'counters'>, name: string): number {
  const value = counters[name];
  if (value === undefined) throw new Error(`The control plane reports no counter ${name}.`);
  return value;
}

/** What keeps the run from being good, in words; nothing = it is. */
export function shortcomings(
  figures: Figures,
  acceptedByPlane: number,
  measured: Measured<unknown>,
): readonly string[] {
  const { outcome } = measured;
  const why = Object.entries(outcome.notAccepted).map(([name, count]) => `${name}: ${count}`);
  const { members, seconds, beatsPerSecond, statementsPerSecond, refused } = figures;
  // The window's two ends fall anywhere between two statements, so one more than the pace may lie in it.
  const mostPerSecond = mostStatementsPerSecond + 1 / seconds;
  return [
    ...(refused > 0 ? [`${refused} of ${outcome.sent} beats were not accepted (${why.join(', ')})`] : []),
    ...(acceptedByPlane === outcome.accepted
      ? []
      : [`the control plane counted ${acceptedByPlane} accepted beats, the generator ${outcome.accepted}`]),
    ...(statementsPerSecond > mostPerSecond
      ? [`${statementsPerSecond} statements/s; the limit is ${mostStatementsPerSecond}`]
      : []),
    ...(beatsPerSecond < members * leastBeatShare
      ? [`only ${beatsPerSecond} beats/s came from ${members} members: generator or control plane could not keep up`]
      : []),
  ];
}
