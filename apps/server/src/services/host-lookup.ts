import type { LookupAddress } from 'node:dns';
import { Resolver, lookup as systemLookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { Clock } from '../platform/clock.ts';

/*
 * Addresses of a host that an operator gave us. The system's own look-up (getaddrinfo) holds one of the process's few threads until it is
 * answered, which a name whose servers are silent makes tens of seconds; the failover needs these threads. So, in this order:
 *
 *   an address        itself
 *   a name in hosts   what stands there, as the system does it
 *   any other         asked over sockets (c-ares), ended by the signal
 *   no such name      the system, which also knows search domains and other services: one at a time, and not again within half a minute
 */

export type HostLookup = (host: string, signal: AbortSignal) => Promise<readonly LookupAddress[]>;

export interface HostLookupOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly hostsFile?: string;
  /** Name servers as `address:port`; else those of the system. */
  readonly servers?: readonly string[];
  readonly system?: (host: string) => Promise<readonly LookupAddress[]>;
}

const tryMs = 1_500;
const tries = 2;
const forgetMs = 30_000;
const mostRemembered = 500;
/** An answer, and it says that there is no such name or no such address of it. */
const isNoName = (error: unknown) => ['ENOTFOUND', 'ENODATA'].includes(String((error as NodeJS.ErrnoException).code));

export function createHostLookup(options: HostLookupOptions): HostLookup {
  const { clock, hostsFile = '/etc/hosts', servers } = options;
  const system = options.system ?? ((host: string) => systemLookup(host, { all: true, verbatim: true }));
  const failedAt = new Map<string, number>();
  let lane: Promise<unknown> = Promise.resolve();

  return async (host, signal) => {
    const family = isIP(host);
    if (family !== 0) return [{ address: host, family }];
    const listed = namedIn(await readFile(hostsFile, 'utf8').catch(() => ''), host);
    if (listed.length > 0) return listed;
    return (await asked(host, servers, signal)) ?? bySystem(host, signal);
  };

  function bySystem(host: string, signal: AbortSignal): Promise<readonly LookupAddress[]> {
    const turn = lane.then(async () => {
      signal.throwIfAborted(); // who waits no more needs no thread
      if (clock.now() - (failedAt.get(host) ?? Number.NEGATIVE_INFINITY) < forgetMs)
        throw new Error('not found a moment ago');
      try {
        return await system(host);
      } catch (error) {
        if (failedAt.size >= mostRemembered) failedAt.clear();
        failedAt.set(host, clock.now());
        throw error;
      }
    });
    lane = turn.catch(() => undefined);
    return turn;
  }
}

/** Null where the name servers know no such name; rejects where they do not answer. */
async function asked(
  host: string,
  servers: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<readonly LookupAddress[] | null> {
  const resolver = new Resolver({ timeout: tryMs, tries }); // a new one, since the system's servers may have changed
  if (servers !== undefined) resolver.setServers(servers);
  const cancel = () => resolver.cancel();
  signal.throwIfAborted();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const replies = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const found = replies.flatMap((reply, place) => {
      const family = place === 0 ? 4 : 6;
      return reply.status === 'fulfilled' ? reply.value.map((address) => ({ address, family })) : [];
    });
    if (found.length > 0) return found;
    const failed = replies.find((reply) => reply.status === 'rejected' && !isNoName(reply.reason));
    if (failed?.status === 'rejected') throw failed.reason;
    return null;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** hosts(5): an address and its names on each line, `#` begins a comment. */
function namedIn(hosts: string, host: string): readonly LookupAddress[] {
  const name = host.toLowerCase().replace(/\.$/, '');
  return hosts.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const family = isIP(address);
    return family !== 0 && names.some((one) => one.toLowerCase() === name) ? [{ address, family }] : [];
  });
}
