import type { Clock } from '../platform/clock.ts';

/** The call took longer than it may. What it did, if anything, is unknown. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
  readonly limitMs: number;

  constructor(limitMs: number) {
    super(`no answer within ${limitMs} ms`);
    this.limitMs = limitMs;
  }
}

/**
 * Runs one call with a signal that aborts after `limitMs`, or when `outer` aborts. Settles then at the latest, whatever the call does
 * with its signal: a foreign client that ignores it must not stop us.
 */
export async function withinLimit<T>(
  clock: Clock,
  limitMs: number,
  call: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<T> {
  const limit = new AbortController();
  const stop = () => limit.abort(outer?.reason);
  if (outer?.aborted) stop();
  outer?.addEventListener('abort', stop, { once: true });
  const cancel = clock.after(limitMs, () => limit.abort(new TimeLimitError(limitMs)));
  try {
    return await Promise.race([call(limit.signal), abortOf(limit.signal)]);
  } finally {
    cancel();
    outer?.removeEventListener('abort', stop);
  }
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
