/** Milliseconds on the observing process's monotonic clock (R1). Never a wall-clock time, never comparable between processes. */
export type Instant = number;

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
