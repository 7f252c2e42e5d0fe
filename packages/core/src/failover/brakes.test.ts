import { describe, expect, it } from 'vitest';
import { judgeBrake } from './brakes.ts';

const minutes = (...ages: readonly number[]) => ages.map((age) => age * 60_000);

describe('judgeBrake (R11)', () => {
  it.each([
    ['nothing yet', [], null, { kind: 'free' }],
    ['10 s after the last', [10_000], 10_000, { kind: 'free' }],
    ['sooner', [9_000], 9_000, { kind: 'cooldown', leftMs: 1_000 }],
    ['a person’s promotion holds the 10 s as well', [], 4_000, { kind: 'cooldown', leftMs: 6_000 }],
    ['two in 10 min', minutes(1, 9), 60_000, { kind: 'free' }],
    ['three in 10 min', minutes(9, 1, 5), 60_000, { kind: 'exhausted', leftMs: 60_000 }],
    ['three, one of them 10 min old', minutes(10, 1, 5), 60_000, { kind: 'free' }],
    ['six in 1 h', minutes(1, 11, 21, 31, 41, 51), 60_000, { kind: 'exhausted', leftMs: 9 * 60_000 }],
    ['six, one of them 1 h old', minutes(1, 11, 21, 31, 41, 60), 60_000, { kind: 'free' }],
    ['a full bucket before the 10 s', minutes(0, 1, 2), 0, { kind: 'exhausted', leftMs: 8 * 60_000 }],
  ] as const)('%s', (_name, automaticPromotionAgesMs, lastPromotionAgeMs, expected) => {
    expect(judgeBrake({ automaticPromotionAgesMs, lastPromotionAgeMs })).toEqual(expected);
  });
});
