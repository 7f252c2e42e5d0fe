import type { Begun } from './begun.ts';
import {
  activeHost,
  type FaultKind,
  freeHost,
  hostOf,
  membersOf,
  type Place,
  poolsOf,
  powerClaim,
  repeat,
  seconds,
  stopHaproxy,
} from './fault.ts';
import type { Host } from './host.ts';

/** What happens to hosts, to HAProxy and to the agents on them. */
export const hostFaults: readonly FaultKind[] = [
  kind('active-power', 8, (place) => {
    const found = activeHost(place);
    return found === null ? null : powerCut(place, [found.host], seconds(place, 5, 300), found.pool.id);
  }),
  kind('host-power', 4, (place) => {
    const host = freeHost(place);
    return host === null ? null : powerCut(place, [host], seconds(place, 3, 300));
  }),
  kind('candidate-dies', 3, candidateDies),
  kind('pool-power', 1, (place) => {
    const pool = place.random.pick(poolsOf(place.installation));
    const hosts = membersOf(place.installation, pool.id).flatMap(({ id }) => hostOf(place.installation, id) ?? []);
    return powerCut(place, usable(place, hosts), seconds(place, 10, 120), pool.id);
  }),
  kind('zone-power', 1.5, (place) => {
    const { random, installation } = place;
    const zone = random.pick([...installation.storage.house.members.values()]).zone;
    const share = random.pick([1, 1, 0.6]);
    const hosts = installation.hosts.filter(
      ({ disk }) => installation.storage.house.members.get(disk.memberId)?.zone === zone && random.chance(share),
    );
    return powerCut(place, usable(place, hosts), seconds(place, 10, 120));
  }),
  kind('fleet-power', 2, (place) => {
    const { installation, random } = place;
    const share = random.between(0.5, 0.9);
    const spared = random.chance(0.5) ? oneStandbyOfMost(place) : new Set<Host>();
    const isHit = (host: Host) => (spared.size > 0 ? !spared.has(host) : random.chance(share));
    return powerCut(place, usable(place, installation.hosts.filter(isHit)), seconds(place, 15, 150));
  }),
  onHost('haproxy-stop', 4, [5, 240], (host) => {
    host.haproxy.stop();
    return () => host.haproxy.start();
  }),
  onHost('haproxy-broken', 3, [10, 200], (host) => {
    host.haproxy.isBroken = true;
    host.haproxy.crash();
    return () => {
      host.haproxy.isBroken = false;
      host.haproxy.start();
    };
  }),
  onHost('haproxy-crash', 2, [0, 0], (host) => {
    host.haproxy.crash();
    return null;
  }),
  onHost('haproxy-restart', 3, [0, 0], (host) => {
    host.haproxy.restart();
    return null;
  }),
  onHost('haproxy-reloads', 2, [5, 90], (host, place) => {
    const everyMs = place.random.between(20, 1_000);
    return repeat(place, everyMs, () => host.haproxy.reload());
  }),
  onHost('haproxy-flaps', 2, [40, 600], (host, place) => {
    const halfMs = seconds(place, 2.5, 150);
    const stop = repeat(place, halfMs, (turn) => (turn % 2 === 0 ? host.haproxy.stop() : host.haproxy.start()));
    return () => {
      stop();
      host.haproxy.start();
    };
  }),
  onHost('package-upgrade', 2, [5, 100], (host, { installation, random }) => {
    host.packageLock = true;
    installation.clock.schedule(random.between(0, 4_000), () => host.packageLock && host.haproxy.restart());
    return () => {
      host.packageLock = false;
      host.haproxy.start();
    };
  }),
  onHost('agent-killed', 4, [0.1, 60], (host) => {
    host.killAgent();
    return () => host.startAgent();
  }),
  onHost('agent-flaps', 1, [20, 200], (host, place) => {
    const stop = repeat(place, seconds(place, 1, 20), (turn) =>
      turn % 2 === 0 ? host.killAgent() : host.startAgent(),
    );
    return () => {
      stop();
      host.startAgent();
    };
  }),
  onHost('agent-frozen', 3, [1, 90], (host) => {
    host.freezeAgent(true);
    return () => host.freezeAgent(false);
  }),
  onHost('host-suspended', 2, [1, 90], (host) => {
    host.suspend(true);
    return () => host.suspend(false);
  }),
  onHost('refused', 3, [5, 180], beRefused),
  kind('fleet-haproxy', 3, (place) => {
    const active = new Set(poolsOf(place.installation).map(({ activeMemberId }) => activeMemberId));
    const hosts = usable(
      place,
      place.installation.hosts.filter(({ disk }) => active.has(disk.memberId)),
    );
    const ends = hosts.map((host) => stopHaproxy(place, host));
    const end = () => {
      for (const over of ends) over();
    };
    return { forMs: seconds(place, 10, 120), end, claims: hosts.map(powerClaim) };
  }),
  kind('clone', 1.5, clone),
];

function kind(name: string, weight: number, begin: FaultKind['begin']): FaultKind {
  return { kind: name, side: 'host', weight, begin };
}

/** A fault of one host, the active member's half of the time. */
function onHost(
  name: string,
  weight: number,
  [from, to]: readonly [number, number],
  act: (host: Host, place: Place) => (() => void) | null,
): FaultKind {
  return kind(name, weight, (place) => {
    const host = place.random.chance(0.5) ? (activeHost(place)?.host ?? null) : freeHost(place);
    if (host === null) return null;
    const end = act(host, place);
    const { memberId } = host.disk;
    const poolId = place.installation.storage.house.members.get(memberId)?.poolId;
    const where = { memberId, ...(poolId !== undefined && { poolId }), claims: [powerClaim(host)] };
    return end === null ? { forMs: 0, ...where } : { forMs: seconds(place, from, to), end, ...where };
  });
}

function usable({ isFree }: Place, hosts: readonly Host[]): readonly Host[] {
  return hosts.filter((host) => host.hasPower && isFree(powerClaim(host)));
}

/** Whom the pools could move to while most of the fleet is silent: what R9 is against. */
function oneStandbyOfMost({ installation, random }: Place): ReadonlySet<Host> {
  return new Set(
    poolsOf(installation).flatMap(({ id, activeMemberId }) => {
      const standby = membersOf(installation, id).find((member) => member.id !== activeMemberId);
      const host = standby === undefined ? null : hostOf(installation, standby.id);
      return host !== null && random.chance(0.75) ? [host] : [];
    }),
  );
}

function powerCut(place: Place, hosts: readonly Host[], forMs: number, poolId?: Begun['poolId']): Begun | null {
  const [first] = hosts;
  if (first === undefined) return null;
  const isMany = hosts.length > 1;
  const ends = hosts.map((host) => {
    const over = isMany ? place.strike('power-cut', host) : () => {};
    host.cutPower();
    return () => {
      host.power();
      over();
    };
  });
  return {
    forMs,
    end: () => {
      for (const end of ends) end();
    },
    ...(poolId !== undefined && { poolId }),
    ...(hosts.length === 1 && { memberId: first.disk.memberId }),
    claims: hosts.map(powerClaim),
  };
}

/** The active member goes, and a standby of it while the record is being moved. */
function candidateDies(place: Place): Begun | null {
  const found = activeHost(place);
  if (found === null) return null;
  const { pool, host } = found;
  const others = membersOf(place.installation, pool.id).flatMap(({ id }) => hostOf(place.installation, id) ?? []);
  const standbys = usable(
    place,
    others.filter((other) => other !== host),
  );
  if (standbys.length === 0) return null;
  host.cutPower();
  const afterMs = place.random.chance(0.5)
    ? pool.failoverDelayMs + place.random.between(-500, 1_500)
    : place.random.between(0, 60_000);
  const victim = place.random.pick(standbys);
  let isOver = false;
  let over = () => {};
  place.installation.clock.schedule(afterMs, () => {
    if (isOver) return;
    over = place.strike('power-cut', victim);
    victim.cutPower();
  });
  return {
    forMs: afterMs + seconds(place, 10, 200),
    end: () => {
      isOver = true;
      host.power();
      victim.power();
      over();
    },
    poolId: pool.id,
    memberId: host.disk.memberId,
    claims: [powerClaim(host), powerClaim(victim)],
  };
}

/** Its way out leads over another address, or somebody renames it: its beats are heard and refused (R5). */
function beRefused(host: Host, { random }: Place): () => void {
  const { peer } = host;
  const { hostname } = host.disk;
  if (random.chance(0.5)) host.peer = '198.51.100.251';
  else host.disk.hostname = `other-${hostname}`;
  return () => {
    host.peer = peer;
    host.disk.hostname = hostname;
  };
}

/** A second host with the member's key: started apart from a copy of the disk, behind the same address or another. */
function clone(place: Place): Begun | null {
  const original = freeHost(place);
  if (original === null) return null;
  const { installation, random } = place;
  const number = installation.hosts.length + 1;
  const member = installation.storage.house.members.get(original.disk.memberId);
  const peer = random.chance(0.7) ? (member?.allowedEgress[0] ?? '') : '198.51.100.250';
  const copy = installation.addHost(`x${number}`, { ...original.disk }, peer);
  copy.startAgent();
  return {
    forMs: seconds(place, 30, 300),
    end: () => copy.cutPower(),
    memberId: original.disk.memberId,
    claims: [powerClaim(original), powerClaim(copy)],
  };
}
