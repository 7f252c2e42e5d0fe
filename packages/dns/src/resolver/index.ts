import type { Resolver } from '@serverctl/core';
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
    async ask(server, name, _type, signal) {
      const owner = canonical(name);
      const reply = await askServer(server, owner, rrType.a, signal);
      const records = reply.answers.filter((record) => record.name === owner && record.data.kind === 'a');
      return {
        authoritative: reply.flags.authoritative,
        addresses: records.flatMap(({ data }) => (data.kind === 'a' ? [data.address] : [])).sort(),
        ttlSeconds: records[0]?.ttlSeconds ?? null,
        rcode: rcodeName(reply.rcode),
      };
    },
  };
}

function canonical(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
