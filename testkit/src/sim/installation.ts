import type { MemberId } from '@serverctl/core';
import type { DnsProviders } from '../../../apps/server/src/worker/ports.ts';
import { createAgentClient } from './agent-client.ts';
import type { Events } from './events.ts';
import { diskOf, egressOf, furnish } from './furnish.ts';
import { Haproxy } from './haproxy.ts';
import type { AgentKey, Disk } from './host.ts';
import { Host } from './host.ts';
import { type Connection, connect } from './network.ts';
import { createWallClock } from './process-clock.ts';
import { type Account, ProviderServer } from './provider.ts';
import { createCallLog, createProviderEvents, managedNames } from './provider-calls.ts';
import { type ClientParts, createProviderClient } from './provider-client.ts';
import type { Stream } from './random.ts';
import { Replica, type ReplicaProcess } from './replica.ts';
import { createSimResolver } from './resolver.ts';
import { instance, type WorldSpec } from './spec.ts';
import { createStorage, type Storage } from './storage.ts';
import type { Ways } from './ways.ts';
import type { WorldClock } from './world-clock.ts';
import { type NameServer, Zone } from './zone.ts';

/*
 * A whole installation: replicas, their database, the providers with their name servers, the hosts, and the ways between all of them.
 * What faults and persons do, they do to these.
 */

export interface Installation {
  readonly spec: WorldSpec;
  readonly clock: WorldClock;
  readonly storage: Storage;
  readonly zones: readonly Zone[];
  readonly providers: readonly ProviderServer[];
  readonly replicas: readonly Replica[];
  /** Those of the members first; clones and new ones after them. */
  readonly hosts: Host[];
  readonly keys: Map<MemberId, AgentKey>;
  readonly ways: Ways;
  /** Each machine's wall clock: of a replica, by its name. */
  readonly walls: ReadonlyMap<string, { jump(ms: number): void }>;
  /** Makes a host, not running yet. */
  addHost(name: string, disk: Disk, peer: string): Host;
  readonly urls: readonly string[];
}

export interface InstallationParts {
  readonly spec: WorldSpec;
  readonly clock: WorldClock;
  readonly stream: (name: string) => Stream;
  readonly events: Events;
}

const wallStartMs = Date.UTC(2026, 10, 1, 12);

export async function createInstallation({ spec, clock, stream, events }: InstallationParts): Promise<Installation> {
  const network = stream('network');
  const ways = createWays(clock, network);
  const storage = createStorage({
    clock,
    random: stream('database'),
    wallStartMs,
    quarantined: (memberId) => events.tell('onQuarantined', [memberId], memberId),
    enrolled: (memberId, secret) => events.tell('onEnrolled', [memberId], memberId, secret),
  });
  const { zones, providers } = createProviders(spec, clock, stream, events);
  const callLog = createCallLog(managedNames(spec), clock, events);
  const names = Array.from({ length: spec.replicas }, (_, index) => `r${index + 1}`);
  const urls = names.map((name) => `https://${name}.example.com`);
  const walls = new Map(names.map((name) => [name, createWallClock(clock, wallStartMs)]));
  const sessionKey = stream('session key').bytes(32);
  const replicas = names.map(
    (name) =>
      new Replica({
        name,
        clock,
        random: stream,
        wall: walls.get(name) ?? createWallClock(clock, wallStartMs),
        storage,
        toDatabase: ways.database(name),
        sessionKey,
        instance,
        urls,
        providers: (process) => providersOf(process, providers, ways, callLog(process)),
        resolver: (process) =>
          createSimResolver({
            clock: process.clock,
            zoneOf: (zone) => zones[spec.accounts.findIndex((account) => account.zone === zone)],
            waysTo: ({ name: server }) => ways.nameServer(name, server),
          }),
        reachesProviders: () => providers.every((_, index) => !ways.provider(name, index).there.isCut),
        events,
      }),
  );
  const hosts: Host[] = [];
  const addHost = (name: string, disk: Disk, peer: string) => {
    const haproxy = new Haproxy(clock, stream(`haproxy ${name}`));
    const client = createAgentClient({
      name,
      peer: () => host.peer,
      clock,
      events,
      memberId: () => disk.memberId,
      replicas,
      urls,
      ways,
    });
    const random = stream(`host ${name}`);
    const wall = createWallClock(clock, wallStartMs);
    const host: Host = new Host({ name, clock, random, wall, haproxy, disk, peer, client });
    hosts.push(host);
    return host;
  };
  const keys = await furnish(spec, storage, zones, stream('keys'));
  for (const member of spec.members) {
    const { id, number } = member;
    const key = keys.get(id);
    if (key === undefined) continue;
    const disk = { ...diskOf(member), key, urls };
    addHost(`h${number}`, disk, egressOf(number));
  }
  return { spec, clock, storage, zones, providers, replicas, hosts, keys, ways, walls, addHost, urls };
}

function createProviders(spec: WorldSpec, clock: WorldClock, stream: (name: string) => Stream, events: Events) {
  const random = stream('providers');
  const zones = spec.accounts.map(
    ({ servers, flavour }, index) =>
      new Zone(clock, createServers(random, servers, index), spec.bothFamilies && flavour === 'conditional'),
  );
  const applied = createProviderEvents(spec, events);
  const providers = spec.accounts.map(({ credentialId, flavour, limit, together }, index) => {
    const zone = zones[index] as Zone;
    const workMs = random.between(10, 150);
    const account: Account = {
      credentialId,
      flavour,
      zone,
      limit,
      together,
      workMs,
      plan: null,
      revoked: false,
      down: false,
      exhausted: false,
    };
    return new ProviderServer(account, { clock, random: stream(`provider ${index}`), instance, events: applied });
  });
  return { zones, providers };
}

function createServers(random: Stream, count: number, zone: number): readonly NameServer[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `ns${index + 1}.z${zone + 1}.example`,
    address: `198.51.100.${zone * 10 + index + 1}`,
    lagMs: random.between(5, index === 0 ? 50 : 3_000),
    silent: false,
    answers: new Map(),
  }));
}

function providersOf(
  process: ReplicaProcess,
  servers: readonly ProviderServer[],
  ways: Ways,
  began: ClientParts['began'],
): DnsProviders {
  const clients = new Map(
    servers.map((server, index) => {
      const to = ways.provider(process.name, index);
      const { clock, epochOf } = process;
      return [server.account.credentialId, createProviderClient({ server, clock, ways: to, began, epochOf })];
    }),
  );
  return {
    instance,
    limitOf: (credentialId) =>
      servers.find(({ account }) => account.credentialId === credentialId)?.account.limit ?? null,
    async forCredential(credentialId) {
      await process.database.call('usual', async () => {});
      const client = clients.get(credentialId);
      if (client === undefined) throw new Error(`there is no credential ${credentialId}`);
      return client;
    },
  };
}

function createWays(clock: WorldClock, random: Stream): Ways {
  const known = new Map<string, Connection>();
  const between = (key: string, fromMs: number, toMs: number) => {
    let connection = known.get(key);
    if (connection === undefined) {
      connection = connect(clock, random, fromMs, toMs);
      known.set(key, connection);
    }
    return connection;
  };
  return {
    agent: (host, replica) => between(`${host} ${replica}`, 2, 60),
    database: (replica) => between(`${replica} db`, 0.2, 2),
    provider: (replica, account) => between(`${replica} dns${account}`, 2, 60),
    nameServer: (replica, server) => between(`${replica} ${server}`, 2, 40),
  };
}
