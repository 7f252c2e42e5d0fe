import type { DnsName } from '@serverctl/core';
import { describePreflightStore } from '../../apps/server/src/worker/preflight-store-suite.ts';
import { buildBinding, id } from './builders.ts';
import { createFakeClock } from './fake-clock.ts';
import { newHouse } from './memory-house.ts';
import { memoryLease } from './memory-lease.ts';
import { memoryPreflights } from './memory-preflights.ts';

describePreflightStore('in memory', async () => {
  const house = newHouse();
  const lease = memoryLease();
  const clock = createFakeClock();
  let made = 0;
  return {
    store: memoryPreflights(house, lease, clock),
    async bind(name, { zone = 'example.com', type = 'A' } = {}) {
      made += 1;
      const own = { id: id<ReturnType<typeof buildBinding>['id']>('b', made), name: name as DnsName };
      house.bindings.set(own.id, buildBinding({ ...own, zone: zone as DnsName, type, credentialId: 'c1' }));
    },
    async release(name) {
      for (const [key, binding] of house.bindings) if (binding.name === name) house.bindings.delete(key);
    },
    later: clock.advance,
    lead: async () => lease.grant(),
    told: async () => house.events.map(({ kind, sentence, details }) => ({ kind, sentence, zone: details['zone'] })),
  };
});
