/** As the API bounds the length of a maintenance. */
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
