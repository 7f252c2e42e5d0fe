/** Milliseconds on the observing process's monotonic clock (R1). Never a wall-clock time, never comparable between processes. */
export type Instant = number;

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;

/** A duration in words for people: `30.0 s` below a minute, then `2 min 5 s`, then `1 h 3 min`, from two days on `2 days 3 h`. */
export function durationText(ms: number): string {
  if (ms < minuteMs - 50) {
    const tenths = Math.round(Math.max(0, ms) / 100);
    return `${Math.floor(tenths / 10)}.${tenths % 10} s`;
  }
  const seconds = Math.round(ms / secondMs);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days${hours % 24 === 0 ? '' : ` ${hours % 24} h`}`;
}
