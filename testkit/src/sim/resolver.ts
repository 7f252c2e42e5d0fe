import {
  AppError,
  type AuthoritativeAnswer,
  type AuthoritativeServer,
  type DnsName,
  type RecordType,
  type Resolver,
  recordTypes,
} from '@serverctl/core';
import type { Connection } from './network.ts';
import type { ProcessClock } from './process-clock.ts';
import { type NameServer, recordKey, type Zone } from './zone.ts';

/** The names' servers as one process reaches them: each over a way of its own, each with its own copy of the zone. */
export interface ResolverParts {
  readonly clock: ProcessClock;
  /** The zone of that name. */
  readonly zoneOf: (name: string) => Zone | undefined;
  readonly waysTo: (server: NameServer) => Connection;
}

const keepMs = 1_000;

export function createSimResolver({ clock, zoneOf, waysTo }: ResolverParts): Resolver {
  const byAddress = new Map<string, NameServer>();

  function exchange<T>(server: NameServer, signal: AbortSignal, answerOf: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const ways = waysTo(server);
      const giveUp = () => reject(new AppError('dns_unreachable', { because: 'aborted' }));
      if (signal.aborted) return giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
      const answered = (answer: T) => {
        signal.removeEventListener('abort', giveUp);
        resolve(answer);
      };
      const arrive = () => {
        if (server.silent) return;
        const answer = answerOf();
        ways.back.send(() => clock.deliver(() => answered(answer)), keepMs);
      };
      ways.there.send(arrive, keepMs);
    });
  }

  return {
    async authoritativeServers(zoneName, signal) {
      const zone = zoneOf(zoneName);
      const [first] = zone?.servers ?? [];
      if (zone === undefined || first === undefined) throw new AppError('dns_zone_not_served');
      for (const server of zone.servers) byAddress.set(server.address, server);
      const listed = zone.servers.map(({ name, address }) => ({ name, address, port: 53 }));
      return exchange(zone.servers.find(({ silent }) => !silent) ?? first, signal, () => listed);
    },
    ask({ address }: AuthoritativeServer, name, type, signal) {
      const server = byAddress.get(address);
      if (server === undefined) return Promise.reject(new AppError('dns_unreachable'));
      return exchange(server, signal, () => answerOf(server, name as DnsName, type));
    },
  };
}

/** What the server's own copy of the zone holds for the name and type; a name that has the other type alone is there, and empty. */
function answerOf({ answers }: NameServer, name: DnsName, type: RecordType): AuthoritativeAnswer {
  const held = (one: RecordType) => answers.get(recordKey({ name, type: one }))?.addresses ?? [];
  const addresses = held(type);
  const ttlSeconds = addresses.length === 0 ? null : (answers.get(recordKey({ name, type }))?.ttlSeconds ?? null);
  const isThere = recordTypes.some((one) => held(one).length > 0);
  return { authoritative: true, addresses: [...addresses].sort(), ttlSeconds, rcode: isThere ? 'NOERROR' : 'NXDOMAIN' };
}
