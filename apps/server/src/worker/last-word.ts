import { AppError, secondMs } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';

/** What is left to be said after a stop may take so long. */
const lastWordMs = 3 * secondMs;

/** Runs with a signal that aborts 3 s after `stopping` did. */
export async function withLastWord(
  clock: Clock,
  stopping: AbortSignal,
  run: (end: AbortSignal) => Promise<void>,
): Promise<void> {
  const end = new AbortController();
  const isOver = new AbortController();
  const limit = untilAborted(stopping)
    .then(() => clock.sleep(lastWordMs, isOver.signal))
    .then(() => end.abort());
  await run(end.signal);
  isOver.abort();
  await limit;
}

/** What the write gives; `database_unavailable` once the signal aborts, since a database that hangs must not hold up the end. */
export function beforeEnd<T>(write: Promise<T>, end: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const cut = () => reject(new AppError('database_unavailable', { because: 'we stop' }));
    end.addEventListener('abort', cut, { once: true });
    write.then(resolve, reject).finally(() => end.removeEventListener('abort', cut));
  });
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
