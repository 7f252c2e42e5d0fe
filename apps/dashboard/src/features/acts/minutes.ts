/** Lengths of a maintenance that are chosen often; anything else is typed. */
export const presets = [
  { minutes: 30, word: '30 min' },
  { minutes: 60, word: '1 h' },
  { minutes: 120, word: '2 h' },
  { minutes: 240, word: '4 h' },
  { minutes: 1_440, word: '1 d' },
] as const;

/** As the API bounds it. */
const most = 7 * 24 * 60;

/** What was typed, as minutes; null = it is none that the API takes. */
export function minutesIn(typed: string): number | null {
  const minutes = /^\d{1,6}$/.test(typed.trim()) ? Number(typed.trim()) : 0;
  return minutes >= 1 && minutes <= most ? minutes : null;
}

/** What to say of what was typed; null = nothing. */
export function minutesError(typed: string): string | null {
  return typed.trim() === '' || minutesIn(typed) !== null
    ? null
    : 'A whole number from 1 to 10,080: seven days at most, then extend it.';
}
