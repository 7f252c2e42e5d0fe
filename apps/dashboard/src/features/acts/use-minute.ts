import { useEffect, useState } from 'react';
import { systemClock } from '../../platform/clock.ts';

const everyMs = 10_000;

/** Draws the caller anew every now and then, for an instant that is so many minutes from now. */
export function useMinute(): void {
  const [tick, setTick] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the next one after each
  useEffect(() => systemClock.after(everyMs, () => setTick((last) => last + 1)), [tick]);
}
