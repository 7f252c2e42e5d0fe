/*
 * Numbers, ages and instants as the page writes them (DESIGN.md, section 6): units with a space, digits that do not jump, the time where the
 * reader is with UTC beside it.
 */

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const numbers = new Intl.NumberFormat('en-GB');

/** 1842 → "1,842". */
export const numberText = (count: number): string => numbers.format(count);

/** 1, "name server" → "1 name server"; 2 → "2 name servers". */
export const countText = (count: number, one: string, many = `${one}s`): string =>
  `${numberText(count)} ${count === 1 ? one : many}`;

/** A length of time in the two units that matter: "0.4 s", "34 s", "5 min", "2 d 4 h". Negative is 0. */
export function ageText(ms: number): string {
  const age = Math.max(0, ms);
  if (age < 10 * secondMs) return `${(Math.floor(age / 100) / 10).toFixed(1)} s`;
  if (age < minuteMs) return `${Math.floor(age / secondMs)} s`;
  if (age < hourMs) return `${Math.floor(age / minuteMs)} min`;
  if (age < dayMs) return pair(age, hourMs, 'h', minuteMs, 'min');
  return pair(age, dayMs, 'd', hourMs, 'h');
}

function pair(age: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((age % large) / small);
  return `${Math.floor(age / large)} ${largeUnit}${rest === 0 ? '' : ` ${rest} ${smallUnit}`}`;
}

/** How long something has been so: as an age, without tenths. */
export const sinceText = (ms: number): string =>
  ms < minuteMs ? `${Math.floor(Math.max(0, ms) / secondMs)} s` : ageText(ms);

/** A measured length of time: "906 ms", "1.1 s", "16.2 s", else as an age. */
export function measuredText(ms: number): string {
  if (ms < secondMs) return `${Math.round(ms)} ms`;
  return ms < minuteMs ? `${(ms / secondMs).toFixed(1)} s` : ageText(ms);
}

/** "24 Nov, 09:20" where the reader is; the year when it is not `nowMs`'s. */
export function instantText(at: string, nowMs: number): string {
  const date = new Date(at);
  const isThisYear = date.getFullYear() === new Date(nowMs).getFullYear();
  const day = date.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(isThisYear ? {} : { year: 'numeric' }),
  });
  return `${day}, ${clockText(at)}`;
}

/** "09:20" where the reader is. */
export const clockText = (at: string): string =>
  new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });

/** "09:20:13" where the reader is. */
export const secondText = (at: string): string =>
  new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** "09:20:13.235" where the reader is, for what was measured. */
export const preciseClockText = (at: string): string =>
  `${secondText(at)}.${String(new Date(at).getMilliseconds()).padStart(3, '0')}`;

/** When each of several things happened: to the second, and to the millisecond where another one of the same second stands beside it. */
export function apartTexts(ats: readonly string[], nowMs: number): readonly string[] {
  return ats.map((at, index) => {
    const isShared = [ats[index - 1], ats[index + 1]].some((other) => other?.slice(0, 19) === at.slice(0, 19));
    const clock = isShared ? preciseClockText(at) : secondText(at);
    const isToday = new Date(at).toDateString() === new Date(nowMs).toDateString();
    return isToday ? clock : `${instantText(at, nowMs).replace(/, [^,]*$/, '')}, ${clock}`;
  });
}

/** What the title of a time says: "2026-11-24 08:20:00 UTC". */
export const utcText = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;

/** The first letters of who is signed in: "ops@example.com" → "OP". */
export function initialsOf(name: string): string {
  const [first = '', second = ''] = name.split(/[\s@._-]+/).filter(Boolean);
  const letters = name.includes(' ') ? first.slice(0, 1) + second.slice(0, 1) : first.slice(0, 2);
  return letters.toUpperCase();
}
