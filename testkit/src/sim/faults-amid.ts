import type { PoolId } from '@serverctl/core';
import {
  activeHost,
  type FaultKind,
  hostOf,
  leader,
  membersOf,
  type Place,
  poolsOf,
  powerClaim,
  repeat,
  seconds,
  stopHaproxy,
} from './fault.ts';
import { jumpMs } from './faults-control-plane.ts';
import type { Host } from './host.ts';
import { imposeBoth } from './network.ts';
import { recordKey } from './zone.ts';

/*
 * Two troubles that meet: what only their meeting shows comes too seldom by chance. Those that touch the control plane beside a host are
 * named in invariants/sides.ts, since beats may be lost in them.
 */
export const amidFaults: readonly FaultKind[] = [
  kind('failover-amid-lost-replies', 1.5, 'host', (place) => {
    const { database } = place.installation.storage;
    if (!place.isFree('database') || database.state !== 'up') return null;
    const hosts = new Set(
      Array.from({ length: 3 }, () => activeHost(place)?.host).filter((host) => host !== undefined),
    );
    const ends = [...hosts].map((host) => stopHaproxy(place, host));
    database.lostReplies = place.random.pick([0.3, 0.6]);
    const end = () => {
      database.lostReplies = 0;
      for (const over of ends) over();
    };
    return { forMs: seconds(place, 15, 60), end, claims: ['database', ...[...hosts].map(powerClaim)] };
  }),
  kind('failover-amid-waking-leader', 2, 'host', failoverAmidWakingLeader),
  kind('failover-amid-lone-sleeper', 1.5, 'host', failoverAmidLoneSleeper),
  kind('failover-amid-newcomer', 1.5, 'host', failoverAmidNewcomer),
  kind('failover-amid-maintenance', 1.5, 'host', (place) => {
    const found = activeHost(place);
    if (found === null) return null;
    const { pool, host } = found;
    const { operator: tables } = place.installation.storage.store;
    const { memberId } = host.disk;
    const forMs = seconds(place, 60, 200);
    if (place.random.chance(0.5))
      place.operator.act('pool-maintenance', { poolId: pool.id }, () => tables.poolMaintenance(pool.id, forMs));
    else place.operator.act('member-maintenance', { memberId }, () => tables.memberMaintenance(memberId, forMs));
    return { forMs: forMs / 2, end: stopHaproxy(place, host), poolId: pool.id, memberId, claims: [powerClaim(host)] };
  }),
  kind('power-cut-amid-frozen-listeners', 2.5, 'host', powerCutAmidFrozenListeners),
  kind('flapping-amid-clock-jumps', 1.5, 'host', (place) => {
    const { storage } = place.installation;
    const flapping = activesFlap(place);
    if (flapping === null) return null;
    const stop = repeat(place, place.random.between(25_000, 70_000), (turn) => {
      if (turn === 0) return;
      storage.jumpWallTime(jumpMs(place));
      place.happen('database-clock-jumps', 'control-plane');
    });
    const end = () => {
      stop();
      flapping.end();
    };
    return { ...flapping, forMs: seconds(place, 240, 600), end };
  }),
  kind('actives-flap', 1.5, 'host', activesFlap),
  kind('failover-amid-lost-write', 1.5, 'provider', failoverAmidLostWrite),
  kind('switchovers-amid-slow-provider', 1.5, 'provider', switchoversAmidSlowProvider),
];

function kind(name: string, weight: number, side: FaultKind['side'], begin: FaultKind['begin']): FaultKind {
  return { kind: name, side, weight, begin };
}

/** Whoever of one pool becomes active fails, and its predecessor comes back: what R11 is against. */
function activesFlap(place: Place) {
  const found = activeHost(place);
  if (found === null) return null;
  const { pool } = found;
  let recover = () => {};
  const everyMs = pool.haproxyGraceMs + place.random.between(12_000, 45_000);
  const stop = repeat(place, everyMs, () => {
    recover();
    const { house } = place.installation.storage;
    const next = hostOf(place.installation, house.pools.get(pool.id)?.activeMemberId ?? null);
    recover = next === null || !next.hasPower ? () => {} : stopHaproxy(place, next);
  });
  const end = () => {
    stop();
    recover();
  };
  return { forMs: seconds(place, 120, 600), end, poolId: pool.id };
}

/**
 * The leader's machine is suspended until another leads, and goes on when a failover is about due: for a moment both would make it, and
 * the fence alone keeps the old one out (R15).
 */
function failoverAmidWakingLeader(place: Place) {
  const { installation, random } = place;
  const replica = leader(place);
  const found = activeHost(place);
  if (replica === null || found === null) return null;
  const { pool, host } = found;
  replica.pause('suspend');
  const dueMs = random.between(14_000, 20_000);
  let isOver = false;
  let recover = () => {};
  installation.clock.schedule(Math.max(0, dueMs - pool.haproxyGraceMs), () => {
    if (!isOver && host.hasPower) recover = stopHaproxy(place, host);
  });
  installation.clock.schedule(dueMs + random.between(-600, 100), () => {
    if (!isOver) replica.resume();
  });
  const end = () => {
    isOver = true;
    replica.resume();
    recover();
  };
  const claims = [replica.name, powerClaim(host)];
  return { forMs: dueMs + seconds(place, 5, 60), end, poolId: pool.id, replica: replica.name, claims };
}

/**
 * The only process left is suspended right before a failover is due, and everybody who could take over goes meanwhile: when it wakes, all
 * that it heard looks young to it.
 */
function failoverAmidLoneSleeper(place: Place) {
  const { installation, random } = place;
  const replica = leader(place);
  const found = activeHost(place);
  const others = installation.replicas.filter((one) => one !== replica && one.isUp);
  if (replica === null || found === null || !others.every(({ name }) => place.isFree(name))) return null;
  const { pool, host } = found;
  const standbys = standbysOf(place, pool.id, host);
  for (const other of others) other.kill();
  const ends = [stopHaproxy(place, host)];
  let isOver = false;
  const sleepsAfterMs = pool.haproxyGraceMs + random.between(-800, 100);
  installation.clock.schedule(sleepsAfterMs, () => {
    if (isOver) return;
    replica.pause('suspend');
    ends.push(...standbys.map((standby) => cutPower(place, standby)));
  });
  const wakesAfterMs = Math.max(0, sleepsAfterMs) + seconds(place, 8, 40);
  installation.clock.schedule(wakesAfterMs, () => {
    if (!isOver) replica.resume();
  });
  const end = () => {
    isOver = true;
    replica.resume();
    for (const other of others) other.start();
    for (const over of ends) over();
  };
  const claims = [...[replica, ...others].map(({ name }) => name), ...[host, ...standbys].map(powerClaim)];
  return { forMs: wakesAfterMs + seconds(place, 5, 20), end, poolId: pool.id, claims };
}

/** The active member goes right after a new standby has come, and with it the others that could take over (R3). */
function failoverAmidNewcomer(place: Place) {
  const { installation, operator, random } = place;
  const found = activeHost(place);
  if (found === null) return null;
  const { pool, host } = found;
  const standbys = standbysOf(place, pool.id, host);
  if (operator.addMember(pool) === null) return null;
  let isOver = false;
  const ends: (() => void)[] = [];
  installation.clock.schedule(random.between(2_000, 25_000), () => {
    if (!isOver) ends.push(stopHaproxy(place, host), ...standbys.map((standby) => cutPower(place, standby)));
  });
  const end = () => {
    isOver = true;
    for (const over of ends) over();
  };
  return { forMs: seconds(place, 30, 90), end, poolId: pool.id, claims: [host, ...standbys].map(powerClaim) };
}

/** Hosts of a pool's members beside this one that nothing is wrong with. */
function standbysOf(place: Place, poolId: PoolId, active: Host): readonly Host[] {
  return membersOf(place.installation, poolId)
    .flatMap(({ id }) => hostOf(place.installation, id) ?? [])
    .filter((one) => one !== active && one.hasPower && place.isFree(powerClaim(one)));
}

function cutPower(place: Place, host: Host): () => void {
  const over = place.strike('power-cut', host);
  host.cutPower();
  return () => {
    host.power();
    over();
  };
}

/** Active hosts go while nobody but the leader stores what it hears: their silence is proven by none of the others (R2). */
function powerCutAmidFrozenListeners(place: Place) {
  const { installation, random } = place;
  const led = leader(place);
  const others = installation.replicas.filter(({ edge, name }) => edge?.clock.isRunning === true && place.isFree(name));
  const frozen = others.filter((replica) => replica !== led);
  const found = new Set(Array.from({ length: 3 }, () => activeHost(place)?.host).filter((host) => host !== undefined));
  if (led === null || frozen.length === 0 || found.size === 0) return null;
  const hosts = [...found];
  for (const replica of frozen) replica.pause('stop');
  let isOver = false;
  let ends: readonly (() => void)[] = [];
  installation.clock.schedule(random.between(0, 400), () => {
    if (isOver) return;
    ends = hosts.map((host) => cutPower(place, host));
  });
  const end = () => {
    isOver = true;
    for (const replica of frozen) replica.resume();
    for (const over of ends) over();
  };
  return { forMs: seconds(place, 8, 40), end, claims: [...frozen.map(({ name }) => name), ...hosts.map(powerClaim)] };
}

/**
 * The first write of a failover is carried out, nobody hears of it, and the providers are away after it, while whom the failover left
 * comes back: what may have been written must not be withdrawn (R19; PRODUCT.md section 4).
 */
function failoverAmidLostWrite(place: Place) {
  const { installation } = place;
  const accounts = installation.providers.map(({ account }) => account);
  const claimed = accounts.map(({ credentialId }) => `account ${credentialId}`);
  const found = activeHost(place);
  if (found === null || !claimed.every((claim) => place.isFree(claim))) return null;
  const { pool, host } = found;
  const textsOfMarks = () => {
    const names = [...installation.storage.house.bindings.values()].filter(({ poolId }) => poolId === pool.id);
    return names.map((one) => installation.zones.map((zone) => zone.get(recordKey(one)).text ?? '').join()).join();
  };
  const before = textsOfMarks();
  for (const account of accounts) account.plan = { share: 1, troubles: ['answer-lost'], writesOnly: true };
  let recover = stopHaproxy(place, host);
  const stop = repeat(place, 50, () => {
    if (textsOfMarks() === before) return;
    for (const account of accounts) account.down = true;
    recover();
    recover = () => {};
  });
  const end = () => {
    stop();
    for (const account of accounts) {
      account.plan = null;
      account.down = false;
    }
    recover();
  };
  return {
    forMs: pool.haproxyGraceMs + seconds(place, 40, 90),
    end,
    poolId: pool.id,
    claims: [...claimed, powerClaim(host)],
  };
}

/** A person thinks again while a write under the last epoch is being prepared (R16). */
function switchoversAmidSlowProvider(place: Place) {
  const { installation, operator, random } = place;
  const { replicas, providers, ways, storage } = installation;
  const { id: poolId } = random.pick(poolsOf(installation));
  const all = replicas.flatMap(({ name }) => providers.map((_, account) => ways.provider(name, account)));
  const delayMs = random.pick([300, 800, 1_500]);
  const ends = all.map((way) => imposeBoth(way, { delayMs }));
  const stop = repeat(place, random.between(delayMs / 2, 4_000), (turn) => {
    const pool = storage.house.pools.get(poolId);
    const others = membersOf(installation, poolId).filter(({ id }) => id !== pool?.activeMemberId);
    if (turn < 4 && pool !== undefined && others.length > 0) operator.switchover(pool, random.pick(others).id);
  });
  const end = () => {
    stop();
    for (const over of ends) over();
  };
  return { forMs: seconds(place, 15, 60), end, poolId };
}
