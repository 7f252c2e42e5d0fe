import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { haproxyEvidence, observeHost, restartTracker, startTracker } from './haproxy-tracker.ts';
import type { UnitReport } from './systemd.ts';

const unit = (activeState: string, changes: Partial<UnitReport> = {}): UnitReport => {
  return {
    unit: 'haproxy.service',
    loadState: 'loaded',
    activeState,
    subState: 'x',
    job: null,
    answers: null,
    ...changes,
  };
};
type Seen = readonly [at: number, unit: UnitReport, packageLock?: boolean];

function track(...seen: readonly Seen[]) {
  return seen.reduce(
    (tracker, [at, report, packageLock = false]) => observeHost(tracker, { units: [report], packageLock }, at),
    startTracker(),
  );
}
const monitored = { monitored: true };
const running = unit('active');
const failed = unit('failed');
const starting = unit('activating');

describe('what successive reports come to (R4)', () => {
  it('inactive counts from when it was first seen, and goes on without another report', () => {
    const tracker = track([0, running], [1_000, failed], [2_000, failed]);
    expect(haproxyEvidence(tracker, monitored, 2_500)).toEqual({
      kind: 'inactive',
      unit: 'haproxy.service',
      state: 'failed',
      forMs: 1_500,
    });
  });

  it('running again ends it, and the next time starts at zero', () => {
    const tracker = track([0, failed], [5_000, running], [6_000, failed]);
    expect(haproxyEvidence(track([0, failed], [5_000, running]), monitored, 5_500)).toEqual({ kind: 'running' });
    expect(haproxyEvidence(tracker, monitored, 6_100)).toMatchObject({ forMs: 100 });
  });

  it('starting is neutral for 15 s, then inactive from there', () => {
    const tracker = track([0, starting]);
    expect(haproxyEvidence(tracker, monitored, 14_999)).toMatchObject({ kind: 'neutral', leftMs: 1 });
    expect(haproxyEvidence(tracker, monitored, 15_000)).toMatchObject({ kind: 'inactive', forMs: 0 });
    expect(haproxyEvidence(tracker, monitored, 17_000)).toMatchObject({ kind: 'inactive', forMs: 2_000 });
  });

  it('a crash loop is not neutral: the 15 s are a total within 60 s', () => {
    const loop = Array.from({ length: 4 }, (_, turn): readonly Seen[] => [
      [turn * 6_000, starting],
      [turn * 6_000 + 5_000, running],
    ]).flat();
    expect(haproxyEvidence(track(...loop.slice(0, 5)), monitored, 16_999)).toMatchObject({
      kind: 'neutral',
      leftMs: 1,
    });
    expect(haproxyEvidence(track(...loop.slice(0, 7)), monitored, 19_500)).toMatchObject({
      kind: 'inactive',
      forMs: 1_500,
    });
  });

  it('the 15 s come back when the old ones are a minute past', () => {
    const tracker = track([0, starting], [14_000, running], [80_000, starting]);
    expect(haproxyEvidence(tracker, monitored, 80_000)).toMatchObject({ kind: 'neutral', leftMs: 15_000 });
  });

  it('a stretch that used them up gets no more until HAProxy has run', () => {
    const tracker = track([0, starting], [16_000, failed], [90_000, starting]);
    expect(haproxyEvidence(tracker, monitored, 90_000)).toMatchObject({ kind: 'inactive', forMs: 75_000 });
  });

  it('what is neutral in the middle neither counts as inactive nor forgets what was', () => {
    const tracker = track([0, failed], [600, starting], [3_600, failed]);
    expect(haproxyEvidence(tracker, monitored, 3_800)).toMatchObject({ kind: 'inactive', forMs: 800 });
  });

  it('500 reloads in a row that end within 20 ms each never count', () => {
    const reloads = Array.from({ length: 500 }, (_, turn): readonly Seen[] => [
      [turn * 120, unit('reloading')],
      [turn * 120 + 20, running],
    ]).flat();
    const tracker = track(...reloads, [60_100, unit('reloading')]);
    expect(haproxyEvidence(tracker, monitored, 60_110).kind).toBe('neutral');
  });

  it('reloads that take their time never count while HAProxy answers through them', () => {
    const reloads = Array.from({ length: 60 }, (_, turn): readonly Seen[] => [
      [turn * 1_000, unit('reloading', { answers: true })],
      [turn * 1_000 + 900, running],
    ]).flat();
    expect(haproxyEvidence(track(...reloads, [60_000, unit('reloading')]), monitored, 74_999)).toMatchObject({
      kind: 'neutral',
      leftMs: 1,
    });
  });

  it('a package lock is neutral for 60 s and says so', () => {
    const tracker = track([0, failed, true], [30_000, failed, true]);
    expect(haproxyEvidence(tracker, monitored, 59_999)).toMatchObject({
      kind: 'neutral',
      because: 'down while packages are being changed',
      leftMs: 1,
    });
    expect(haproxyEvidence(tracker, monitored, 61_000)).toMatchObject({ kind: 'inactive', forMs: 1_000 });
  });

  it('a lock that comes and goes has 60 s in all, until HAProxy runs without one', () => {
    const tracker = track([0, failed, true], [40_000, failed, false], [41_000, failed, true]);
    expect(haproxyEvidence(tracker, monitored, 41_000)).toMatchObject({ kind: 'neutral', leftMs: 20_000 });
    const again = track([0, failed, true], [40_000, running, false], [41_000, failed, true]);
    expect(haproxyEvidence(again, monitored, 41_000)).toMatchObject({ leftMs: 60_000 });
    const underLock = track([0, failed, true], [40_000, running, true], [41_000, failed, true]);
    expect(haproxyEvidence(underLock, monitored, 41_000)).toMatchObject({ leftMs: 20_000 });
  });
});

describe('a host that is judged by other settings from now on', () => {
  it('what is not running counts from its next report on, and only from there', () => {
    const changed = restartTracker(track([0, failed]));
    expect(haproxyEvidence(changed, monitored, 60_000)).toEqual({ kind: 'unreported' });
    const reported = observeHost(changed, { units: [failed], packageLock: false }, 60_000);
    expect(haproxyEvidence(reported, monitored, 61_000)).toMatchObject({ kind: 'inactive', forMs: 1_000 });
  });

  it('what runs goes on running', () => {
    expect(haproxyEvidence(restartTracker(track([0, running])), monitored, 60_000)).toEqual({ kind: 'running' });
  });
});

describe('several units and none', () => {
  const both = (first: UnitReport, second: UnitReport) => {
    const units = [first, { ...second, unit: 'haproxy@b.service' }];
    return observeHost(startTracker(), { units, packageLock: false }, 0);
  };

  it.each([
    [running, failed, 'inactive'],
    [starting, failed, 'inactive'],
    [running, starting, 'neutral'],
    [running, unit('inactive', { loadState: 'masked' }), 'absent'],
    [running, running, 'running'],
  ] as const)('the worst counts (%#)', (first, second, kind) => {
    const evidence = haproxyEvidence(both(first, second), monitored, 10);
    expect(evidence.kind).toBe(kind);
    if ('unit' in evidence) expect(evidence.unit).toBe('haproxy@b.service');
  });

  it('a unit that shall be watched and is not reported is unreported', () => {
    const watch = { monitored: true, units: ['haproxy.service', 'other.service'] };
    expect(haproxyEvidence(track([0, running]), watch, 0)).toEqual({ kind: 'unreported', missing: 'other.service' });
    expect(haproxyEvidence(startTracker(), monitored, 0)).toEqual({ kind: 'unreported' });
  });

  it('a report without any unit leaves the watched one out', () => {
    const empty = observeHost(startTracker(), { units: [], packageLock: false }, 0);
    expect(haproxyEvidence(empty, monitored, 0)).toEqual({ kind: 'unreported', missing: 'haproxy.service' });
    const watch = { monitored: true, units: ['other.service'] };
    expect(haproxyEvidence(empty, watch, 0)).toEqual({ kind: 'unreported', missing: 'other.service' });
  });

  it('an unmonitored member has no verdict', () => {
    expect(haproxyEvidence(track([0, failed]), { monitored: false }, 0)).toEqual({ kind: 'unmonitored' });
  });
});

describe('whatever a host reports', () => {
  const state = fc.constantFrom('active', 'activating', 'failed', 'reloading', 'deactivating');
  const report = fc.record({ ms: fc.integer({ min: 0, max: 20_000 }), state, lock: fc.boolean() });

  it('is never neutral for more than 15 s of 60 without a lock, and never inactive for longer than not running', () => {
    fc.assert(
      fc.property(fc.array(report, { minLength: 1, maxLength: 30 }), (reports) => {
        let now = 0;
        let tracker = startTracker();
        let stoppedAt: number | null = null;
        const neutralAt: number[] = [];
        for (const { ms, state: activeState } of reports) {
          tracker = observeHost(tracker, { units: [unit(activeState)], packageLock: false }, now);
          stoppedAt = activeState === 'active' ? null : (stoppedAt ?? now);
          for (const end = now + ms; now < end; now += 100) {
            const evidence = haproxyEvidence(tracker, monitored, now);
            if (evidence.kind === 'neutral') neutralAt.push(now);
            if (evidence.kind === 'inactive') expect(evidence.forMs).toBeLessThanOrEqual(now - (stoppedAt ?? now));
            expect(neutralAt.filter((at) => at > now - 60_000).length).toBeLessThanOrEqual(151);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('asking changes nothing and time runs forward only', () => {
    const tracker = track([1_000, failed]);
    const early = haproxyEvidence(tracker, monitored, 500);
    expect(early).toMatchObject({ kind: 'inactive', forMs: 0 });
    expect(haproxyEvidence(tracker, monitored, 2_000)).toEqual(haproxyEvidence(tracker, monitored, 2_000));
  });
});
