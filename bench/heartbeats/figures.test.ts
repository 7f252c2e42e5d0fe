import { expect, it } from 'vitest';
import { figuresOf, type PlaneSample, shortcomings } from './figures.ts';
import type { Measured } from './measure.ts';

const sample = (atMs: number, accepted: number, statements: number): PlaneSample => ({
  atMs,
  serverCpuMicros: accepted * 100,
  databaseCpuMicros: accepted * 10,
  serverRssMb: 120,
  counters: { accepted, statements, frozenTicks: 0 },
});
const run = (sent: number, statements = 80): Measured<PlaneSample> => ({
  before: sample(10_000, 10_000, 0),
  after: sample(30_000, 30_000, statements),
  window: { latenciesMs: [1, 2, 3, 4], cpuMicros: 5_000_000 },
  outcome: { sent, accepted: 30_000, notAccepted: sent === 30_000 ? {} : { 503: sent - 30_000 } },
});
const peer = { cpuMicrosPerBeat: 40, latenciesMs: [1] };

it('counts CPU, statements and beats over the window only', () => {
  expect(figuresOf(1_000, run(30_000), peer)).toMatchObject({
    seconds: 20,
    beatsPerSecond: 1_000,
    refused: 0,
    serverCpuMicrosPerBeat: 100,
    databaseCpuMicrosPerBeat: 10,
    statementsPerSecond: 4,
    ratio: 2.5,
    generatorCpuShare: 0.25,
  });
});

it('is content only with every beat accepted on both sides, at most 4 statements a second, at the full rate', () => {
  const judge = (measured: Measured<PlaneSample>, members = 1_000, acceptedByPlane = 30_000) =>
    shortcomings(figuresOf(members, measured, peer), acceptedByPlane, measured);
  expect(judge(run(30_000))).toEqual([]);
  expect(judge(run(30_007))).toEqual(['7 of 30007 beats were not accepted (503: 7)']);
  expect(judge(run(30_000), 1_000, 29_999)).toEqual([
    'the control plane counted 29999 accepted beats, the generator 30000',
  ]);
  expect(judge(run(30_000, 81))).toEqual([]); // the window cuts between two of them
  expect(judge(run(30_000, 82))).toEqual(['4.1 statements/s; the limit is 4']);
  expect(judge(run(30_000), 1_100)).toEqual([expect.stringMatching(/could not keep up/)]);
});

it('refuses to take a counter that is not reported for zero', () => {
  const { after, ...rest } = run(30_000);
  const measured = { ...rest, after: { ...after, counters: { accepted: 30_000, statements: 80 } } };
  expect(() => figuresOf(1_000, measured, peer)).toThrow('reports no counter frozenTicks');
});
