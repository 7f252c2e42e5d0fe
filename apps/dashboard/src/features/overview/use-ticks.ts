import { useEffect, useState } from 'react';
import { systemClock } from '../../platform/clock.ts';
import { frameLoop } from '../../platform/frame-loop.ts';

const everyMs = 1_000;

/** Draws the caller anew once a second, for what it says by time alone: "for 13 s". By the page's one loop. */
export function useTicks(): void {
  const [, setSecond] = useState(0);
  useEffect(() => frameLoop.onTick(() => setSecond(Math.floor(systemClock.nowMs() / everyMs))), []);
}
