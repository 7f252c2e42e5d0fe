import type { ErrorBody } from '@serverctl/contract';
import { Failure, outcomeUnknown, unexpectedReply, unreachable } from '../failure.ts';

/*
 * The operator API, as this page asks it: the only place that talks to `fetch`. Replies are typed by the contract and not parsed again: page and
 * server are of one release, and the schemas would add 50 KB to 170 (ADR 0021). The calls stand beside this file, one file for each part of the API.
 */

const patienceMs = 15_000;

interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** Rejects with a `Failure` that has the API's own words, or with the reason of `signal`. */
export async function ask<Reply>({ method = 'GET', path, query = {}, body, signal }: Ask): Promise<Reply> {
  const changes = method !== 'GET' && !isSafeAgain(path, body);
  const reply = await fetch(addressOf(path, query), {
    method,
    credentials: 'same-origin',
    redirect: 'error',
    headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.any([AbortSignal.timeout(patienceMs), ...(signal === undefined ? [] : [signal])]),
  }).catch(() => {
    if (signal?.aborted) throw signal.reason;
    throw changes ? outcomeUnknown() : unreachable();
  });
  const said: unknown = await reply.json().catch(() => null);
  if (reply.ok && said !== null) return said as Reply;
  if (isErrorBody(said)) throw new Failure(said.error, reply.status);
  // What a proxy refuses it has not passed on; what it answers in place of a control plane, it may have.
  const isRefused = reply.status >= 400 && reply.status < 500;
  throw changes && !isRefused ? outcomeUnknown() : unexpectedReply(reply.status);
}

const safeAgain: ReadonlySet<string> = new Set([
  ...['session', 'session/step-up', 'invitations/show', 'invitations/accept'],
]);

/** Changes nothing, or may simply be asked again: a preview, a test, signing in and out, a link that is used once. */
function isSafeAgain(path: readonly string[], body: unknown): boolean {
  const isPreview = typeof body === 'object' && body !== null && 'preview' in body && body.preview === true;
  return isPreview || path.at(-1) === 'test' || safeAgain.has(path.join('/'));
}

function addressOf(path: readonly string[], query: NonNullable<Ask['query']>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) params.set(name, String(value));
  const asked = params.size === 0 ? '' : `?${params}`;
  return `/api/v1/${path.map(encodeURIComponent).join('/')}${asked}`;
}

/** A proxy's JSON may have an `error` too, in its own words. */
function isErrorBody(said: unknown): said is ErrorBody {
  if (typeof said !== 'object' || said === null || !('error' in said)) return false;
  const { error } = said;
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string';
}
