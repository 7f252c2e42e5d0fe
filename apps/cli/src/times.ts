import { hourMs, minuteMs, secondMs } from '@serverctl/core';
import { InvalidArgumentError } from 'commander';
import { wallClock } from './platform/pause.ts';

/** Parsers of times and durations as people write them: wrong ones are usage errors (exit code 2) that say what is allowed. */

const unitMs = { s: secondMs, m: minuteMs, h: hourMs, d: 24 * hourMs } as const;
const duration = /^(?:(?<d>\d{1,4})d)?(?:(?<h>\d{1,5})h)?(?:(?<m>\d{1,6})m)?(?:(?<s>\d{1,6})s)?$/;

/** `30m`, `2h`, `1d`, `1h30m` in milliseconds; null when it is none. The one place where durations are read. */
function durationMs(text: string): number | null {
  const parts = duration.exec(text)?.groups;
  if (text === '' || parts === undefined) return null;
  return Object.entries(unitMs).reduce((sum, [unit, ms]) => sum + Number(parts[unit] ?? 0) * ms, 0);
}

/** How long a maintenance lasts, in whole minutes. */
export function minutes(text: string): number {
  const ms = durationMs(text);
  if (ms === null || ms === 0 || ms % minuteMs !== 0)
    throw new InvalidArgumentError('Write 30m, 2h, 1d or 1h30m: whole minutes.');
  return ms / minuteMs;
}

/**
 * A moment of the past: an age (`10m`, `2h ago`), a time of today (`14:30`, `14:30:05`, `14:30:05.084`), or a date with or without a time. Local, unless
 * it ends in Z or an offset.
 */
export function pastMoment(text: string, _earlier?: Date, now: () => number = wallClock): Date {
  const ageMs = durationMs(text.replace(/ +ago$/, ''));
  const today = timeOfToday(text, now());
  const moment = ageMs === null ? (today ?? dated(text)) : new Date(now() - ageMs);
  if (moment === null || Number.isNaN(moment.getTime())) {
    if (tooLong.test(text)) throw new InvalidArgumentError('That age is longer than any that is kept: at most 9999d.');
    throw new InvalidArgumentError(
      'Write an age such as 10m, 2h or 7d, a time of today such as 14:30 or 14:30:05, or a date such as 2026-01-31 or 2026-01-31T12:00.',
    );
  }
  if (moment.getTime() <= now()) return moment;
  const ofYesterday = today === null ? '' : ' For a time of yesterday write its date too: 2026-01-31T23:50.';
  throw new InvalidArgumentError(`It lies ahead.${ofYesterday}`);
}

/** The same as the API takes it: a time without a fraction stays without one, which means that whole second; an age is exact. */
export function pastInstant(text: string): string {
  const instant = pastMoment(text).toISOString();
  return durationMs(text.replace(/ +ago$/, '')) !== null || text.includes('.')
    ? instant
    : instant.replace('.000Z', 'Z');
}

/** Has the form of a duration, and a figure with more digits than one has. */
const tooLong = /^(?:\d+[dhms])+(?: +ago)?$/;

function timeOfToday(text: string, nowMs: number): Date | null {
  const [, hour, minute, second = '00', fraction = ''] =
    /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?$/.exec(text) ?? [];
  if (hour === undefined || minute === undefined) return null;
  const time = new Date(nowMs);
  time.setHours(Number(hour), Number(minute), Number(second), Number(fraction.padEnd(3, '0').slice(0, 3)));
  return time;
}

/** A date alone is its local midnight; `new Date` would take it as UTC. */
function dated(text: string): Date | null {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)/.exec(text) ?? [];
  if (day === undefined || !isInCalendar(Number(year), Number(month), Number(day))) return null;
  return new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text);
}

/** `new Date` takes a 31st of February as the 3rd of March. */
function isInCalendar(year: number, month: number, day: number): boolean {
  return day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
