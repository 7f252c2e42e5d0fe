import type { FastifyRequest } from 'fastify';

/**
 * Where a request came from: the socket's peer, nothing a header says (R36). The single place that decides it; configured trusted
 * proxies will be read here. IPv4-mapped IPv6 is given as the IPv4 address it holds.
 */
export function peerAddress(request: FastifyRequest): string {
  const address = request.socket.remoteAddress ?? '';
  if (address.startsWith('::ffff:') && address.includes('.')) return address.slice('::ffff:'.length);
  const zone = address.indexOf('%');
  return zone === -1 ? address : address.slice(0, zone);
}
