import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BeatMark, learnBoot, observeBeat, type Sequence, startSequence } from './sequence.ts';

const mark = (boot: number, seq: number, print = 1): BeatMark => ({ boot, seq, print });
const known = (boot: number, seq: number): Sequence =>
  boot === 0 ? startSequence() : observeBeat(startSequence(), mark(boot, seq), 0).sequence;

describe('observeBeat (R35)', () => {
  it.each([
    ['first seq of a boot not heard yet, as it comes', known(0, 0), 3, 417, 'new'],
    ['next', known(3, 417), 3, 418, 'new'],
    ['a gap', known(3, 417), 3, 500, 'new'],
    ['the same again', known(3, 417), 3, 417, 'old'],
    ['an earlier one', known(3, 417), 3, 1, 'old'],
    ['a newer boot', known(3, 417), 4, 1, 'new'],
    ['an older boot', known(3, 417), 2, 9_999, 'superseded-boot'],
  ] as const)('%s', (_name, before, boot, seq, verdict) => {
    expect(observeBeat(before, mark(boot, seq), 0).verdict).toBe(verdict);
  });

  it('counts what it drops, over boots', () => {
    const dropped = observeBeat({ ...known(1, 5), oldBeats: 2 }, mark(1, 5), 0).sequence;
    expect(dropped).toMatchObject({ boot: 1, seq: 5, oldBeats: 3 });
    expect(observeBeat(dropped, mark(2, 1), 0).sequence).toMatchObject({ boot: 2, seq: 1, oldBeats: 3 });
  });

  it('refuses an older boot as soon as a newer one was issued, though none of its beats came yet', () => {
    const issued = learnBoot(known(3, 9), 4);
    expect(observeBeat(issued, mark(3, 10), 0).verdict).toBe('superseded-boot');
    expect(observeBeat(issued, mark(4, 1), 0).verdict).toBe('new');
    expect(learnBoot(issued, 3)).toBe(issued);
  });

  it('each (boot, seq) is new at most once, in rising order', () => {
    const beat = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 6 }));
    fc.assert(
      fc.property(fc.array(beat), (beats) => {
        let sequence = startSequence();
        const taken: number[] = [];
        for (const [boot, seq] of beats) {
          const observed = observeBeat(sequence, mark(boot, seq), 0);
          sequence = observed.sequence;
          if (observed.verdict === 'new') taken.push(boot * 1_000 + seq);
        }
        expect(taken).toEqual([...new Set(taken)].toSorted((a, b) => a - b));
      }),
    );
  });
});

/** `[at, seq, print]` in one boot, in the order heard. Returns the instants at which a clone was suspected. */
function suspicions(beats: readonly (readonly [number, number, number])[]): readonly number[] {
  let sequence = startSequence();
  const suspected: number[] = [];
  for (const [at, seq, print] of beats) {
    const observed = observeBeat(sequence, mark(1, seq, print), at);
    sequence = observed.sequence;
    if (observed.cloneSeq !== null) suspected.push(at);
  }
  return suspected;
}

const seconds = (count: number) => Array.from({ length: count }, (_, second) => second);

describe('two hosts in one boot (R35)', () => {
  it('a copy that goes on from far behind is found after its third turn, 3 s apart', () => {
    const beats = seconds(10).flatMap((s) => [
      [s * 1_000, 501 + s, 1] as const,
      [s * 1_000 + 400, 101 + s, 1] as const,
    ]);
    expect(suspicions(beats)).toEqual([6_400]);
  });

  it('one that beats in step, and says something else, likewise', () => {
    const beats = seconds(10).flatMap((s) => [[s * 1_000, 1 + s, 1] as const, [s * 1_000 + 5, 1 + s, 2] as const]);
    expect(suspicions(beats)).toEqual([6_005]);
  });

  it('one that overtakes and is overtaken likewise: the lines are not known by name', () => {
    const beats = seconds(20).flatMap((s) => {
      const two = [[s * 1_000, 1 + s, 1] as const, [s * 1_000 + 5, 1 + s, 2] as const];
      return s % 2 === 0 ? two : two.map(([at, seq, print]) => [at, seq, 3 - print] as const);
    });
    expect(suspicions(beats)).toEqual([6_005]);
  });

  it('while it goes on it is said again each minute', () => {
    const beats = seconds(200).flatMap((s) => [
      [s * 1_000, 501 + s, 1] as const,
      [s * 1_000 + 400, 101 + s, 1] as const,
    ]);
    expect(suspicions(beats)).toEqual([6_400, 66_400, 126_400, 186_400]);
  });

  it('a network that sends each request twice for ten minutes, the second 6 s later, makes none', () => {
    const beats = seconds(600).flatMap((s) => [
      [s * 1_000, 7 + s, 1 + s] as const,
      [s * 1_000 + 6_000, 7 + s, 1 + s] as const,
    ]);
    expect(suspicions(beats.toSorted(([a], [b]) => a - b))).toEqual([]);
  });

  it.each([
    [
      'one old request again and again',
      seconds(60).flatMap((s) => [
        [s * 1_000, 500 + s, 1],
        [s * 1_000 + 1, 3, 2],
      ]),
    ],
    ['a line that ends while the other stands still', seconds(60).map((s) => [s * 1_000, s === 0 ? 500 : s, 1])],
    [
      'two turns, a minute of quiet, and two more',
      seconds(80).flatMap((s) => [
        [s * 1_000, 500 + s, 1],
        ...([0, 3, 70, 73].includes(s) ? [[s * 1_000 + 1, 9 + s, 1]] : []),
      ]),
    ],
    [
      'a backlog read in two seconds, beside the beats of now',
      seconds(80).flatMap((s) => [
        [s * 25, 500 + s, 1],
        [s * 25 + 1, 300 + s, 1],
      ]),
    ],
  ])('%s is none', (_name, beats) => {
    expect(suspicions(beats as unknown as readonly (readonly [number, number, number])[])).toEqual([]);
  });
});
