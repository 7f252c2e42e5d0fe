import { describePoolStore } from '../../apps/server/src/worker/pool-store-suite.ts';
import { buildBinding, buildMember, buildPool } from './builders.ts';
import { createFakeClock } from './fake-clock.ts';
import { memoryLease } from './memory-lease.ts';
import { timelineOf } from './memory-publication.ts';
import { databaseTime, memoryStore } from './memory-store.ts';

describePoolStore('in memory', async () => {
  const clock = createFakeClock();
  const lease = memoryLease();
  const now = databaseTime(clock);
  const store = memoryStore(clock, lease, now);
  const { house, operator } = store;
  return {
    store,
    promote: operator.promote,
    async addPool(id) {
      house.pools.set(id, buildPool({ id }));
    },
    async addMember(poolId, id, publicIpv4, enrolled) {
      house.members.set(id, buildMember(1, { id, poolId, publicIpv4 }));
      if (enrolled) house.enrolledAt.set(id, clock.now());
    },
    async reportAddress(id, address) {
      const reported = address.includes(':') ? house.reportedIpv6 : house.reportedIpv4;
      reported.set(id, address);
    },
    async setAddress(id, address, type = 'A') {
      const member = house.members.get(id);
      const change = type === 'A' ? { publicIpv4: address } : { publicIpv6: address };
      if (member !== undefined) house.members.set(id, { ...member, ...change });
    },
    async requireIpv6(poolId) {
      const pool = house.pools.get(poolId);
      if (pool !== undefined) house.pools.set(poolId, { ...pool, ipv6: 'require' });
    },
    async switchAutomaticFailoverOff(poolId) {
      const pool = house.pools.get(poolId);
      if (pool !== undefined) house.pools.set(poolId, { ...pool, automaticFailover: false });
    },
    async switchDynamicDns(poolId, isOn) {
      const pool = house.pools.get(poolId);
      if (pool !== undefined) house.pools.set(poolId, { ...pool, dynamicDns: isOn });
    },
    async addBinding(poolId, id, name, type = 'A') {
      house.bindings.set(id, buildBinding({ id, poolId, name, type, takeOver: { mark: null } }));
    },
    acknowledge: async (poolId) => operator.acknowledge(poolId),
    setPoolMaintenance: async (poolId, forMs) => operator.poolMaintenance(poolId, forMs),
    setMemberMaintenance: async (memberId, forMs) => operator.memberMaintenance(memberId, forMs),
    pause: async (poolId) => operator.pause(poolId),
    resume: async (poolId) => operator.resume(poolId),
    releaseBrakes: async (forMs) => operator.releaseBrakes(forMs),
    restoreBrakes: async () => operator.restoreBrakes(),
    quarantine: async (memberId) => operator.quarantine(memberId),
    jumpWallClock: async (ms) => clock.jumpWallTime(ms),
    tell: async (notice) => void house.events.push(notice),
    events: async (poolId) =>
      house.events.filter((event) => event.poolId === poolId && event.kind !== 'pool.promoted').map(({ kind }) => kind),
    decisions: async (poolId) =>
      [...house.decisions.values()]
        .filter((kept) => kept.poolId === poolId)
        .map(({ decision, sentence, evidence }) => ({ poolId, decision, sentence, evidence })),
    status: async (poolId) => house.statuses.get(poolId) ?? null,
    async timeline(name) {
      const { steps, oldAnswerUntil } = timelineOf(house, name);
      const kept = [...steps].map(([key, at]) => {
        const [epoch = '', step = ''] = key.split(' ');
        return { epoch: Number(epoch), step, agoMs: now() - at };
      });
      const oldAnswerLeftMs = oldAnswerUntil === null ? null : oldAnswerUntil - now();
      return { steps: kept.toSorted((a, b) => b.agoMs - a.agoMs), oldAnswerLeftMs };
    },
    takeLease: async () => lease.grant(),
    settle: clock.settle,
    close: async () => undefined,
  };
});
