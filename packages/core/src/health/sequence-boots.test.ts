import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hourMs, minuteMs } from '../time.ts';
import { type BootLine, noteSupersession, type ObservedBoots } from './sequence-boots.ts';

/** The store's part: boots are issued one by one, and each supersession is noted at its time. */
function issuer() {
  let boot = 0;
  let lines: readonly BootLine[] = [];
  return {
    isClone: false,
    start(): number {
      boot += 1;
      return boot;
    },
    takeOver(superseded: number, atMs = 0): number {
      boot += 1;
      const observed: ObservedBoots = noteSupersession(lines, { superseded, boot }, atMs);
      lines = observed.lines;
      this.isClone ||= observed.isClone;
      return boot;
    },
    lines: () => lines,
  };
}

describe('noteSupersession (R35)', () => {
  it.each([
    ['five takeovers in turn', 5, false],
    ['six takeovers in turn: each run three times', 6, true],
  ])('%s', (_name, takeovers, isClone) => {
    const boots = issuer();
    const runs = [boots.start(), boots.start()];
    for (let turn = 0; turn < takeovers; turn++) runs[turn % 2] = boots.takeOver(runs[turn % 2] ?? 0);
    expect(boots.isClone).toBe(isClone);
  });

  it('three runs are found as well', () => {
    const boots = issuer();
    const runs = [boots.start(), boots.start(), boots.start()];
    for (let turn = 0; turn < 8; turn++) runs[turn % 3] = boots.takeOver(runs[turn % 3] ?? 0);
    expect(boots.isClone).toBe(true);
  });

  it('one run that takes boot after boot is not: its own requests came late', () => {
    const boots = issuer();
    let run = boots.start();
    for (let turn = 0; turn < 50; turn++) run = boots.takeOver(run);
    expect(boots.isClone).toBe(false);
  });

  it('a reply that was lost is no turn: the run asks again with what it had', () => {
    const boots = issuer();
    const [mine, theirs] = [boots.start(), boots.start()];
    for (let turn = 0; turn < 3; turn++) boots.takeOver(mine);
    for (let turn = 0; turn < 3; turn++) boots.takeOver(theirs);
    expect(boots.lines().map(({ turns }) => turns.length)).toEqual([1, 1]);
  });

  it.each([
    ['turns of more than an hour ago are forgotten', 21 * minuteMs, false],
    ['turns within one are not', 9 * minuteMs, true],
  ])('%s', (_name, everyMs, isClone) => {
    const boots = issuer();
    const runs = [boots.start(), boots.start()];
    for (let turn = 0; turn < 6; turn++) runs[turn % 2] = boots.takeOver(runs[turn % 2] ?? 0, turn * everyMs);
    expect(boots.isClone).toBe(isClone);
  });

  it('a clock that was set back by years keeps no turn for ever', () => {
    const boots = issuer();
    const runs = [boots.start(), boots.start()];
    for (let turn = 0; turn < 4; turn++) runs[turn % 2] = boots.takeOver(runs[turn % 2] ?? 0, 1e12);
    for (let turn = 4; turn < 6; turn++) runs[turn % 2] = boots.takeOver(runs[turn % 2] ?? 0, 1e12 - 90_000 * hourMs);
    expect(boots.isClone).toBe(false);
    expect(boots.lines().every(({ turns }) => turns.length === 1)).toBe(true);
  });

  it('what is kept stays small', () => {
    const boots = issuer();
    let old = boots.start();
    for (let restart = 0; restart < 200; restart++) {
      const next = boots.start();
      for (let turn = 0; turn < restart % 3; turn++) old = boots.takeOver(old);
      old = next;
    }
    expect(boots.lines().length).toBeLessThanOrEqual(8);
    expect(Math.max(...boots.lines().map((line) => line.boots.length))).toBeLessThanOrEqual(16);
  });
});

/** What an honest host does, its requests being lost, late, or repeated, and its runs overlapping for a moment when it restarts. */
const steps = fc.array(
  fc.constantFrom('restart', 'restart with overlap', 'reply lost', 'late start', 'late takeover') as fc.Arbitrary<Step>,
  { minLength: 1, maxLength: 400 },
);
type Step = 'restart' | 'restart with overlap' | 'reply lost' | 'late start' | 'late takeover';

it('a host that starts as often as it likes, over a bad network, is never taken for two', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const boots = issuer();
      let run = boots.start();
      let before = run;
      for (const step of all) {
        if (step === 'restart') run = boots.start();
        if (step === 'restart with overlap') {
          const next = boots.start();
          boots.takeOver(run);
          run = boots.takeOver(next);
        }
        if (step === 'reply lost') {
          boots.start();
          boots.takeOver(run);
          [before, run] = [run, boots.takeOver(run)];
        }
        if (step === 'late start') {
          boots.start();
          [before, run] = [run, boots.takeOver(run)];
        }
        if (step === 'late takeover') {
          boots.takeOver(before);
          [before, run] = [run, boots.takeOver(run)];
        }
        if (step.startsWith('restart')) before = run;
      }
      expect(boots.isClone).toBe(false);
    }),
    { numRuns: 500 },
  );
});

it('two hosts are found by the third turn of the slower one, whatever else is lost on the way', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 40, maxLength: 80 }), (whose) => {
      const boots = issuer();
      const runs = [boots.start(), boots.start()];
      let last: number | null = null;
      const turns = [0, 0];
      for (const [index, isLost] of whose.entries()) {
        const who = index % 2;
        const boot = boots.takeOver(runs[who] ?? 0);
        if (!isLost) runs[who] = boot;
        if (last !== who) turns[who] = (turns[who] ?? 0) + 1;
        last = who;
        if (Math.min(...turns) >= 3) break;
      }
      expect(boots.isClone).toBe(true);
    }),
  );
});
