import type { Clock } from './platform/clock.ts';

/*
 * A read that takes its time, begun before anybody asks for it: with the first sign that something will be told soon.
 *
 *   nothing begun  --begin()--> begun
 *   begun          --begin()--> begun anew: what was begun before the new sign may be out of date
 *                  --read()--> begun while the sign still waits to be told; nothing begun behind it
 *                  --`goodForMs`--> as if nothing was begun
 *   read() with nothing begun reads for itself, and leaves nothing behind for others
 *
 * Whoever is overtaken by a new sign while waiting is given what was begun with that.
 */
export interface EarlyRead<Value> {
  begin(): void;
  read(): Promise<Value>;
}

export interface EarlyReadParts<Value> {
  readonly clock: Clock;
  readonly goodForMs: number;
  /** Must never reject: nobody may be there to hear it. */
  readonly read: () => Promise<Value>;
  /** Has a sign come that is not told yet? */
  readonly isWaiting: () => boolean;
}

interface Begun<Value> {
  readonly atMs: number;
  readonly value: Promise<Value>;
  isReading: boolean;
}

export function createEarlyRead<Value>({ clock, goodForMs, read, isWaiting }: EarlyReadParts<Value>): EarlyRead<Value> {
  let newest: Begun<Value> | null = null;
  let left: Begun<Value> | null = null;

  /** Many signs in one turn, as when systemd reads its units, begin one. */
  function begin(): void {
    if (newest !== null && !newest.isReading) return;
    const begun: Begun<Value> = { atMs: clock.nowMs(), isReading: false, value: Promise.resolve().then(start) };
    function start(): Promise<Value> {
      begun.isReading = true;
      return read();
    }
    newest = begun;
    left = begun;
  }

  function take(): Promise<Value> | null {
    const begun = left;
    if (!isWaiting()) left = null;
    return begun === null || clock.nowMs() - begun.atMs > goodForMs ? null : begun.value;
  }

  return {
    begin,
    async read() {
      const value = take() ?? read();
      const before = newest;
      const first = await value;
      return newest === null || newest === before ? first : newest.value;
    },
  };
}
