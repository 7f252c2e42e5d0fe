import { randomInt } from 'node:crypto';

/** The clock and the chance of the machine, for tests that ask a real name server: a signature is judged by its clock (RFC 8945). */
export const host = {
  wallClock: () => Date.now(),
  randomId: () => randomInt(65_536),
} as const;
