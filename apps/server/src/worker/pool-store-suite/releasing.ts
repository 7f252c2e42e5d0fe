import { hourMs, minuteMs } from '@serverctl/core';
import { expect, test } from 'vitest';
import type { Under } from './under-test.ts';

/** How a person releases the fleet’s brakes (R9, R10). */
export function describeReleasing(under: Under): void {
  test('the brakes are in force until a person releases them, and again after so long', async () => {
    const { store } = under();
    expect(await store.brakesReleasedForMs()).toBeNull();
    await under().releaseBrakes(10 * minuteMs);
    const leftMs = await store.brakesReleasedForMs();
    expect(leftMs).toBeLessThanOrEqual(10 * minuteMs);
    expect(leftMs).toBeGreaterThan(9 * minuteMs);
    await under().jumpWallClock(10 * minuteMs);
    expect(await store.brakesReleasedForMs()).toBeNull();
  });

  test('a release ends when it is taken back, and a later one takes its place', async () => {
    const { store } = under();
    await under().releaseBrakes(10 * minuteMs);
    await under().releaseBrakes(minuteMs);
    expect(await store.brakesReleasedForMs()).toBeLessThanOrEqual(minuteMs);
    await under().restoreBrakes();
    expect(await store.brakesReleasedForMs()).toBeNull();
  });

  test('a wall clock that is set back to before a release ends it: the brakes are not off for years', async () => {
    await under().releaseBrakes(10 * minuteMs);
    await under().jumpWallClock(-hourMs);
    expect(await under().store.brakesReleasedForMs()).toBeNull();
    await under().restoreBrakes();
    await under().jumpWallClock(hourMs);
  });
}
