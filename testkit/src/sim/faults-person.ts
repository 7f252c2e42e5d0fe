import { addressFor, formatMark, type Member, type Pool, type RecordType } from '@serverctl/core';
import { withAddresses } from '../memory-promote.ts';
import type { Begun } from './begun.ts';
import { type FaultKind, membersOf, type Place, poolsOf, seconds } from './fault.ts';
import { otherInstance } from './spec.ts';
import type { Held } from './zone.ts';

/** Addresses that no host has. */
const strangers = { A: '192.0.2.99', AAAA: '2001:db8:99::1' } as const;
const doubles = { A: '192.0.2.98', AAAA: '2001:db8:98::1' } as const;

/** What people do: at the operator's services, and past them at the provider. */
export const personFaults: readonly FaultKind[] = [
  edit('record-to-other-member', 2, (held, place, pool, type) => {
    const other = pick(
      place,
      membersOf(place.installation, pool.id).filter(({ id }) => id !== pool.activeMemberId),
    );
    const address = other === null ? null : addressFor(withAddresses(place.installation.storage.house, other), type);
    return address === null ? held : { ...held, addresses: [address] };
  }),
  edit('record-to-stranger', 2, (held, _place, _pool, type) => ({ ...held, addresses: [strangers[type]] })),
  edit('record-deleted', 2, (held) => ({ ...held, addresses: [] })),
  edit('record-doubled', 1, (held, _place, _pool, type) => ({
    ...held,
    addresses: [...held.addresses, doubles[type]],
  })),
  edit('mark-deleted', 1, (held) => ({ ...held, text: null })),
  edit('foreign-mark', 1, (held, _place, pool) => ({
    ...held,
    text: formatMark({ instance: otherInstance, pool: pool.id, epoch: 3 }),
  })),
  act('switchover', 4, (place, pool) => {
    const to = pick(
      place,
      membersOf(place.installation, pool.id).filter(({ id }) => id !== pool.activeMemberId),
    );
    if (to !== null) place.operator.switchover(pool, to.id);
  }),
  act('acknowledge', 2, ({ installation, operator }, pool) => {
    operator.act('acknowledge', { poolId: pool.id }, () => installation.storage.store.operator.acknowledge(pool.id));
  }),
  act('adopt', 1, (place, pool) => {
    const to = pick(place, membersOf(place.installation, pool.id));
    if (to !== null && pool.paused === null) place.operator.adopt(pool, to.id);
  }),
  act('repair', 1, ({ operator }, pool) => operator.repair(pool)),
  act('settings', 3, ({ operator, random }, pool) => {
    const failoverDelayMs = 1_000 * random.pick([10, 20, 45, 90]);
    operator.changePool(
      pool,
      random.chance(0.5) ? { failoverDelayMs } : { haproxyGraceMs: 1_000 * random.whole(0, 10) },
    );
  }),
  kind('automatic-off', 1, (place) => {
    const pool = place.random.pick(poolsOf(place.installation));
    if (!pool.automaticFailover || !place.isFree(`automatic ${pool.id}`)) return null;
    place.operator.changePool(pool, { automaticFailover: false });
    const end = () => place.operator.changePool(pool, { automaticFailover: true });
    return { forMs: seconds(place, 20, 300), end, poolId: pool.id, claims: [`automatic ${pool.id}`] };
  }),
  kind('pool-maintenance', 1.5, (place) => {
    const pool = place.random.pick(poolsOf(place.installation));
    const { store } = place.installation.storage;
    const forMs = seconds(place, 30, 400);
    place.operator.act('pool-maintenance', { poolId: pool.id }, () => store.operator.poolMaintenance(pool.id, forMs));
    return { forMs: 0, poolId: pool.id };
  }),
  kind('member-maintenance', 2.5, (place) => {
    const member = place.random.pick([...place.installation.storage.house.members.values()]);
    const { store } = place.installation.storage;
    const forMs = seconds(place, 30, 400);
    place.operator.act('member-maintenance', { memberId: member.id }, () =>
      store.operator.memberMaintenance(member.id, forMs),
    );
    return { forMs: 0, poolId: member.poolId, memberId: member.id };
  }),
  kind('paused', 1.5, (place) => {
    const pool = place.random.pick(poolsOf(place.installation));
    if (pool.paused !== null) return null;
    const { storage } = place.installation;
    place.operator.act('pause', { poolId: pool.id }, () => storage.store.operator.pause(pool.id));
    const end = () => {
      const now = storage.house.pools.get(pool.id);
      if (now !== undefined && now.paused !== null) place.operator.resume(now);
    };
    return { forMs: seconds(place, 20, 300), end, poolId: pool.id };
  }),
  kind('brakes-released', 1.5, (place) => {
    const { store } = place.installation.storage;
    const forMs = place.random.pick([60_000, 600_000]);
    place.operator.act('release-brakes', {}, () => store.operator.releaseBrakes(forMs));
    return { forMs: 0 };
  }),
  kind('new-member', 2, (place) => {
    const pool = place.random.pick(poolsOf(place.installation));
    const memberId = place.operator.addMember(pool);
    return memberId === null ? null : { forMs: 0, poolId: pool.id, memberId };
  }),
  kind('standby-removed', 0.7, (place) => {
    const pool = place.random.pick(poolsOf(place.installation));
    const members = membersOf(place.installation, pool.id);
    const standby = pick(
      place,
      members.filter(({ id }) => id !== pool.activeMemberId),
    );
    if (standby === null || members.length < 3) return null;
    place.operator.removeMember(standby);
    return { forMs: 0, poolId: pool.id, memberId: standby.id };
  }),
  kind('restored-backup', 2.5, (place) => place.operator.restoreBackup(seconds(place, 3, 20))),
];

function kind(name: string, weight: number, begin: FaultKind['begin']): FaultKind {
  return { kind: name, side: 'person', weight, begin };
}

/** An act about one pool, over when it is done. */
function act(name: string, weight: number, run: (place: Place, pool: Pool) => void): FaultKind {
  return kind(name, weight, (place): Begun => {
    const pool = place.random.pick(poolsOf(place.installation));
    run(place, pool);
    return { forMs: 0, poolId: pool.id };
  });
}

/** An edit of a record past the control plane. */
function edit(
  name: string,
  weight: number,
  change: (held: Held, place: Place, pool: Pool, type: RecordType) => Held,
): FaultKind {
  return act(name, weight, (place, pool) => {
    const bindings = [...place.installation.storage.house.bindings.values()].filter(({ poolId }) => poolId === pool.id);
    if (bindings.length === 0) return;
    const record = place.random.pick(bindings);
    const by = name === 'foreign-mark' ? 'other-plane' : 'person';
    place.operator.editRecord(record, by, (held) => change(held, place, pool, record.type));
  });
}

function pick({ random }: Place, members: readonly Member[]): Member | null {
  return members.length === 0 ? null : random.pick(members);
}
