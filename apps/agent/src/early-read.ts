import type { Clock } from './platform/clock.ts';

/** A read that takes its time and may be begun before anybody asks for it. */
export interface EarlyRead<Value> {
  /** Begins one, unless one was begun lately. */
  begin(): void;
  /** What the last one gave or will give, if it was begun lately; else what one gives that begins now. */
  read(): Promise<Value>;
}

/** Lately is at most `goodForMs` ago. `read` must never reject: nobody may be there to hear it. */
export function createEarlyRead<Value>(clock: Clock, goodForMs: number, read: () => Promise<Value>): EarlyRead<Value> {
  let begun: { readonly atMs: number; readonly value: Promise<Value> } | null = null;

  function latest(): Promise<Value> {
    const nowMs = clock.nowMs();
    if (begun === null || nowMs - begun.atMs > goodForMs) begun = { atMs: nowMs, value: read() };
    return begun.value;
  }

  return { begin: () => void latest(), read: latest };
}
