import { egressAllows, parseIp } from '@serverctl/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/*
 * Where a request came from (R36). The single place that decides it:
 *
 *   no trusted proxies, or the socket's peer is none     the socket's peer; no header is looked at
 *   the peer is a trusted proxy                          the right-most hop of X-Forwarded-For, which that proxy added; while that is a
 *                                                        trusted proxy itself, the next one to its left
 *   a hop that is no address, or none left               the proxy itself that should have named one
 *
 * Whatever stands further left was written by who asked. X-Real-IP, Forwarded, Host and the rest are never read.
 */

const proxiesKey = Symbol('trusted proxies');

interface ProxyAware {
  readonly [proxiesKey]?: TrustedProxies;
}

/** Reads hops; addresses that were looked up once are remembered, since a fleet comes through few proxies. */
class TrustedProxies {
  readonly #entries: readonly string[];
  readonly #known = new Map<string, boolean>();
  static readonly #rememberedAtMost = 1_000;

  constructor(entries: readonly string[]) {
    this.#entries = entries;
  }

  /** The nearest address that is no trusted proxy, seen from `peer`. */
  origin(peer: string, forwarded: string | readonly string[] | undefined): string {
    if (forwarded === undefined || !this.trusts(peer)) return peer;
    const hops = (typeof forwarded === 'string' ? forwarded : forwarded.join(',')).split(',');
    let nearest = peer;
    for (const hop of hops.reverse()) {
      const address = hopAddress(hop);
      if (address === null) return nearest;
      nearest = address;
      if (!this.trusts(nearest)) return nearest;
    }
    return nearest;
  }

  trusts(address: string): boolean {
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    const trusted = egressAllows(this.#entries, address);
    if (this.#known.size >= TrustedProxies.#rememberedAtMost) this.#known.clear();
    this.#known.set(address, trusted);
    return trusted;
  }
}

/** Makes every request of the app, and of what is registered in it later, heed these proxies. */
export function trustProxies(app: FastifyInstance, entries: readonly string[]): void {
  if (entries.length === 0) return;
  const proxies = new TrustedProxies(entries);
  app.decorateRequest(proxiesKey, { getter: () => proxies });
}

/** The address that a request came from. IPv4-mapped IPv6 is given as the IPv4 address it holds, a zone is cut. */
export function peerAddress(request: FastifyRequest): string {
  const peer = plainAddress(request.socket.remoteAddress ?? '');
  const proxies = (request as ProxyAware)[proxiesKey];
  return proxies === undefined ? peer : proxies.origin(peer, request.headers['x-forwarded-for']);
}

/** Whether a trusted proxy handed the request on. */
export function cameThroughProxy(request: FastifyRequest): boolean {
  return (request as ProxyAware)[proxiesKey]?.trusts(plainAddress(request.socket.remoteAddress ?? '')) ?? false;
}

/** Whether this app was told of any proxy: without one, a private peer may be one that nobody named. */
export function knowsProxies(request: FastifyRequest): boolean {
  return (request as ProxyAware)[proxiesKey] !== undefined;
}

function plainAddress(address: string): string {
  if (address.startsWith('::ffff:') && address.includes('.')) return address.slice('::ffff:'.length);
  const zone = address.indexOf('%');
  return zone === -1 ? address : address.slice(0, zone);
}

/** `198.51.100.7`, `198.51.100.7:443`, `2001:db8::7`, `[2001:db8::7]:443`. */
const hopForm =
  /^(?:\[(?<bracketed>[^\]]+)\]|(?<quad>[\d.]+)|(?<bare>[^\s[\]]*:[^\s[\]]*:[^\s[\]]*))(?<port>:\d{1,5})?$/;

/** One hop's address in plain text, or null when it is none. */
function hopAddress(hop: string): string | null {
  const groups = hopForm.exec(hop.trim())?.groups;
  const text = (groups?.['bracketed'] ?? groups?.['quad'] ?? groups?.['bare'] ?? '').toLowerCase();
  const address = parseIp(text);
  if (address === null) return null;
  if (address.family === 6) return plainAddress(text);
  return [24n, 16n, 8n, 0n].map((shift) => (address.value >> shift) & 0xffn).join('.');
}
