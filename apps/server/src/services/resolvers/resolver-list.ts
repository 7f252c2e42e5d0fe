import { mostResolvers } from '@serverctl/contract';
import { AppError, isUnicastIpv4, isUnicastIpv6, parseIpv4, parseIpv6 } from '@serverctl/core';
import { isLoopback } from '../../platform/loopback.ts';
import { hostPort } from '../host-port.ts';
import type { Outbound } from '../outbound.ts';

/** Where a recursive resolver listens. An address, never a name: nobody resolves where resolving begins. */
export interface ResolverEndpoint {
  readonly address: string;
  readonly port: number;
}

const usualPort = 53;

/**
 * R40 holds for resolvers as for every host that an operator names, with one exception: a resolver of this host's own is the usual one, and
 * it is asked for nothing but names that we manage, so loopback needs no leave on port 53.
 */
export function mayAskResolver(outbound: Pick<Outbound, 'mayReach'>) {
  return (address: string, port: number): boolean =>
    outbound.mayReach(address, port) || (port === usualPort && isLoopback(address));
}

/** `192.0.2.53`, `192.0.2.53:5353`, `2001:db8::53`, `[2001:db8::53]:5353`. Throws `dns_resolver_invalid`. */
export function parseResolver(text: string): ResolverEndpoint {
  const refuse = (because: string) => new AppError('dns_resolver_invalid', { resolver: text, because });
  const { four = '', six = text, port: digits } = partsOf(text);
  const ipv4 = parseIpv4(four);
  const ipv6 = parseIpv6(six);
  const address = ipv4 ?? ipv6;
  if (address === null) throw refuse('no IP address, and a name is not looked up');
  const isOneHost = (ipv4 !== null && isUnicastIpv4(ipv4)) || (ipv6 !== null && isUnicastIpv6(ipv6));
  if (!isOneHost) throw refuse('not the address of one host');
  const port = digits === undefined ? usualPort : /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
  if (port < 1 || port > 65_535) throw refuse('the port is no whole number from 1 to 65535');
  return { address, port };
}

/** Canonical text: the same resolver has only one. */
export function resolverText({ address, port }: ResolverEndpoint): string {
  return port === usualPort ? address : hostPort(address, port);
}

/** The list as a person gave it, each entry once. Throws `dns_resolvers_too_many`, `dns_resolver_invalid` or `dns_resolver_twice`. */
export function parseResolvers(texts: readonly string[]): readonly ResolverEndpoint[] {
  if (texts.length > mostResolvers)
    throw new AppError('dns_resolvers_too_many', { given: texts.length, most: mostResolvers });
  const resolvers = texts.map(parseResolver);
  const known = new Set<string>();
  for (const text of resolvers.map(resolverText)) {
    if (known.has(text)) throw new AppError('dns_resolver_twice', { resolver: text });
    known.add(text);
  }
  return resolvers;
}

interface Parts {
  readonly four?: string;
  /** Out of its brackets; an IPv6 address without them is the whole text, since no port can stand behind it. */
  readonly six?: string;
  readonly port?: string;
}

function partsOf(text: string): Parts {
  return /^(?:\[(?<six>[^\]]*)\]|(?<four>[^:[\]]+))(?::(?<port>[^:]*))?$/.exec(text)?.groups ?? {};
}
