import type { Begun } from './begun.ts';
import { type FaultKind, freeHost, type Place, seconds } from './fault.ts';
import { type Condition, type Connection, imposeBoth } from './network.ts';

/** What happens to the ways between parties. */
export const networkFaults: readonly FaultKind[] = [
  kind('member-cut', 4, (place) => {
    const host = freeHost(place);
    if (host === null) return null;
    const { memberId } = host.disk;
    return {
      ...imposed(
        place,
        agentWays(place, (name) => name === host.name),
        cutSomehow(place),
        5,
        180,
      ),
      memberId,
    };
  }),
  kind('member-cut-from-replica', 2, (place) => {
    const host = freeHost(place);
    if (host === null) return null;
    const replica = place.random.pick(place.installation.replicas).name;
    const ways = [place.installation.ways.agent(host.name, replica)];
    return { ...imposed(place, ways, cutSomehow(place), 5, 300), memberId: host.disk.memberId, replica };
  }),
  kind('zone-cut', 1.5, (place) => {
    const { members } = place.installation.storage.house;
    const { zone } = place.random.pick([...members.values()]);
    const inZone = place.installation.hosts.filter(({ disk }) => members.get(disk.memberId)?.zone === zone);
    const names = new Set(inZone.map(({ name }) => name));
    return imposed(
      place,
      agentWays(place, (name) => names.has(name)),
      cutSomehow(place),
      5,
      120,
    );
  }),
  kind('replica-cut-from-agents', 3, (place) => {
    const replica = place.random.pick(place.installation.replicas).name;
    return {
      ...imposed(
        place,
        agentWays(place, () => true, replica),
        cutSomehow(place),
        3,
        180,
      ),
      replica,
    };
  }),
  kind('cut-from-everyone', 2, (place) =>
    imposed(
      place,
      agentWays(place, () => true),
      cutSomehow(place),
      3,
      120,
    ),
  ),
  kind('packet-loss', 4, (place) => {
    const loss = place.random.pick([0.1, 0.3, 0.5]);
    const share = place.random.pick([1, 1, 0.3, 0.1]);
    const chosen = new Set(place.installation.hosts.flatMap(({ name }) => (place.random.chance(share) ? [name] : [])));
    return imposed(
      place,
      agentWays(place, (name) => chosen.has(name)),
      both({ loss }),
      10,
      180,
    );
  }),
  kind('latency', 3, (place) => {
    const delayMs = place.random.pick([100, 500, 1_500, 4_000]);
    const duplicates = place.random.pick([0, 0, 0.2]);
    return imposed(
      place,
      agentWays(place, () => true),
      both({ delayMs, duplicates }),
      10,
      120,
    );
  }),
  kind('duplicates', 2, (place) =>
    imposed(
      place,
      agentWays(place, () => true),
      both({ duplicates: 0.3, delayMs: 300 }),
      10,
      200,
    ),
  ),
];

/** Ways of replicas to what they need: the control plane's own trouble. */
export const replicaWayFaults: readonly FaultKind[] = [
  ofPlane('replica-cut-from-database', 3, (place) => {
    const replica = place.random.pick(place.installation.replicas).name;
    return { ...imposed(place, [place.installation.ways.database(replica)], cutSomehow(place), 1, 120), replica };
  }),
  ofPlane('replica-loses-packets-to-database', 1.5, (place) => {
    const replica = place.random.pick(place.installation.replicas).name;
    return { ...imposed(place, [place.installation.ways.database(replica)], both({ loss: 0.3 }), 5, 60), replica };
  }),
];

/** Ways to the provider and to the name servers. */
export const providerWayFaults: readonly FaultKind[] = [
  ofProvider('provider-cut', 3, (place) => {
    const account = place.random.whole(0, place.installation.providers.length - 1);
    const ways = place.installation.replicas.map(({ name }) => place.installation.ways.provider(name, account));
    return imposed(place, ways, cutSomehow(place), 5, 240);
  }),
  ofProvider('replica-cut-from-provider', 2, (place) => {
    const replica = place.random.pick(place.installation.replicas).name;
    const ways = place.installation.providers.map((_, account) => place.installation.ways.provider(replica, account));
    return { ...imposed(place, ways, cutSomehow(place), 5, 240), replica };
  }),
  ofProvider('provider-slow', 2, (place) => {
    const { replicas, providers, ways } = place.installation;
    const all = replicas.flatMap(({ name }) => providers.map((_, account) => ways.provider(name, account)));
    return imposed(place, all, both({ delayMs: place.random.pick([500, 3_000, 8_000]) }), 10, 120);
  }),
  ofProvider('name-servers-cut', 1.5, (place) => {
    const { replicas, zones, ways } = place.installation;
    const servers = place.random.pick(zones).servers;
    const all = replicas.flatMap(({ name }) => servers.map((server) => ways.nameServer(name, server.name)));
    return imposed(place, all, cutSomehow(place), 10, 200);
  }),
];

function kind(name: string, weight: number, begin: FaultKind['begin']): FaultKind {
  return { kind: name, side: 'network', weight, begin };
}

function ofPlane(name: string, weight: number, begin: FaultKind['begin']): FaultKind {
  return { kind: name, side: 'control-plane', weight, begin };
}

function ofProvider(name: string, weight: number, begin: FaultKind['begin']): FaultKind {
  return { kind: name, side: 'provider', weight, begin };
}

function agentWays({ installation }: Place, isMeant: (host: string) => boolean, only?: string): readonly Connection[] {
  const { hosts, replicas, ways } = installation;
  const chosen = replicas.filter(({ name }) => only === undefined || name === only);
  return hosts
    .filter(({ name }) => isMeant(name))
    .flatMap(({ name }) => chosen.map((replica) => ways.agent(name, replica.name)));
}

type Impose = (connection: Connection) => () => void;

const both =
  (condition: Condition): Impose =>
  (connection) =>
    imposeBoth(connection, condition);

/** Both ways, or one of them. */
function cutSomehow({ random }: Place): Impose {
  const cut = { cut: true };
  const how = random.pick<Impose>([
    both(cut),
    both(cut),
    ({ there }) => there.impose(cut),
    ({ back }) => back.impose(cut),
  ]);
  return how;
}

function imposed(place: Place, ways: readonly Connection[], impose: Impose, from: number, to: number): Begun {
  const ends = ways.map(impose);
  return {
    forMs: seconds(place, from, to),
    end: () => {
      for (const end of ends) end();
    },
  };
}
