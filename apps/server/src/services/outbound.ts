import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { AppError } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import { createHostLookup, type HostLookup } from './host-lookup.ts';
import { isPrivateAddress } from './private-ranges.ts';

/*
 * R40, for every host that an operator gives us (name server, webhook, mail server): resolve once, check, connect to the checked address, follow no
 * redirect, 5 s from the look-up on, 64 KiB.
 */
export const outboundTimeoutMs = 5_000;
export const outboundReplyLimitBytes = 64 * 1024;

export interface CheckedTarget {
  readonly host: string;
  /** What `host` resolved to, once, and what must be connected to. */
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
}

export interface OutboundReply {
  readonly status: number;
  /** At most 64 KiB; the rest is not read. */
  readonly body: string;
  /** What `Retry-After` says in seconds; a date is not read, since it would need a wall clock that both sides share. */
  readonly retryAfterSeconds: number | null;
}

export interface Outbound {
  /** Whether an address found elsewhere (a delegation) may be asked on this port. */
  mayReach(address: string, port: number): boolean;
  /** Throws `outbound_unresolved`, also when no name server answered in 5 s or the signal aborts, or `outbound_forbidden`. */
  check(host: string, port: number, signal?: AbortSignal): Promise<CheckedTarget>;
  /** One POST. Throws those, `url_invalid`, or the platform's error when nothing answered within the 5 s. A redirect is returned, not followed. */
  post(
    url: string,
    body: string,
    headers: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<OutboundReply>;
}

export interface OutboundOptions {
  readonly clock: Clock;
  readonly allowPrivate: readonly { readonly host: string; readonly port: number }[];
  readonly lookup?: HostLookup;
}

export function createOutbound(options: OutboundOptions): Outbound {
  const lookup = options.lookup ?? createHostLookup(options);
  const allowed = new Set(options.allowPrivate.map(({ host, port }) => `${host.toLowerCase()} ${port}`));
  const isAllowed = (host: string, port: number) => allowed.has(`${host.toLowerCase()} ${port}`);
  const mayReach = (address: string, port: number) => !isPrivateAddress(address) || isAllowed(address, port);

  async function check(host: string, port: number, signal: AbortSignal): Promise<CheckedTarget> {
    const found = await untilAborted(lookup(host, signal), signal).catch((cause: unknown) => {
      throw new AppError('outbound_unresolved', { host }, cause);
    });
    const usable = found.find(({ address }) => mayReach(address, port) || isAllowed(host, port));
    const [first] = found;
    if (first === undefined) throw new AppError('outbound_unresolved', { host });
    if (usable === undefined) {
      const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
      throw new AppError('outbound_forbidden', { host, port, address: first.address, target });
    }
    return { host, port, address: usable.address, family: usable.family === 6 ? 6 : 4 };
  }

  /** `act` has 5 s from now on, for all that it does. */
  async function within<Result>(signal: AbortSignal | undefined, act: (signal: AbortSignal) => Promise<Result>) {
    const deadline = new AbortController();
    const cancel = options.clock.after(outboundTimeoutMs, () => deadline.abort(new Error('no reply within 5 s')));
    try {
      return await act(signal === undefined ? deadline.signal : AbortSignal.any([signal, deadline.signal]));
    } finally {
      cancel();
    }
  }

  return {
    mayReach,
    check: (host, port, signal) => within(signal, (either) => check(host, port, either)),
    post: (text, body, headers, signal) =>
      within(signal, async (either) => {
        const url = parseHttpUrl(text);
        const target = await check(hostOf(url), portOf(url), either);
        return send(url, body, {
          method: 'POST',
          agent: false,
          lookup: pinnedTo(target),
          signal: either,
          headers: { 'content-length': Buffer.byteLength(body), ...headers },
        });
      }),
  };
}

/** What is awaited, or the signal's reason: not every look-up can be ended. */
function untilAborted<Result>(awaited: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const give = () => reject(signal.reason);
    if (signal.aborted) give();
    signal.addEventListener('abort', give, { once: true });
    awaited.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}

/** An http or https address without user and password in it; throws `url_invalid`. */
export function parseHttpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw new AppError('url_invalid', { because: 'it is no address' });
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new AppError('url_invalid', { because: `its scheme is ${url.protocol}` });
  }
  if (url.username !== '' || url.password !== '') {
    throw new AppError('url_invalid', { because: 'it carries a user name or password' });
  }
  return url;
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** Host header and TLS name stay those of the URL; the connection goes where was checked, whatever DNS says by then. */
function pinnedTo(target: CheckedTarget): LookupFunction {
  return (_host, options, callback) => {
    if (options.all) callback(null, [{ address: target.address, family: target.family }]);
    else callback(null, target.address, target.family);
  };
}

function send(url: URL, body: string, options: RequestOptions): Promise<OutboundReply> {
  return new Promise((resolve, reject) => {
    const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = start(url, options, (reply) => {
      readLimited(reply).then((text) => {
        request.destroy();
        const retryAfterSeconds = secondsOf(reply.headers['retry-after']);
        resolve({ status: reply.statusCode ?? 0, body: text, retryAfterSeconds });
      }, reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

function secondsOf(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,9}$/.test(header.trim()) ? Number(header) : null;
}

async function readLimited(reply: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= outboundReplyLimitBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, outboundReplyLimitBytes).toString('utf8');
}
