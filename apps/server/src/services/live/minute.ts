import { secondMs } from '@serverctl/core';
import type { Listener } from '../../liveness/listener.ts';
import type { Clock } from '../../platform/clock.ts';

/*
 * How the last minute of heartbeats went, as this process heard it: a page that is opened has its strips at once. Once a second each member's
 * age is looked at, and becomes one letter of its row; a row is 60 bytes, and there is one for each member that was heard here.
 *
 *   on time    a beat within 1.5 s
 *   late       within 3 s
 *   missed     longer ago: only where no other process can have heard it
 *   unheard    nothing was stored (R2), or this process stood still and could not hear
 *   unknown    we did not look, or somebody else may know better: said of every silence while other processes hear as well
 */
export interface Minute {
  /** Null before the first look. */
  read(): MinuteRead | null;
  /** Looks until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

export interface MinuteRead {
  /** Of the last look. */
  readonly at: Date;
  /** The member's letters, oldest first; null = it was never heard here. */
  readonly of: (memberId: string) => string | null;
}

export interface MinuteOptions {
  readonly clock: Clock;
  readonly listener: Pick<Listener, 'heard' | 'flushHealthy'>;
  /** No other process hears members: the database is our own. */
  readonly isAlone: boolean;
}

const seconds = 60;
const onTimeMs = 1_500;
const lateMs = 3_000;
/** A look that comes so much later than it should says that we stood still: what came meanwhile is not heard yet. */
const stoodStillMs = 500;

/** As the contract has them (LiveSnapshot). */
const codeOfLetter = (letter: string): number => letter.charCodeAt(0);
const codes = {
  unknown: codeOfLetter('.'),
  onTime: codeOfLetter('+'),
  late: codeOfLetter('~'),
  missed: codeOfLetter('-'),
  unheard: codeOfLetter('x'),
} as const;

export function createMinute({ clock, listener, isAlone }: MinuteOptions): Minute {
  const rows = new Map<string, Uint8Array>();
  let lookedAtMs: number | null = null;
  let at: Date | null = null;
  /** The place of the next look; places are seconds, counted on. */
  let place = 0;

  function look(): void {
    const now = clock.now();
    const elapsed = lookedAtMs === null ? secondMs : now - lookedAtMs;
    const skipped = Math.min(seconds, Math.max(0, Math.round(elapsed / secondMs) - 1));
    const couldHear = listener.flushHealthy() && elapsed < secondMs + stoodStillMs;
    lookedAtMs = now;
    at = clock.wallTime();
    const heard: ReadonlyMap<string, number> = new Map(listener.heard());
    for (const memberId of rows.keys()) if (!heard.has(memberId)) rows.delete(memberId);
    for (const [memberId, heardAtMs] of heard) {
      const row = rows.get(memberId) ?? new Uint8Array(seconds).fill(codes.unknown);
      rows.set(memberId, row);
      for (let one = 0; one < skipped; one += 1) row[(place + one) % seconds] = codes.unknown;
      row[(place + skipped) % seconds] = codeOf(now - heardAtMs, couldHear, isAlone);
    }
    place += skipped + 1;
  }

  return {
    read() {
      if (at === null) return null;
      const end = place;
      return { at, of: (memberId) => lettersOf(rows.get(memberId), end) };
    },
    async run(signal) {
      while (!signal.aborted) {
        look();
        await clock.sleep(secondMs, signal);
      }
    },
  };
}

function codeOf(ageMs: number, couldHear: boolean, isAlone: boolean): number {
  if (!couldHear) return isAlone ? codes.unheard : codes.unknown;
  if (ageMs <= onTimeMs) return codes.onTime;
  if (!isAlone) return codes.unknown;
  return ageMs <= lateMs ? codes.late : codes.missed;
}

function lettersOf(row: Uint8Array | undefined, end: number): string | null {
  if (row === undefined) return null;
  const oldest = end % seconds;
  return Buffer.concat([row.subarray(oldest), row.subarray(0, oldest)]).toString('latin1');
}
