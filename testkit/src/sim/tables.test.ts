import type { MemberId, PoolId } from '@serverctl/core';
import { describeLiveness } from '../../../apps/server/src/liveness/liveness-suite.ts';
import { describeKeyStore } from '../../../apps/server/src/services/agent-session/key-store-suite.ts';
import { describeEnrolmentStore } from '../../../apps/server/src/services/enrolment/enrolment-store-suite.ts';
import { createBell } from '../bell.ts';
import { buildMember, buildPool, id } from '../builders.ts';
import { type MemoryHouse, newHouse } from '../memory-house.ts';
import { agentTables } from './agent-tables.ts';
import { livenessTables } from './liveness-tables.ts';

/* The tables of a simulated world pass the suites that PostgreSQL's pass. */

describeLiveness('in a simulated world', async () => {
  const [changed, flush] = [createBell(), createBell()];
  const tables = livenessTables(() => newHouse(), { changed: changed.ring, addressed: () => {} });
  return {
    beats: tables,
    liveness: {
      news: async (cursor) => tables.news(cursor),
      flush: async () => flush.ring(),
      onChange: changed.subscribe,
    },
    onFlushAsked: flush.subscribe,
    settle: async () => {},
    close: async () => {},
  };
});

function open() {
  const house = newHouse();
  const quarantines: MemberId[] = [];
  const heardBoots = new Map<MemberId, number>();
  const pool = buildPool({ id: id<PoolId>('p', 1), name: 'edge' });
  house.pools.set(pool.id, pool);
  const agents = agentTables({
    house: () => house,
    nowMs: () => 1_000_000,
    changed: () => {},
    heardBoot: (memberId) => heardBoots.get(memberId) ?? 0,
    quarantined: (memberId) => void quarantines.push(memberId),
    enrolled: () => {},
  });
  return { house, agents, quarantines, heardBoots };
}

function addTo({ members }: MemoryHouse, hostname: string): MemberId {
  const member = buildMember(members.size + 1, { hostname, allowedEgress: ['198.51.100.7'] });
  members.set(member.id, member);
  return member.id;
}

describeKeyStore('in a simulated world', async () => {
  const { house, agents, quarantines, heardBoots } = open();
  return {
    keys: agents,
    members: { read: async () => agents.readMembers() },
    storeBeat: async (memberId, boot) => void heardBoots.set(memberId, boot),
    async addEnrolled(hostname) {
      const memberId = addTo(house, hostname);
      agents.replaceKey(memberId, `k-${hostname}`, new Uint8Array(32));
      return memberId;
    },
    replaceKey: async (memberId, publicKey) => agents.replaceKey(memberId, `k2-${memberId}`, publicKey),
    removeMember: async (memberId) => void house.members.delete(memberId),
    isQuarantined: async (memberId) => house.quarantined.has(memberId),
    clearQuarantine: async (memberId) => agents.clearQuarantine(memberId),
    quarantines: async (memberId) => quarantines.filter((one) => one === memberId).length,
    close: async () => {},
  };
});

describeEnrolmentStore('in a simulated world', async () => {
  const { house, agents } = open();
  return {
    store: agents,
    addMember: async (hostname) => addTo(house, hostname),
    async removeMember(memberId) {
      house.members.delete(memberId);
      agents.rows.delete(memberId);
    },
    issueSecret: async (memberId, hash, expired = false) => agents.issueSecret(memberId, hash, expired ? -1 : 900_000),
    async keysOf(memberId) {
      const row = agents.rows.get(memberId);
      return row === undefined ? [] : [row.publicKey];
    },
    quarantine: async (memberId) => agents.quarantine(memberId),
    isQuarantined: async (memberId) => house.quarantined.has(memberId),
    close: async () => {},
  };
});
