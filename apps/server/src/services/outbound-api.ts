import { Agent as HttpAgent } from 'node:http';
import { type AgentOptions, Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { AppError } from '@serverctl/core';
import { hostPort } from './host-port.ts';
import { exchange, type HttpReply, lengthOf } from './outbound-http.ts';
import { type CheckedTarget, hostOf, parseHttpUrl, portOf } from './outbound-target.ts';
import { isPrivateAddress } from './private-ranges.ts';

/*
 * An API that is asked again and again with one secret (R40). Its connections are kept while they are used, and a minute longer, so that the
 * write of a failover needs no look-up and no TLS handshake after its read. Each connection is looked up, checked and made to the address
 * that was checked; one that is kept goes where it was made to.
 *
 *   a new connection    look up, check, connect, prove (TLS), then the first byte: what fails before that has sent nothing
 *   a kept one          the request goes at once: whatever fails may have been sent (R19)
 *
 * The other side may close a kept connection in the very moment of its use. That is no reason to send again: whoever asked knows whether it
 * may be repeated.
 */
export const apiReplyLimitBytes = 8 * 1024 * 1024;
/** Below the idle limits of servers and of what is between, which count in minutes: the less often is a connection closed under a request. */
export const keptConnectionMs = 60_000;
const mostConnections = 16;
const mostIdleConnections = 4;

/** One request to an API; `path` begins with `/`, holds the query, and is added to the base. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** How much of the reply is read, of 8 MiB at most: whoever asks for a list of many knows. */
  readonly replyLimitBytes: number;
  readonly signal: AbortSignal;
}

/** One API at one base. */
export interface OutboundApi {
  /**
   * Throws what a look-up and its check throw, `url_invalid` for a secret in clear to a public address, and `OutboundSilence`. An `AppError`
   * means that nothing was sent.
   */
  request(asked: ApiRequest): Promise<HttpReply>;
  /** Whether it may be asked, without a connection. Throws as `request` does. */
  check(): Promise<CheckedTarget>;
}

const silenceWords = {
  aborted: (target: string) => `${target} did not answer in time`,
  late: (target: string) => `${target} did not answer within 5 s`,
  refused: (target: string) => `no connection to ${target}`,
  closed: (target: string) => `${target} closed the connection without an answer`,
  network: (target: string) => `the connection to ${target} broke before an answer`,
} as const;

/** A request without a reply; the message says whose, for a person. */
export class OutboundSilence extends Error {
  override readonly name = 'OutboundSilence';
  /** `aborted` by the caller's signal, `late` by the 5 s of R40, `refused` before anything was sent, `closed` by the other side, `network` else. */
  readonly because: 'aborted' | 'late' | 'refused' | 'closed' | 'network';
  /** True once a byte of the request may have left this host. */
  readonly sent: boolean;

  /** `target`: who was asked, host and port. */
  constructor(because: OutboundSilence['because'], sent: boolean, target: string, cause: unknown) {
    super(silenceWords[because](target), { cause });
    this.because = because;
    this.sent = sent;
  }
}

interface ApiPorts {
  check(host: string, port: number, signal: AbortSignal): Promise<CheckedTarget>;
  /** Gives what it runs the time that R40 leaves. */
  within<Result>(signal: AbortSignal | undefined, act: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
}

/** A base without its final slashes. Throws `url_invalid`, also for one with a query or a fragment: paths are put behind it. */
export function parseApiBase(text: string): string {
  const url = parseHttpUrl(text);
  if (/[?#]/.test(text)) throw new AppError('url_invalid', { because: 'it has a query or a fragment' });
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** Throws `url_invalid` where a secret would travel in clear over networks that are not one's own. */
function requireSealed(url: URL, { address }: CheckedTarget): void {
  if (url.protocol === 'https:' || isPrivateAddress(address)) return;
  throw new AppError('url_invalid', { because: 'it is http, and the secret would be readable on its way' });
}

/** Makes the agent of an API's connections, where their certificates are held against something of its own; `limits` are for every one. */
export type MakeAgent = (limits: AgentOptions) => HttpsAgent;

/**
 * Throws `url_invalid` for what is no base. An agent hands a connection to a request only once the other side has proven itself: Node's own
 * leaves the request in the socket until then.
 */
export function openApi(
  text: string,
  { check, within }: ApiPorts,
  makeAgent: MakeAgent = (limits) => new HttpsAgent(limits),
): OutboundApi {
  const base = parseApiBase(text);
  const origin = new URL(base);
  const [host, port] = [hostOf(origin), portOf(origin)];
  const kept = { keepAlive: true, timeout: keptConnectionMs, maxSockets: mostConnections };
  const limits = { ...kept, maxFreeSockets: mostIdleConnections };
  const agent = origin.protocol === 'https:' ? makeAgent(limits) : new HttpAgent(limits);

  async function checkSealed(signal: AbortSignal): Promise<CheckedTarget> {
    const target = await check(host, port, signal);
    requireSealed(origin, target);
    return target;
  }

  async function send(request: ApiRequest, signal: AbortSignal) {
    const { method, path, headers, body, signal: asked } = request;
    const limitBytes = Math.min(request.replyLimitBytes, apiReplyLimitBytes);
    let sent = false;
    let lookedUp: Promise<unknown> = Promise.resolve();
    if (isIP(host) !== 0) await checkSealed(signal); // a socket asks for no address of an address
    const lookup: LookupFunction = (_host, options, callback) => {
      const found = checkSealed(signal);
      lookedUp = found;
      found.then(
        ({ address, family }) =>
          options.all ? callback(null, [{ address, family }]) : callback(null, address, family),
        (error: Error) => callback(error, ''),
      );
    };
    try {
      const onSending = () => {
        sent = true;
      };
      const options = { method, headers: { ...lengthOf(body), ...headers }, agent, lookup, signal };
      return await exchange(new URL(`${base}${path}`), options, { body, limitBytes, onSending });
    } catch (error) {
      if (sent) dropIdle(agent);
      else if (!asked.aborted) await lookedUp; // a look-up that failed says why in its own words
      throw new OutboundSilence(reasonOf(error, sent, asked, signal), sent, hostPort(host, port), error);
    }
  }

  return {
    request: (asked) => within(asked.signal, (signal) => send(asked, signal)),
    check: () => within(undefined, checkSealed),
  };
}

/** Where one connection brought no reply, those that wait beside it may be as dead: the next request is not to find out one by one. */
function dropIdle({ freeSockets }: HttpAgent): void {
  for (const socket of Object.values(freeSockets).flatMap((sockets) => sockets ?? [])) socket.destroy();
}

/** `either`: the caller's signal or the time limit. */
function reasonOf(error: unknown, sent: boolean, asked: AbortSignal, either: AbortSignal): OutboundSilence['because'] {
  if (asked.aborted) return 'aborted';
  if (either.aborted) return 'late';
  if (!sent) return 'refused';
  return (error as NodeJS.ErrnoException).code === 'ECONNRESET' ? 'closed' : 'network';
}
