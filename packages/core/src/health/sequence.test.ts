import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learnBoot, observeBeat, startSequence } from './sequence.ts';

describe('observeBeat (R35)', () => {
  it.each([
    ['first seq of a boot not heard yet, as it comes', { boot: 0, seq: 0 }, 3, 417, 'new'],
    ['next', { boot: 3, seq: 417 }, 3, 418, 'new'],
    ['a gap', { boot: 3, seq: 417 }, 3, 500, 'new'],
    ['the same again', { boot: 3, seq: 417 }, 3, 417, 'old'],
    ['an earlier one', { boot: 3, seq: 417 }, 3, 1, 'old'],
    ['a newer boot', { boot: 3, seq: 417 }, 4, 1, 'new'],
    ['an older boot', { boot: 3, seq: 417 }, 2, 9_999, 'superseded-boot'],
  ] as const)('%s', (_name, known, boot, seq, verdict) => {
    expect(observeBeat({ ...known, oldBeats: 0 }, boot, seq).verdict).toBe(verdict);
  });

  it('counts what it drops', () => {
    const { sequence } = observeBeat({ boot: 1, seq: 5, oldBeats: 2 }, 1, 5);
    expect(sequence).toEqual({ boot: 1, seq: 5, oldBeats: 3 });
  });

  it('refuses an older boot as soon as a newer one was issued, though none of its beats came yet', () => {
    const issued = learnBoot({ boot: 3, seq: 9, oldBeats: 0 }, 4);
    expect(observeBeat(issued, 3, 10).verdict).toBe('superseded-boot');
    expect(observeBeat(issued, 4, 1).verdict).toBe('new');
    expect(learnBoot(issued, 3)).toBe(issued);
  });

  it('each (boot, seq) is new at most once, in rising order', () => {
    const beat = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 6 }));
    fc.assert(
      fc.property(fc.array(beat), (beats) => {
        let sequence = startSequence();
        const taken: number[] = [];
        for (const [boot, seq] of beats) {
          const observed = observeBeat(sequence, boot, seq);
          sequence = observed.sequence;
          if (observed.verdict === 'new') taken.push(boot * 1_000 + seq);
        }
        expect(taken).toEqual([...new Set(taken)].toSorted((a, b) => a - b));
      }),
    );
  });
});
