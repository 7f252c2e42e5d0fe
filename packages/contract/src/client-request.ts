import { AppError, type ErrorCode, errorCatalogue, isAppError } from '@serverctl/core';
import type { z } from 'zod';
import { ErrorBody } from './api/common.ts';
import { whyUnreachable } from './client-failure.ts';

/** Which control plane, and who asks. */
export interface ClientOptions {
  /** Where the control plane listens, e.g. `https://127.0.0.1:7400`; a path in it is kept. */
  readonly baseUrl: string;
  /** Null before anybody has signed in. */
  readonly token: string | null;
  /** What the program calls itself, for the list of sessions; a browser says it by itself. */
  readonly userAgent?: string;
  /** Asked for a new proof of who asks when a call needs one; the call is then made once more. Rejects when there is none. */
  readonly proveAnew?: () => Promise<void>;
  /** For tests; the platform's own otherwise. */
  readonly fetch?: typeof globalThis.fetch;
}

/** What any call takes beside its arguments. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** One call: method, path, body, and the schema its reply must fit. */
export interface Call<Reply extends z.ZodType> extends CallOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Segments below `/api/v1`, each escaped here. */
  readonly path: readonly string[];
  /** True for what is not of the operator API: the path begins at the base, and any status may carry the reply. */
  readonly beside?: boolean;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly reply: Reply;
}

/** Makes one call; see `createRequest` for what it rejects with. */
export type Request = <Reply extends z.ZodType>(call: Call<Reply>) => Promise<z.output<Reply>>;

/**
 * One request at a time, parsed at the edge. Rejects with the server's own `AppError` (its request id in the details), with
 * `control_plane_unreachable` when nothing answered, and with `reply_unexpected` when something else than a control plane did.
 */
export function createRequest(options: ClientOptions): Request {
  const once = createCall(options);
  const { proveAnew } = options;
  if (proveAnew === undefined) return once;
  return (call) =>
    once(call).catch(async (error: unknown) => {
      if (!isAppError(error, 'step_up_required')) throw error;
      await proveAnew();
      return once(call);
    });
}

function createCall(options: ClientOptions): Request {
  return async (call) => {
    const { reply, url } = await ask(options, call, 'application/json');
    const body: unknown = await reply.json().catch(() => undefined);
    if (!reply.ok && !call.beside) throw errorOf(reply.status, url, body);
    const parsed = call.reply.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new AppError('reply_unexpected', { url: url.href, status: reply.status }, parsed.error);
  };
}

/** Where a file is, and when to stop. */
export interface FileCall extends Pick<Call<z.ZodType>, 'path' | 'query' | 'signal'> {
  /** Media types that it may have: anything else is no control plane's file. */
  readonly types: readonly string[];
}

/** A reply that is a file, as it comes. Rejects as any call does; once it flows, with `control_plane_unreachable` when it breaks off. */
export async function* streamFile(options: ClientOptions, call: FileCall): AsyncGenerator<Uint8Array> {
  const { reply, url } = await ask(options, call, [...call.types, 'application/json'].join(', '));
  const [type = ''] = (reply.headers.get('content-type') ?? '').split(';');
  if (!reply.ok || reply.body === null || !call.types.includes(type)) {
    throw errorOf(reply.status, url, await reply.json().catch(() => undefined));
  }
  try {
    for await (const chunk of reply.body) yield chunk;
  } catch (cause) {
    if (call.signal?.aborted) throw call.signal.reason;
    const because = 'the reply broke off on the way: what came until then is not whole';
    throw new AppError('control_plane_unreachable', { url: options.baseUrl, because }, cause);
  }
}

type Asked = Omit<Call<z.ZodType>, 'reply'>;

async function ask(options: ClientOptions, call: Asked, accept: string): Promise<{ reply: Response; url: URL }> {
  const fetchReply = options.fetch ?? globalThis.fetch;
  const url = addressOf(options.baseUrl, call);
  const reply = await fetchReply(url, {
    method: call.method ?? 'GET',
    headers: {
      ...(options.token === null ? {} : { authorization: `Bearer ${options.token}` }),
      ...(options.userAgent === undefined ? {} : { 'user-agent': options.userAgent }),
      accept,
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
    redirect: 'error', // a redirect would carry the token elsewhere
  }).catch((cause: unknown) => {
    if (call.signal?.aborted) throw call.signal.reason;
    const because = whyUnreachable(cause, url);
    throw new AppError(
      'control_plane_unreachable',
      { url: options.baseUrl, ...(because === null ? {} : { because }) },
      cause,
    );
  });
  return { reply, url };
}

function addressOf(baseUrl: string, call: Pick<Call<z.ZodType>, 'path' | 'query' | 'beside'>): URL {
  const url = new URL(baseUrl);
  const base = [url.pathname.replace(/\/+$/, ''), ...(call.beside ? [] : ['api/v1'])];
  url.pathname = [...base, ...call.path.map(encodeURIComponent)].join('/');
  for (const [key, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) url.searchParams.set(key, String(value));
  }
  return url;
}

function errorOf(status: number, url: URL, body: unknown): AppError {
  const parsed = ErrorBody.safeParse(body);
  if (!parsed.success) return new AppError('reply_unexpected', { url: url.href, status });
  const { code, message, details, requestId } = parsed.data.error;
  if (isErrorCode(code)) return new AppError(code, { ...details, requestId });
  return new AppError('reply_unexpected', { url: url.href, status, because: `${code}: ${message}`, requestId });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalogue, code);
}
