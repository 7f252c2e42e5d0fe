import { AppError, type ErrorCode, type ErrorDetails, isAppError } from '@serverctl/core';
import type { ApiReply } from '../api-http.ts';
import { TransportError } from '../transport/transport-error.ts';
import { type Envelope, isPage, type Panel } from './envelope.ts';
import { certificateProblem } from './trust.ts';

/*
 * The first that holds. The panel says its failures with HTTP 200 and in words, in its own language: so an envelope that says failure is no
 * error here yet, and whoever asked finds out by what else it can ask (client.ts, write.ts).
 *
 *   reply                              | to a read             | to a write
 *   none, its certificate is no proof  | dns_panel_untrusted   | the same
 *   none                               | dns_unreachable       | dns_outcome_unknown once it was sent
 *   429                                | dns_rate_limited      | the same
 *   5xx, 408                           | dns_server_failure    | dns_outcome_unknown
 *   401, 403 with a page               | dns_token_refused     | dns_outcome_unknown: a page is not the panel's word, and what stands
 *                                      |                       | before the panel can put one in the place of its reply to an edit that ran
 *   401 in the panel's envelope        | dns_token_refused     | the same
 *   403 in the panel's envelope        | dns_token_lacks_scope | dns_not_allowed: the same token has just read
 *   3xx, any other page                | dns_panel_page        | dns_outcome_unknown
 *   longer than is read, unreadable    | dns_reply_malformed   | dns_outcome_unknown
 *   the other panel's envelope         | dns_panel_other_api   | dns_outcome_unknown
 */

/** A read may be repeated; a write without a reply that settles it may have happened (R19). */
export type RequestKind = 'read' | 'write';

/** What was asked, as far as it decides what a reply means. */
export interface Asked {
  readonly kind: RequestKind;
  readonly panel: Panel;
  /** Safe to show. */
  readonly details: ErrorDetails;
  /** Blanked out in whatever the panel says. */
  readonly token: string;
}

const longestQuote = 300;
const longestTitle = 80;

/** The failure that a reply is; null where the panel itself has answered, with a success or not. */
export function replyError(asked: Asked, reply: ApiReply, envelope: Envelope | null): AppError | null {
  const { status } = reply;
  const seen = { ...asked.details, status, ...quoted(asked, envelope) };
  if (status === 429) return new AppError('dns_rate_limited', { ...seen, retryAfterSeconds: secondsToWait(reply) });
  if (status >= 500 || status === 408) return openFailure(asked, 'dns_server_failure', seen);
  const isRefusal = envelope?.panel === asked.panel && !envelope.isDone;
  if (status === 401 || (status === 403 && envelope === null)) {
    return isRefusal ? new AppError('dns_token_refused', seen) : openFailure(asked, 'dns_token_refused', seen);
  }
  if (status === 403 && asked.kind === 'read') return new AppError('dns_token_lacks_scope', seen);
  if (status === 403) {
    return isRefusal ? new AppError('dns_not_allowed', seen) : openFailure(asked, 'dns_token_lacks_scope', seen);
  }
  if (status >= 400 && envelope === null) {
    return openFailure(asked, 'dns_panel_page', { ...seen, because: `HTTP ${status}` });
  }
  if (status < 200 || (status >= 300 && status < 400)) {
    return openFailure(asked, 'dns_panel_page', { ...seen, because: 'redirect' });
  }
  if (isPage(reply.text)) return openFailure(asked, 'dns_panel_page', { ...seen, because: titleOf(asked, reply.text) });
  if (reply.isCut) return openFailure(asked, 'dns_reply_malformed', { ...seen, because: 'too-long' });
  if (envelope === null) return openFailure(asked, 'dns_reply_malformed', { ...seen, because: 'no-envelope' });
  return envelope.panel === asked.panel ? null : openFailure(asked, 'dns_panel_other_api', seen);
}

/** The failure that a reply which says success, and cannot be read on, is. */
export function malformed(asked: Asked, because: string): AppError {
  return openFailure(asked, 'dns_reply_malformed', { ...asked.details, because });
}

/** What the panel refused in its envelope, under the code that whoever asked has found out. */
export function refused(code: ErrorCode, asked: Asked, envelope: Envelope): AppError {
  return new AppError(code, { ...asked.details, ...quoted(asked, envelope) });
}

/** Translates what ended a request without a reply. */
export function silenceError(asked: Asked, error: unknown): unknown {
  if (isAppError(error)) return error; // whoever checks hosts refused this one: nothing was sent (R40)
  const isSent = !(error instanceof TransportError) || error.sent;
  const because = error instanceof TransportError ? error.words : 'no answer';
  if (isSent && asked.kind === 'write')
    return new AppError('dns_outcome_unknown', { ...asked.details, because }, error);
  const untrusted = isSent ? null : certificateProblem(error);
  if (untrusted !== null) return new AppError('dns_panel_untrusted', { ...asked.details, ...untrusted }, error);
  return new AppError('dns_unreachable', { ...asked.details, because }, error);
}

function openFailure({ kind }: Asked, code: ErrorCode, details: ErrorDetails): AppError {
  const failure = new AppError(code, details);
  return kind === 'write' ? new AppError('dns_outcome_unknown', details, failure) : failure;
}

/** The panel's own words, unedited but bounded, and never with the token in them. */
function quoted({ token }: Asked, envelope: Envelope | null): ErrorDetails {
  if (envelope === null || envelope.said === '') return {};
  return { said: envelope.said.replaceAll(token, '…').slice(0, longestQuote) };
}

/** What a page calls itself, so that a person knows whose it is; bounded, and never with the token in it. */
function titleOf({ token }: Asked, page: string): string {
  const title = /<title[^>]*>([^<]+)/i.exec(page)?.[1]?.replaceAll(token, '…').replace(/\s+/g, ' ').trim();
  return title ? `page: ${title.slice(0, longestTitle)}` : 'page';
}

function secondsToWait({ headers }: ApiReply): number | null {
  const after = headers['retry-after']?.trim() ?? '';
  return /^\d{1,9}$/.test(after) ? Number(after) : null;
}
