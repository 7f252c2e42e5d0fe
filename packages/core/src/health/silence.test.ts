import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advanceSilence, hear, hearingOf, hearUndated, restartSilence, type Silence, startSilence } from './silence.ts';

const tick = (from: number, to: number, listening = true) => ({ from, to, listening });

describe('silence', () => {
  it('starts at now, never at zero (R3)', () => {
    expect(hearingOf(startSilence(5_000), 5_000, true)).toEqual({ kind: 'never', waitedMs: 0, provenWaitedMs: 0 });
  });

  it('grows by a tick in which we listened', () => {
    const silence = advanceSilence(hear(startSilence(0), 1_000), tick(1_000, 1_250));
    expect(hearingOf(silence, 1_250, true)).toEqual({ kind: 'heard', silentMs: 250, provenSilentMs: 250 });
  });

  it('stands still in a tick in which we did not, while true silence goes on (R2)', () => {
    let silence = advanceSilence(hear(startSilence(0), 0.5), tick(1_000, 2_000, false));
    expect(silence.provenMs).toBe(0);
    silence = advanceSilence(silence, tick(2_000, 3_000));
    expect(hearingOf(silence, 3_000.5, true)).toEqual({ kind: 'heard', silentMs: 3_000, provenSilentMs: 1_000 });
  });

  it('counts of a tick only what came after the beat', () => {
    expect(advanceSilence(hear(startSilence(0), 1_200), tick(1_000, 1_250)).provenMs).toBe(50);
  });

  it('counts nothing before a beat that could not be dated, and is no shorter for it (I7, R7)', () => {
    const before = advanceSilence(hear(startSilence(0), 1_000), tick(1_000, 4_000));
    const silence = advanceSilence(hearUndated(before, 4_200), tick(4_000, 4_250));
    expect(hearingOf(silence, 4_250, true)).toEqual({ kind: 'heard', silentMs: 3_250, provenSilentMs: 50 });
    expect(hearingOf(hearUndated(startSilence(0), 900), 1_000, true)).toMatchObject({ kind: 'never' });
  });

  it('counts between the beat and the watermark', () => {
    expect(
      advanceSilence(hear(startSilence(0), 1_200), { ...tick(1_000, 1_250), countableUntil: 1_220 }).provenMs,
    ).toBe(20);
  });

  it('is not counted twice by ticks that overlap', () => {
    const silence = advanceSilence(advanceSilence(startSilence(0), tick(0, 1_000)), tick(0, 1_500));
    expect(silence.provenMs).toBe(1_500);
  });

  it('counts up to the watermark only, and the rest when the watermark arrives', () => {
    let silence = advanceSilence(startSilence(0), { ...tick(0, 250), countableUntil: 100 });
    expect(silence.provenMs).toBe(100);
    silence = advanceSilence(silence, { ...tick(250, 500, false), countableUntil: 400 });
    expect(silence.provenMs).toBe(250); // the frozen tick adds nothing, the earlier one is caught up
    silence = advanceSilence(silence, { ...tick(500, 750), countableUntil: 10_000 });
    expect(silence.provenMs).toBe(500);
  });

  it('ends with a beat, also of the time that was still pending', () => {
    const waiting = advanceSilence(startSilence(0), { ...tick(0, 250), countableUntil: 0 });
    const heard = hear(waiting, 200);
    expect(advanceSilence(heard, { ...tick(250, 250), countableUntil: 250 }).provenMs).toBe(50);
  });

  it('is not shortened by a beat older than the newest', () => {
    const silence = advanceSilence(hear(startSilence(0), 1_000), tick(1_000, 3_000));
    expect(hear(silence, 900)).toBe(silence);
    expect(hear(silence, 1_000)).toBe(silence);
  });

  it('keeps a member that nobody ever heard without a proven wait', () => {
    const silence = advanceSilence(startSilence(0), tick(0, 60_000));
    expect(hearingOf(silence, 60_000, false)).toEqual({ kind: 'never', waitedMs: 60_000 });
  });

  it('of a vanished process’s member is proven anew from the loss, and true silence goes on', () => {
    const silence = advanceSilence(hear(startSilence(0), 1_000), tick(1_000, 9_000));
    const restarted = advanceSilence(restartSilence(silence), tick(9_000, 9_500));
    expect(hearingOf(restarted, 9_500, true)).toMatchObject({ silentMs: 8_500, provenSilentMs: 500 });
  });
});

it('forgets the oldest of listening broken into more than 32 pieces, never the newest', () => {
  let silence = startSilence(0);
  for (let at = 0; at < 80; at += 1)
    silence = advanceSilence(silence, { ...tick(at, at + 1, at % 2 === 0), countableUntil: 0 });
  expect(advanceSilence(silence, { ...tick(80, 80), countableUntil: 80 }).provenMs).toBe(32);
});

const step = fc.record({
  ms: fc.integer({ min: 0, max: 3_000 }),
  listening: fc.boolean(),
  lagMs: fc.integer({ min: 0, max: 2_000 }),
  beatAgoMs: fc.option(fc.integer({ min: 0, max: 2_500 }), { freq: 4 }),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

function walk(
  steps: readonly Step[],
  see: (silence: Silence, now: number, before: Silence, beat: boolean) => void,
): void {
  let now = 1_000;
  let silence = startSilence(now);
  for (const { ms, listening, lagMs, beatAgoMs } of steps) {
    const before = silence;
    const from = now;
    now += ms;
    if (beatAgoMs !== null) silence = hear(silence, now - beatAgoMs);
    silence = advanceSilence(silence, { from, to: now, listening, countableUntil: now - lagMs });
    see(silence, now, before, beatAgoMs !== null);
  }
}

describe('silence, whatever happens', () => {
  it('I7: proven silence is never greater than the true one', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        walk(steps, (silence, now) => expect(silence.provenMs).toBeLessThanOrEqual(now - silence.silentSince));
      }),
      { numRuns: 2_000 },
    );
  });

  it('never shrinks between two beats', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        walk(steps, (silence, _now, before, beat) => {
          if (!beat) expect(silence.provenMs).toBeGreaterThanOrEqual(before.provenMs);
        });
      }),
      { numRuns: 2_000 },
    );
  });

  it('never counts a tick in which we did not listen', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        walk(
          steps.map((one) => ({ ...one, listening: false })),
          (silence) => expect(silence.provenMs).toBe(0),
        );
      }),
    );
  });

  it('equals the true one when we always listened and the watermark has caught up', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let last = { silence: startSilence(1_000), now: 1_000 };
        // a beat older than its process's watermark is known before the watermark moves
        const listened = steps.map((one) => ({
          ...one,
          listening: true,
          beatAgoMs: one.beatAgoMs === null ? null : 0,
        }));
        walk(listened, (silence, now) => {
          last = { silence, now };
        });
        const { silence, now } = last;
        const caughtUp = advanceSilence(silence, { from: now, to: now, listening: true, countableUntil: now });
        expect(caughtUp.provenMs).toBe(now - silence.silentSince);
      }),
      { numRuns: 2_000 },
    );
  });
});
