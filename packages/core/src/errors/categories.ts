/** Each edge maps a category once, by a total Record. */
export const errorCategories = [
  'invalid',
  'not-found',
  'conflict',
  'unauthenticated',
  'forbidden',
  'rate-limited',
  'too-late',
  'unavailable',
  'provider',
  'ambiguous',
  'internal',
] as const;
/** What kind of failure it is: decides status, exit code and whether to try again. */
export type ErrorCategory = (typeof errorCategories)[number];

/** One entry of the catalogue. */
export interface ErrorSpec {
  readonly category: ErrorCategory;
  /** What happened, one sentence. */
  readonly summary: string;
  /** What to do about it, one sentence. */
  readonly remedy: string;
}

/** The HTTP status of each category. */
export const httpStatus: Readonly<Record<ErrorCategory, number>> = {
  invalid: 422,
  'not-found': 404,
  conflict: 409,
  unauthenticated: 401,
  forbidden: 403,
  'rate-limited': 429,
  'too-late': 408,
  unavailable: 503,
  provider: 502,
  ambiguous: 504,
  internal: 500,
};

/** Exit codes of the command line by category; 2 is usage, as everywhere. */
export const exitCode: Readonly<Record<ErrorCategory, number>> = {
  invalid: 2,
  'not-found': 3,
  conflict: 4,
  unauthenticated: 5,
  forbidden: 5,
  'rate-limited': 6,
  'too-late': 6,
  unavailable: 6,
  provider: 7,
  ambiguous: 8,
  internal: 1,
};
