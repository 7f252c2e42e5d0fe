import type { Resolver } from '@serverctl/core';
import { addressesAt, addressType } from '../wire/address-records.ts';
import { rcodeName, rrType } from '../wire/registry.ts';
import { createAskServer } from './ask-server.ts';
import { beginSearch, findServers } from './delegation.ts';
import { rootServers } from './root-servers.ts';
import type { ResolverOptions } from './schema.ts';

export { rootServers } from './root-servers.ts';

/**
 * Finds a zone's servers by delegation and asks them one by one (R24). Nothing is cached and no other resolver is asked, so that what is
 * seen is what a client's resolver would be told now.
 */
export function createResolver(options: ResolverOptions): Resolver {
  const askServer = createAskServer(options.randomId, options.mayAsk);
  const startPoints = (options.startPoints ?? rootServers).map(({ address, port = 53 }) => ({ address, port }));
  const ports = { ...options.ports, ...Object.fromEntries(startPoints.map(({ address, port }) => [address, port])) };
  const portOf = (address: string) => ports[address] ?? 53;
  return {
    authoritativeServers: (zone, signal) =>
      findServers(beginSearch({ ask: askServer, startPoints, portOf, signal }), canonical(zone)),
    async ask(server, name, type, signal) {
      const owner = canonical(name);
      const reply = await askServer(server, owner, addressType[type], signal);
      const held = addressesAt(reply.answers, owner, type);
      return {
        authoritative: reply.flags.authoritative,
        addresses: held?.addresses ?? [],
        ttlSeconds: held?.ttlSeconds ?? null,
        rcode: rcodeName(reply.rcode),
      };
    },
    async askZone(server, zone, signal) {
      const owner = canonical(zone);
      const reply = await askServer(server, owner, rrType.soa, signal);
      const soa = reply.answers.find(({ name, data }) => name === owner && data.kind === 'soa');
      return {
        authoritative: reply.flags.authoritative,
        serial: soa?.data.kind === 'soa' ? soa.data.serial : null,
        rcode: rcodeName(reply.rcode),
      };
    },
  };
}

function canonical(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
