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

/** An aborted call may say itself what became of it; one that ignores its signal must not stop us. */
const lastWordMs = 100;

/** Runs one call with a signal that aborts after `limitMs`, or when `outer` aborts. Settles 100 ms later at the latest. */
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
    return await Promise.race([call(limit.signal), abortOf(limit.signal, clock)]);
  } finally {
    cancel();
    outer?.removeEventListener('abort', stop);
  }
}

function abortOf(signal: AbortSignal, clock: Clock): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = () => void clock.after(lastWordMs, () => reject(signal.reason));
    if (signal.aborted) return giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
  });
}
