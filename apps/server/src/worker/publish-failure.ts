import { AppError, type ErrorCode, isAppError, secondMs } from '@serverctl/core';
import { TimeLimitError } from './time-limit.ts';

/** What a failed provider call means for the publisher. */
export type PublishFailure =
  /** Nothing was written; the record is another than the one read: read again at once. */
  | { readonly kind: 'drifted' }
  /** The write may have happened: read before any retry (R19). */
  | { readonly kind: 'unknown'; readonly error: AppError }
  /** Nothing was written; it may work later by itself. `pauseMs` where the provider named a time. */
  | { readonly kind: 'unavailable'; readonly error: AppError; readonly pauseMs: number | null }
  /** Nothing was written, and only a person can change that. */
  | { readonly kind: 'refused'; readonly error: AppError };

/** Replies that leave open whether a write took effect: the provider failed, or what it said cannot be read or believed. */
const openReplies: ReadonlySet<ErrorCode> = new Set([
  'dns_server_failure',
  'dns_reply_malformed',
  'dns_reply_unproven',
]);

/*
 *   error                                   | while reading | while replacing
 *   dns_rrset_drifted                       | (never)       | drifted
 *   ambiguous, open reply, our 4 s, unknown | unavailable   | unknown
 *   unavailable, rate-limited               | unavailable   | unavailable
 *   refused among others, never alone       |               | unavailable
 *   any other of the catalogue              | refused       | refused
 */

/** Classifies by code and category, never by text. Total. */
export function classifyFailure(thrown: unknown, during: 'read' | 'replace'): PublishFailure {
  const error = asAppError(thrown);
  if (error.code === 'dns_rrset_drifted') return { kind: 'drifted' };
  if (error.category === 'ambiguous' || error.category === 'internal' || openReplies.has(error.code)) {
    return during === 'replace' ? { kind: 'unknown', error } : { kind: 'unavailable', error, pauseMs: null };
  }
  if (error.category === 'unavailable') return { kind: 'unavailable', error, pauseMs: null };
  if (isOthersFault(error)) return { kind: 'unavailable', error, pauseMs: null };
  if (error.category === 'rate-limited') return { kind: 'unavailable', error, pauseMs: retryAfterMs(error) };
  return { kind: 'refused', error };
}

/**
 * Whether the failed write certainly changed nothing, then or later. Not on the word of a reply that nobody vouched for, and not when it
 * was compared with another record than the one read: a repeat of it may be the one that was carried out.
 */
export function wroteNothing(failure: PublishFailure): boolean {
  return failure.kind !== 'drifted' && failure.kind !== 'unknown' && isVouchedFor(failure.error);
}

/** Whether nobody but the name server can have said it; false for a reply without its signature. */
export function isVouchedFor({ details }: AppError): boolean {
  return details['proven'] !== false;
}

/** Sent with names that were refused, and not tried alone: it may be as good as any (packages/dns/src/zone-calls/halves.ts). */
function isOthersFault({ details }: AppError): boolean {
  return details['because'] === 'refused-with-others';
}

function asAppError(thrown: unknown): AppError {
  if (isAppError(thrown)) return thrown;
  const because = thrown instanceof TimeLimitError ? thrown.message : 'the call failed';
  return new AppError('dns_outcome_unknown', { because }, thrown);
}

/** `details.retryAfterSeconds`, as adapters state it; at most five minutes are obeyed. */
function retryAfterMs(error: AppError): number | null {
  const seconds = error.details['retryAfterSeconds'];
  return typeof seconds === 'number' && seconds >= 0 ? Math.min(seconds, 300) * secondMs : null;
}
