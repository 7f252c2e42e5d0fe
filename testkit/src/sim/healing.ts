import type { MemberId } from '@serverctl/core';
import type { Installation } from './installation.ts';
import type { Operator } from './operator.ts';

/**
 * Puts right what no fault's end puts right: everything is powered and started, late writes are over, and persons do what only persons can:
 * take away another control plane's mark, resume, acknowledge, end maintenances, enrol again who is in quarantine or whose key a restored
 * database does not know.
 */
export function healAll(installation: Installation, operator: Operator): void {
  const { hosts, replicas, storage, providers } = installation;
  const { house, store } = storage;
  for (const host of hosts) {
    if (host.name.startsWith('x')) continue; // a clone stays away
    host.power();
    host.startAgent();
    host.haproxy.start();
  }
  for (const replica of replicas) replica.start();
  for (const provider of providers) provider.settle();
  operator.removeForeignMarks();
  for (const pool of house.pools.values()) {
    if (house.poolMaintenance.has(pool.id)) store.operator.poolMaintenance(pool.id, null);
    if (pool.held) operator.act('acknowledge', { poolId: pool.id }, () => store.operator.acknowledge(pool.id));
    if (pool.paused !== null) operator.resume(pool);
  }
  for (const memberId of house.memberMaintenance.keys()) store.operator.memberMaintenance(memberId, null);
  for (const memberId of new Set([...house.quarantined, ...lostToRestore(installation, operator)]))
    operator.enrolAgain(memberId);
}

/** Members whose host has a key that is younger than the backup. */
function lostToRestore({ hosts, storage }: Installation, operator: Operator): readonly MemberId[] {
  if (!operator.hasRestored) return [];
  return hosts.flatMap(({ name, disk: { memberId, key } }) => {
    const isJudged = !name.startsWith('x') && storage.house.enrolledAt.has(memberId);
    const kept = storage.agents.rows.get(memberId)?.publicKey;
    return isJudged && (kept === undefined || !key.publicKey.equals(kept)) ? [memberId] : [];
  });
}
