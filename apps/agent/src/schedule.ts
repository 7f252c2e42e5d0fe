import { heartbeatJitter } from '@serverctl/contract/agent';

const shortestIntervalMs = 200;
const longestIntervalMs = 10_000;

/**
 * When the next beat is due, ± 10 % so that a fleet does not beat in step. Counted from when the last one *was
 * due*, so that slow timers do not add up; but after a pause of the whole process (suspend, SIGSTOP) from now,
 * since beats that were missed are not made up for.
 */
export function nextDueMs(lastDueMs: number, nowMs: number, intervalMs: number, fraction: number): number {
  const step = intervalMs * (1 + heartbeatJitter * (2 * fraction - 1));
  const due = lastDueMs + step;
  return due > nowMs ? due : nowMs + step;
}

/** The interval that the control plane asks for, within what an agent may do to it and to its own liveness. */
export function boundedIntervalMs(askedMs: number): number {
  return Math.min(Math.max(askedMs, shortestIntervalMs), longestIntervalMs);
}
