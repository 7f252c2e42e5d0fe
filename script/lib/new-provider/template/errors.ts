import { AppError, type ErrorCode, type ErrorDetails, isAppError } from '@serverctl/core';
import type { ApiReply } from '../../../../packages/dns/src/api-http.ts';
import { TransportError } from '../../../../packages/dns/src/transport/transport-error.ts';
import { refusalCode } from './refusal.ts';
import type { RequestKind } from './schema.ts';

/*
 * The first that holds. Statuses decide, words never: they change, and come in the language of whoever wrote them.
 *
 *   reply                        | to a read             | to a write
 *   none                         | dns_unreachable       | dns_outcome_unknown once it was sent
 *   429                          | dns_rate_limited      | the same
 *   5xx, 408                     | dns_server_failure    | dns_outcome_unknown
 *   401                          | dns_token_refused     | the same
 *   any other 4xx                | refusal.ts            | refusal.ts
 *   1xx, 3xx, cut, no JSON       | dns_reply_malformed   | dns_outcome_unknown
 */

/** What was asked, as far as it decides what a reply means. */
export interface Asked {
  readonly kind: RequestKind;
  /** Safe to show. */
  readonly details: ErrorDetails;
}

/** The JSON of a reply that says success. Throws the failure that any other reply is. */
export function bodyOf(asked: Asked, reply: ApiReply): unknown {
  const { status } = reply;
  const seen = { ...asked.details, status };
  if (status === 429) throw new AppError('dns_rate_limited', { ...seen, retryAfterSeconds: secondsToWait(reply) });
  if (status >= 500 || status === 408) throw openFailure(asked, 'dns_server_failure', seen);
  if (status === 401) throw new AppError('dns_token_refused', seen);
  if (status >= 400) throw new AppError(refusalCode(asked.kind, status, parseJson(reply.text)), seen);
  if (status < 200 || status >= 300) throw malformed(asked, 'redirect');
  if (reply.isCut) throw malformed(asked, 'too-long');
  const body = parseJson(reply.text);
  if (body === undefined) throw malformed(asked, 'not-json');
  return body;
}

/** The failure that a reply which says success, and cannot be read on, is. */
export function malformed(asked: Asked, because: string): AppError {
  return openFailure(asked, 'dns_reply_malformed', { ...asked.details, because });
}

/** Translates what ended a request without a reply. */
export function silenceError(asked: Asked, error: unknown): unknown {
  if (isAppError(error)) return error; // whoever checks hosts refused this one: nothing was sent (R40)
  const isSent = !(error instanceof TransportError) || error.sent;
  const because = error instanceof TransportError ? error.words : 'no answer';
  const isOpen = asked.kind === 'write' && isSent;
  return new AppError(isOpen ? 'dns_outcome_unknown' : 'dns_unreachable', { ...asked.details, because }, error);
}

function openFailure({ kind }: Asked, code: ErrorCode, details: ErrorDetails): AppError {
  const failure = new AppError(code, details);
  return kind === 'write' ? new AppError('dns_outcome_unknown', details, failure) : failure;
}

function secondsToWait({ headers }: ApiReply): number | null {
  const after = headers['retry-after']?.trim() ?? '';
  return /^\d{1,9}$/.test(after) ? Number(after) : null;
}

/** Undefined for what is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
