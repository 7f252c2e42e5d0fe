import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isProven, noteWatermark, startListenerClock, toOurInstant } from './listener-clock.ts';

describe('a listener’s clock', () => {
  test('an instant is never taken for an earlier one than it was, whatever the delays (I7)', () => {
    const delays = fc.array(
      fc.record({ pauseMs: fc.integer({ min: 1, max: 5_000 }), delayMs: fc.integer({ min: 0, max: 900 }) }),
      {
        minLength: 2,
        maxLength: 200,
      },
    );
    fc.assert(
      fc.property(delays, fc.integer({ min: -1e9, max: 1e9 }), (reads, differenceMs) => {
        let now = 1_000_000;
        let clock = startListenerClock(now + differenceMs - 900, now);
        for (const { pauseMs, delayMs } of reads) {
          now += pauseMs;
          const watermarkMs = now + differenceMs - delayMs;
          clock = noteWatermark(clock, watermarkMs, now);
          const truly = clock.watermarkMs - differenceMs;
          const taken = toOurInstant(clock, clock.watermarkMs, now);
          expect(taken).toBeGreaterThanOrEqual(truly);
          expect(taken).toBeLessThanOrEqual(now);
        }
      }),
    );
  });

  test('a clock that runs slower by 50 ppm is followed over hours within a few ms', () => {
    let now = 0;
    let theirs = 0;
    let clock = startListenerClock(theirs, now);
    for (let read = 0; read < 6 * 3_600 * 4; read += 1) {
      now += 250;
      theirs += 250 * (1 - 50e-6);
      clock = noteWatermark(clock, theirs, now);
    }
    const lateMs = toOurInstant(clock, theirs, now) - now;
    expect(Math.abs(lateMs)).toBeLessThan(5);
  });

  test('a watermark that never moved is nobody’s: no process is behind it', () => {
    const clock = startListenerClock(5_000, 100);
    expect(noteWatermark(clock, 5_000, 9_000).movedAt).toBeNull();
    expect(noteWatermark(clock, 5_001, 9_000).movedAt).toBe(9_000);
  });

  test('a watermark that had stood still when it was first seen says nothing of its clock', () => {
    const clock = noteWatermark(startListenerClock(1_000, 50_000), 1_250, 50_600);
    expect(toOurInstant(clock, 1_250, 50_600)).toBe(50_600);
  });

  test('a listener whose machine was suspended, its clock with it, is translated anew from its first watermark on', () => {
    let clock = startListenerClock(0, 0);
    for (let now = 250; now <= 10_000; now += 250) clock = noteWatermark(clock, now, now);
    const suspendedMs = 3_600_000;
    const now = 10_250 + suspendedMs;
    clock = noteWatermark(clock, 10_250, now);
    expect(toOurInstant(clock, 10_250, now)).toBe(now);
  });

  test('an estimate is proven by watermarks of a second, and again after one that shows how late it was', () => {
    let clock = noteWatermark(startListenerClock(0, 30_000), 250, 30_250);
    for (let at = 500; at <= 1_000; at += 250) clock = noteWatermark(clock, at, 30_000 + at);
    expect(isProven(clock)).toBe(false);
    clock = noteWatermark(clock, 1_250, 31_250);
    expect(isProven(clock)).toBe(true);
    // All before had waited in the database for 28 s: this one came at once.
    clock = noteWatermark(clock, 29_500, 31_500);
    expect(isProven(clock)).toBe(false);
    for (let at = 29_750; at <= 30_500; at += 250) clock = noteWatermark(clock, at, 2_000 + at);
    expect(isProven(clock)).toBe(true);
    expect(toOurInstant(clock, 30_500, 32_500)).toBe(32_500);
  });

  test('that we looked seldom is no fault of the watermark: a punctual one stays proven', () => {
    let clock = startListenerClock(0, 0);
    for (let now = 1_200; now <= 6_000; now += 1_200) clock = noteWatermark(clock, now - 10, now);
    expect(isProven(clock)).toBe(true);
  });

  test('one that falls a second behind begins anew', () => {
    let clock = startListenerClock(0, 0);
    for (let now = 250; now <= 5_000; now += 250) clock = noteWatermark(clock, now, now);
    clock = noteWatermark(clock, 5_100, 6_200);
    expect([isProven(clock), toOurInstant(clock, 5_100, 6_200)]).toEqual([false, 6_200]);
  });
});
