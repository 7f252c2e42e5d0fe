import type { LookupFunction } from 'node:net';
import { AppError } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import { createHostLookup, type HostLookup } from './host-lookup.ts';
import { hostPort } from './host-port.ts';
import { type MakeAgent, type OutboundApi, openApi } from './outbound-api.ts';
import { exchange, lengthOf } from './outbound-http.ts';
import { type CheckedTarget, hostOf, parseHttpUrl, portOf } from './outbound-target.ts';
import { isPrivateAddress } from './private-ranges.ts';

/*
 * R40, for every host that an operator gives us (name server, provider's API, webhook, mail server): resolve once, check, connect to the
 * checked address, follow no redirect, 5 s from the look-up on, 64 KiB; of a provider's API up to 8 MiB, since it lists many records at once.
 */
export const outboundTimeoutMs = 5_000;
export const outboundReplyLimitBytes = 64 * 1024;

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
  /** An API that is asked with one secret, over connections of its own. Throws `url_invalid`; nothing is looked up yet. */
  openApi(base: string, makeAgent?: MakeAgent): OutboundApi;
  /** Looks up and checks, and gives `act` the checked address and what is left of the 5 s. Throws what `check` throws. */
  reach<Result>(
    host: string,
    port: number,
    act: (target: CheckedTarget, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result>;
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
      throw new AppError('outbound_forbidden', { host, port, address: first.address, target: hostPort(host, port) });
    }
    return { host, port, address: usable.address, family: usable.family === 6 ? 6 : 4 };
  }

  /** `act` has 5 s from now on, for all that it does. */
  async function within<Result>(
    signal: AbortSignal | undefined,
    act: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
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
        const lookup = pinnedTo(target);
        const options = {
          method: 'POST',
          agent: false,
          lookup,
          signal: either,
          headers: { ...lengthOf(body), ...headers },
        };
        const reply = await exchange(url, options, { body, limitBytes: outboundReplyLimitBytes });
        const retryAfterSeconds = secondsOf(reply.headers['retry-after']);
        return { status: reply.status, body: reply.text, retryAfterSeconds };
      }),
    openApi: (base, makeAgent) => openApi(base, { check, within }, makeAgent),
    reach: (host, port, act) => within(undefined, async (signal) => act(await check(host, port, signal), signal)),
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

/** Host header and TLS name stay those of the URL; the connection goes where was checked, whatever DNS says by then. */
function pinnedTo(target: CheckedTarget): LookupFunction {
  return (_host, options, callback) => {
    if (options.all) callback(null, [{ address: target.address, family: target.family }]);
    else callback(null, target.address, target.family);
  };
}

function secondsOf(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,9}$/.test(header.trim()) ? Number(header) : null;
}
