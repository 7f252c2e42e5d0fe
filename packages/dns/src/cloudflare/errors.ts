import { AppError, type ErrorCode, type ErrorDetails, isAppError } from '@serverctl/core';
import type { ApiReply } from '../api-http.ts';
import { TransportError } from '../transport/transport-error.ts';
import type { Envelope } from './reply.ts';

/** A read may be repeated; a write without a reply that settles it may have happened (R19). */
export type RequestKind = 'read' | 'write';

/*
 * The first that holds; the provider lists no codes, so a code only chooses among what its status leaves open:
 *
 *   status            | provider's code   | to a read                | to a write
 *   429               |                   | dns_rate_limited         | the same
 *   5xx, 408, 3xx, 1xx|                   | dns_server_failure, dns_reply_malformed | dns_outcome_unknown
 *   any               | 10502             | dns_token_locked         | the same
 *   401               |                   | dns_token_refused        | the same
 *   403               | 9109              | dns_token_restricted     | dns_not_allowed: the same token has just read
 *   403               |                   | dns_token_refused        | dns_not_allowed
 *   4xx, or 200 with  | 6003              | dns_token_malformed      | the same
 *   success: false    | 81053, 81054      |                          | dns_cname_in_the_way
 *                     | 81057, 81058      |                          | dns_rrset_drifted: such a record came, or stands beside ours
 *                     | 81044             |                          | dns_rrset_drifted: the id is stale
 *                     | 9021              |                          | dns_ttl_refused
 *                     | 7003              | dns_zone_id_wrong        | the same
 *   404               |                   | dns_zone_id_wrong        | dns_rrset_drifted where a record's id was named, else dns_zone_id_wrong
 *   4xx, or 200 with success: false       | dns_request_refused      | the same
 *   2xx, unreadable or cut                | dns_reply_malformed      | dns_outcome_unknown
 */
const codeByProviders: ReadonlyMap<number, ErrorCode> = new Map([
  [6003, 'dns_token_malformed'],
  [81053, 'dns_cname_in_the_way'],
  [81054, 'dns_cname_in_the_way'],
  [81057, 'dns_rrset_drifted'],
  [81058, 'dns_rrset_drifted'],
  [81044, 'dns_rrset_drifted'],
  [9021, 'dns_ttl_refused'],
  [7003, 'dns_zone_id_wrong'],
]);
const locked = 10502;
const restricted = 9109;
/** What over-limit callers and locked tokens are told by the documentation, where the reply names no time. */
const lockedSeconds = 300;
const longestQuote = 300;

/** What was asked, as far as it decides what a refusal means. */
export interface Asked {
  readonly kind: RequestKind;
  /** The path names one record by its id. */
  readonly namesRecord: boolean;
  /** Safe to show. */
  readonly details: ErrorDetails;
  /** Blanked out in whatever the provider says. */
  readonly token: string;
}

/** The failure that a reply is; null for a success that can be read. */
export function replyError(asked: Asked, reply: ApiReply, envelope: Envelope | null): AppError | null {
  const { status } = reply;
  const seen = { ...asked.details, status, ...quoted(asked, envelope) };
  if (status === 429) return new AppError('dns_rate_limited', { ...seen, retryAfterSeconds: secondsToWait(reply) });
  if (status >= 500 || status === 408) return openFailure(asked, new AppError('dns_server_failure', seen));
  const isRefusal = status >= 400;
  if (!isRefusal && (status < 200 || status >= 300)) return malformed(asked, { ...seen, because: 'redirect' });
  if (isRefusal || envelope?.success === false) return new AppError(...refusal(asked, status, envelope, seen));
  if (reply.isCut) return malformed(asked, { ...seen, because: 'too-long' });
  return envelope === null ? malformed(asked, { ...seen, because: 'not-json' }) : null;
}

/** A reply that says success and cannot be read on. */
export function malformed(asked: Asked, details: ErrorDetails): AppError {
  return openFailure(asked, new AppError('dns_reply_malformed', { ...asked.details, ...details }));
}

/** Translates what ended a request without a reply. */
export function silenceError(asked: Asked, error: unknown): unknown {
  if (isAppError(error)) return error; // whoever checks hosts refused this one: nothing was sent (R40)
  const isSent = !(error instanceof TransportError) || error.sent;
  const because = error instanceof TransportError ? error.words : 'no answer';
  const open = asked.kind === 'write' && isSent;
  return new AppError(open ? 'dns_outcome_unknown' : 'dns_unreachable', { ...asked.details, because }, error);
}

function openFailure(asked: Asked, error: AppError): AppError {
  return asked.kind === 'write' ? new AppError('dns_outcome_unknown', error.details, error) : error;
}

function refusal(
  { kind, namesRecord }: Asked,
  status: number,
  envelope: Envelope | null,
  seen: ErrorDetails,
): [ErrorCode, ErrorDetails] {
  const codes = envelope?.errors.map(({ code }) => code) ?? [];
  if (codes.includes(locked)) return ['dns_token_locked', { ...seen, retryAfterSeconds: lockedSeconds }];
  if (status === 401) return ['dns_token_refused', seen];
  if (status === 403 && kind === 'write') return ['dns_not_allowed', seen];
  if (status === 403) return [codes.includes(restricted) ? 'dns_token_restricted' : 'dns_token_refused', seen];
  const hinted = codes.map((code) => codeByProviders.get(code)).find((code) => code !== undefined);
  if (hinted !== undefined) return [hinted, seen];
  if (status === 404) return [namesRecord ? 'dns_rrset_drifted' : 'dns_zone_id_wrong', seen];
  return ['dns_request_refused', seen];
}

/** The provider's own words, unedited but bounded, and never with the token in them. */
function quoted({ token }: Asked, envelope: Envelope | null): ErrorDetails {
  const errors = envelope?.errors ?? [];
  if (errors.length === 0) return {};
  const said = errors.map(({ code, message }) => `${code}: ${message}`).join('; ');
  return { said: said.replaceAll(token, '…').slice(0, longestQuote) };
}

/** `Retry-After` in seconds, else the rest of the window that `Ratelimit: "default";r=0;t=30` names, else null. */
function secondsToWait({ headers }: ApiReply): number | null {
  const after = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(after)) return Number(after);
  const rest = /;\s*t=(\d{1,9})\b/.exec(headers['ratelimit'] ?? '')?.[1];
  return rest === undefined ? null : Number(rest);
}
