import type { EnrolReply, HeartbeatReply, NonceReply, TokenReply } from '@serverctl/contract/agent';
import { watchedUnitsLimit } from './unit-report.ts';

/*
 * What the control plane sends, read at the edge: only what is used is asked for, and unknown fields pass, so
 * that a newer control plane can say more. Null means that the reply is not one we can act on.
 */

export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  /** What it saw and what it would have taken, where it says so. */
  readonly seen: string | null;
  readonly allowed: string | null;
  /** After how long to ask again, where it says so. */
  readonly retryAfterSeconds: number | null;
}

const wordsLimit = 500;
const textLimit = 4_096;
/** A token goes into a header, where anything else would make the request impossible. */
const headerSafe = /^[\x21-\x7e]+$/;

/** The words of a refusal; null when it was not a control plane that refused. */
export function parseRefusal(body: unknown): Refusal | null {
  const error = isObject(body) ? body['error'] : null;
  if (!isObject(error) || !isText(error['code'])) return null;
  const words = (value: unknown) => (typeof value === 'string' ? value.slice(0, wordsLimit) : '');
  const { seen, allowed, retryAfterSeconds } = isObject(error['details']) ? error['details'] : {};
  return {
    code: error['code'],
    message: words(error['message']),
    remedy: words(error['remedy']),
    seen: detail(seen),
    allowed: detail(allowed),
    retryAfterSeconds: typeof retryAfterSeconds === 'number' && retryAfterSeconds > 0 ? retryAfterSeconds : null,
  };
}

function detail(value: unknown): string | null {
  const text = Array.isArray(value) ? value.filter(isText).join(', ') : value;
  return isText(text) ? text.slice(0, wordsLimit) : null;
}

export function parseEnrolReply(body: unknown): EnrolReply | null {
  if (!isObject(body)) return null;
  const { memberId, poolName, urls } = body;
  if (!isText(memberId) || !isText(poolName) || !Array.isArray(urls) || !urls.every(isText)) return null;
  return { memberId, poolName, urls };
}

export function parseNonceReply(body: unknown): NonceReply | null {
  return isObject(body) && isText(body['nonce']) ? { nonce: body['nonce'] } : null;
}

export function parseTokenReply(body: unknown): TokenReply | null {
  if (!isObject(body)) return null;
  const { token, expiresInSeconds, boot } = body;
  if (!isText(token) || !headerSafe.test(token) || !isCount(boot) || boot < 1) return null;
  if (typeof expiresInSeconds !== 'number' || !(expiresInSeconds > 0)) return null;
  return { token, expiresInSeconds, boot };
}

export function parseHeartbeatReply(body: unknown): HeartbeatReply | null {
  if (!isObject(body)) return null;
  const { role, epoch, units, intervalMs, dropped } = body;
  if (role !== 'active' && role !== 'standby' && role !== 'none') return null;
  if (!isCount(epoch) || typeof intervalMs !== 'number' || !Number.isFinite(intervalMs)) return null;
  if (!Array.isArray(units) || units.length > watchedUnitsLimit) return null;
  if (!units.every(isText)) return null;
  return { role, epoch, units, intervalMs, dropped: dropped === true };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= textLimit;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
