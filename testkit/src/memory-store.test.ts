import { describePoolStore } from '../../apps/server/src/worker/pool-store-suite.ts';
import { buildBinding, buildMember, buildPool } from './builders.ts';
import { createFakeClock } from './fake-clock.ts';
import { memoryLease } from './memory-lease.ts';
import { memoryStore } from './memory-store.ts';

describePoolStore('in memory', async () => {
  const clock = createFakeClock();
  const lease = memoryLease();
  const store = memoryStore(clock, lease);
  const { house } = store;
  return {
    store,
    async addPool(id) {
      house.pools.set(id, buildPool({ id }));
    },
    async addMember(poolId, id, publicIpv4, enrolled) {
      house.members.set(id, buildMember(1, { id, poolId, publicIpv4 }));
      if (enrolled) house.enrolledAt.set(id, clock.now());
    },
    async reportAddress(id, ipv4) {
      house.reportedIpv4.set(id, ipv4);
    },
    async setAddress(id, publicIpv4) {
      const member = house.members.get(id);
      if (member !== undefined) house.members.set(id, { ...member, publicIpv4 });
    },
    async switchAutomaticFailoverOff(poolId) {
      const pool = house.pools.get(poolId);
      if (pool !== undefined) house.pools.set(poolId, { ...pool, automaticFailover: false });
    },
    async addBinding(poolId, id, name) {
      house.bindings.set(id, buildBinding({ id, poolId, name, takeOver: true }));
    },
    async acknowledge(poolId) {
      const pool = house.pools.get(poolId);
      if (pool !== undefined) house.pools.set(poolId, { ...pool, held: false });
      await clock.advance(1);
      house.acknowledgedAt.set(poolId, clock.now());
    },
    takeLease: async () => lease.grant(),
    settle: clock.settle,
    close: async () => undefined,
  };
});
