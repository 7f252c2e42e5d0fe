import { describe, expect, it } from 'vitest';
import { memberId } from '../../testing/evidence.ts';
import { judgeTick, nobodyHeard, noteHeard, otherHeardWithin } from './listening.ts';

const well = { leaseHeld: true, tickGapMs: 250, worstEventLoopDelayMs: 10, databaseWriteAgeMs: 250 };

describe('judgeTick (R2)', () => {
  it.each([
    ['all is well', {}, null],
    ['no lease', { leaseHeld: false }, 'lease'],
    ['gap just below 2 s', { tickGapMs: 1_999 }, null],
    ['gap of 2 s', { tickGapMs: 2_000 }, 'late-tick'],
    ['event loop just below 500 ms', { worstEventLoopDelayMs: 499 }, null],
    ['event loop late by 500 ms', { worstEventLoopDelayMs: 500 }, 'event-loop'],
    ['write 1 s ago', { databaseWriteAgeMs: 1_000 }, null],
    ['write longer ago', { databaseWriteAgeMs: 1_001 }, 'database'],
    ['a measure that is no number', { tickGapMs: Number.NaN }, 'late-tick'],
  ] as const)('%s', (_name, change, expected) => {
    expect(judgeTick({ ...well, ...change })).toBe(expected);
  });
});

describe('otherHeardWithin (R2)', () => {
  const [a, b, c] = [memberId(1), memberId(2), memberId(3)];
  const latest = [
    { memberId: a, heardAt: 1_000 },
    { memberId: b, heardAt: 4_000 },
    { memberId: a, heardAt: 5_000 },
  ].reduce(noteHeard, nobodyHeard);

  it('is never proven by the member’s own beats', () => {
    expect(otherHeardWithin(a, latest, 6_999)).toBe(true); // b, 2.999 s ago
    expect(otherHeardWithin(a, latest, 7_000)).toBe(false);
    expect(otherHeardWithin(b, latest, 7_999)).toBe(true); // a
    expect(otherHeardWithin(c, latest, 7_999)).toBe(true);
    expect(otherHeardWithin(c, latest, 8_000)).toBe(false);
  });

  it('never holds in a fleet of one', () => {
    const alone = noteHeard(noteHeard(nobodyHeard, { memberId: a, heardAt: 1 }), { memberId: a, heardAt: 2 });
    expect(alone).toEqual({ newest: { memberId: a, heardAt: 2 }, second: null });
    expect(otherHeardWithin(a, alone, 3)).toBe(false);
  });

  it('keeps the two latest, whatever order beats are noted in', () => {
    const noted = noteHeard(noteHeard(latest, { memberId: c, heardAt: 4_500 }), { memberId: a, heardAt: 2_000 });
    expect(noted.newest).toEqual({ memberId: a, heardAt: 5_000 });
    expect(noted.second).toEqual({ memberId: c, heardAt: 4_500 });
  });
});
