import { AppError } from '@serverctl/core';

/** What came of one name among many. */
export type Settled<T> = PromiseSettledResult<T>;

/** Of a name whose call came to this. */
export const fulfilled = <T>(value: T): Settled<T> => ({ status: 'fulfilled', value });

/** Of a name whose call failed by this. */
export const rejected = (reason: unknown): PromiseRejectedResult => ({ status: 'rejected', reason });

/** Runs what may throw, for one name. */
export function settle<T>(act: () => T): Settled<T> {
  try {
    return fulfilled(act());
  } catch (error) {
    return rejected(error);
  }
}

/** The outcomes of one call for many. */
export interface Sheet<Asked, Got> {
  /** What came of one: whoever called is told at once. */
  tell(asked: Asked, outcome: Settled<Got | null>): void;
  /** All, in the order in which they were asked for. */
  all(): readonly Settled<Got | null>[];
}

export function createSheet<Asked, Got>(
  asked: readonly Asked[],
  settled: (asked: Asked, outcome: Settled<Got | null>) => void = () => undefined,
): Sheet<Asked, Got> {
  const outcomes = new Map<Asked, Settled<Got | null>>();
  const none = () => rejected(new AppError('internal', { because: 'a name without an outcome' }));
  return {
    tell(one, outcome) {
      outcomes.set(one, outcome);
      settled(one, outcome);
    },
    all: () => asked.map((one) => outcomes.get(one) ?? none()),
  };
}

/** The caller's signal has ended; nothing was sent. */
export function abortedError(signal: AbortSignal): AppError {
  return new AppError('dns_unreachable', { because: 'aborted' }, signal.reason);
}
