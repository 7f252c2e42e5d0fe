import { AppError } from '@serverctl/core';
import type { ApiRequest } from '../../../../packages/dns/src/api-http.ts';
import { type Asked, bodyOf, silenceError } from './errors.ts';
import { type NextkindOptions, type RequestKind, requireToken } from './schema.ts';

/** A request before it is dressed for the way. */
export interface Call extends Pick<ApiRequest, 'method' | 'path'> {
  /** A request that cannot change anything is a read, whatever its method: without a reply it is no open question (R19). */
  readonly kind: RequestKind;
  readonly body?: unknown;
}

/** One request with the one token. Resolves with the JSON of a reply that says success; failures are `AppError`s. */
export type Caller = (call: Call, signal: AbortSignal) => Promise<unknown>;

const mostReplyBytes = 64 * 1024; // R40

/** Throws `dns_token_malformed` at once for what cannot be a token. */
export function createCaller({ http, token }: Pick<NextkindOptions, 'http' | 'token'>): Caller {
  const authorization = `Bearer ${requireToken(token)}`;
  return async ({ method, path, kind, body }, signal) => {
    const asked: Asked = { kind, details: { request: `${method} ${path.replace(/\?.*/, '')}` } };
    if (signal.aborted) {
      const because = 'its time was over before it was asked';
      throw new AppError('dns_unreachable', { ...asked.details, because }, signal.reason);
    }
    const text = body === undefined ? null : JSON.stringify(body);
    const headers = { authorization, accept: 'application/json' };
    const reply = await http
      .request({
        ...{ method, path, body: text, replyLimitBytes: mostReplyBytes, signal },
        headers: text === null ? headers : { ...headers, ...headersOf(text) },
      })
      .catch((error: unknown) => {
        throw silenceError(asked, error);
      });
    return bodyOf(asked, reply);
  };
}

/** With its length: node:http leaves that out of a DELETE. */
function headersOf(text: string): Readonly<Record<string, string>> {
  return { 'content-type': 'application/json', 'content-length': `${Buffer.byteLength(text)}` };
}
