import type { Member, MemberId, Pool, PoolId } from '@serverctl/core';
import type { Begun } from './begun.ts';
import type { FaultSide } from './fault-event.ts';
import type { Host } from './host.ts';
import type { Installation } from './installation.ts';
import type { Operator } from './operator.ts';
import type { Stream } from './random.ts';
import type { Replica } from './replica.ts';

/** What one fault of the catalogue is: named as reports and invariants name it. */
export interface FaultKind {
  readonly kind: string;
  readonly side: FaultSide;
  /** How often it is drawn, against the others. */
  readonly weight: number;
  /** Begins it somewhere; null when there is no place for it now. */
  begin(place: Place): Begun | null;
}

/** Where faults happen, and how a place for one is found. */
export interface Place {
  readonly installation: Installation;
  readonly operator: Operator;
  readonly random: Stream;
  /** True when no fault in force has claimed it. */
  isFree(claim: string): boolean;
  /**
   * Tells that something happens to this host as part of a fault of many or of another side: whoever judges must know of it. Returns what
   * tells its end.
   */
  strike(kind: string, host: Host): () => void;
  /** Longer in longer worlds. */
  readonly longestMs: number;
}

/** So many seconds, more often few than many. */
export function seconds({ random, longestMs }: Place, from: number, to: number): number {
  const skewed = random.fraction() ** 2;
  return Math.min(longestMs, 1_000 * (from + (to - from) * skewed));
}

export function powerClaim(host: Host): string {
  return `host ${host.name}`;
}

/** A host of a member that nothing is wrong with. */
export function freeHost(
  { installation, random, isFree }: Place,
  among: readonly Host[] = installation.hosts,
): Host | null {
  const free = among.filter((host) => host.hasPower && isFree(powerClaim(host)) && isMembers(installation, host));
  return free.length === 0 ? null : random.pick(free);
}

export function freeReplica({ installation, random, isFree }: Place): Replica | null {
  const free = installation.replicas.filter(
    (replica) => replica.edge?.clock.isRunning === true && isFree(replica.name),
  );
  return free.length === 0 ? null : random.pick(free);
}

/** The one that leads, as it sees it. */
export function leader({ installation, isFree }: Place): Replica | null {
  return installation.replicas.find((replica) => replica.truth().fence !== null && isFree(replica.name)) ?? null;
}

export function poolsOf({ storage }: Installation): readonly Pool[] {
  return [...storage.house.pools.values()];
}

export function membersOf({ storage }: Installation, poolId: PoolId): readonly Member[] {
  return [...storage.house.members.values()].filter((member) => member.poolId === poolId);
}

export function hostOf({ hosts }: Installation, memberId: MemberId | null): Host | null {
  return hosts.find(({ disk }) => disk.memberId === memberId) ?? null;
}

/** The host of a pool's active member. */
export function activeHost(place: Place): { readonly pool: Pool; readonly host: Host } | null {
  const pool = place.random.pick(poolsOf(place.installation));
  const host = hostOf(place.installation, pool.activeMemberId);
  return host === null || !host.hasPower || !place.isFree(powerClaim(host)) ? null : { pool, host };
}

/** HAProxy of a host is stopped until the returned function is called. */
export function stopHaproxy(place: Place, host: Host): () => void {
  const over = place.strike('haproxy-stopped', host);
  host.haproxy.stop();
  return () => {
    host.haproxy.start();
    over();
  };
}

function isMembers({ storage }: Installation, host: Host): boolean {
  return storage.house.members.has(host.disk.memberId);
}
