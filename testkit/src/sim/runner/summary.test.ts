import { describe, expect, it } from 'vitest';
import { lengthMs, seedsOf } from './plan.ts';
import { renderSummary, renderViolations } from './print.ts';
import type { SeedReport } from './seed-report.ts';
import { isGood, summarise } from './summary.ts';

const report = (seed: number, change: Partial<SeedReport> = {}): SeedReport => ({
  seed,
  simulatedMs: 900_000,
  events: 10_000 + seed,
  digest: 'd',
  violations: [],
  lastEvents: [],
  sometimes: { often: 1, seldom: seed === 1 ? 2 : 0, never: 0 },
  frozenTicks: 3,
  ...change,
});
const names = ['often', 'seldom', 'never'];

describe('the plan of a run', () => {
  it('simulates 2 h in one seed of ten and 15 min in the others: 850 h in 2000', () => {
    const hours = seedsOf(1, 2_000, null).reduce((sum, seed) => sum + lengthMs(seed, null) / 3_600_000, 0);
    expect(hours).toBe(850);
    expect(lengthMs(10, 5)).toBe(300_000);
  });

  it('begins with the long worlds and leaves none out', () => {
    const seeds = seedsOf(5, 20, null);
    expect(seeds.slice(0, 2)).toEqual([10, 20]);
    expect(new Set(seeds).size).toBe(20);
  });
});

describe('the summary', () => {
  it('counts seeds, time, and in how many seeds each thing was seen', () => {
    const reports = [1, 2, 3, 4].map((seed) => report(seed));
    expect(summarise(reports, names, 3_600)).toMatchObject({
      seeds: 4,
      simulatedHours: 1,
      eventsPerSeedP50: 10_003,
      speedup: 1_000,
      violations: 0,
      sometimes: { often: 4, seldom: 1, never: 0 },
      sometimesMissing: ['never'],
      frozenTicks: 12,
    });
  });

  it('misses what is seen in less than one seed of a hundred', () => {
    const of = (count: number) =>
      summarise(
        Array.from({ length: count }, (_, index) => report(index + 1)),
        names,
        1,
      );
    expect(of(100).sometimesMissing).toEqual(['never']);
    expect(of(101).sometimesMissing).toEqual(['seldom', 'never']);
  });

  it('is good without violations; from 200 seeds on only when nothing is missing', () => {
    const of = (count: number, change: Partial<SeedReport> = {}) =>
      isGood(
        summarise(
          Array.from({ length: count }, (_, index) => report(index + 1, change)),
          names,
          1,
        ),
      );
    const all = { sometimes: { often: 1, seldom: 1, never: 1 } };
    expect(of(10)).toBe(true);
    expect(of(200)).toBe(false);
    expect(of(200, all)).toBe(true);
    expect(of(10, { ...all, violations: [{ atMs: 1, invariant: 'I1', sentence: 's' }] })).toBe(false);
  });
});

describe('what people read', () => {
  it('names seed, time, invariant, sentence and the last events of a violation', () => {
    const violations = [
      { atMs: 61_500, invariant: 'I3', sentence: 'it is empty.' },
      { atMs: 62_000, invariant: 'I1', sentence: 'later.' },
    ];
    const text = renderViolations(report(7, { violations, lastEvents: ['an event'] }));
    expect(text).toContain('seed 7, 1 min 1.500 s: I3 it is empty.');
    expect(text).toContain('and 1 more');
    expect(text).toContain('an event');
    expect(text).toContain('script/sim --seed 7');
    expect(renderViolations(report(7))).toBe('');
  });

  it('names what is missing', () => {
    const of = (count: number) => {
      const reports = Array.from({ length: count }, (_, index) => report(index + 1));
      return renderSummary(summarise(reports, names, 1));
    };
    expect(of(199)).toMatch(/Seen too seldom: .*never\.\nThat counts from 200 seeds on/);
    expect(of(200)).toMatch(/Seen too seldom: .*never\.$/);
    const all = report(1, { sometimes: { often: 1, seldom: 1, never: 1 } });
    expect(renderSummary(summarise([all], names, 1))).toMatch(/Nothing is missing\.$/);
  });
});
