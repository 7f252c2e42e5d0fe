import { setTimeout as sleep } from 'node:timers/promises';

/** Waits between two tries; Ctrl+C ends the process meanwhile. */
export function pause(ms: number): Promise<void> {
  return sleep(ms);
}

/** Aborts a call that has not answered in time: a cut cable says nothing. */
export function timeLimit(ms: number): AbortSignal {
  return AbortSignal.timeout(ms);
}

/** The time of day, for what a person names relative to it; nothing is measured by it. */
export function wallClock(): number {
  return Date.now();
}
