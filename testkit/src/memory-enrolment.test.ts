import type { MemberId } from '@serverctl/core';
import { describeKeyStore } from '../../apps/server/src/services/agent-session/key-store-suite.ts';
import { describeEnrolmentStore } from '../../apps/server/src/services/enrolment/enrolment-store-suite.ts';
import { createMemoryEnrolment } from './memory-enrolment.ts';

const memberOf = (hostname: string) => ({
  id: `m-${hostname}` as MemberId,
  poolId: `p-${hostname}`,
  poolName: 'edge',
  hostname,
  allowedEgress: ['198.51.100.7'],
});

describeEnrolmentStore('in memory', async () => {
  const memory = createMemoryEnrolment(() => 1_000);
  return {
    store: memory.enrolments,
    async addMember(hostname) {
      memory.addMember(memberOf(hostname));
      return memberOf(hostname).id;
    },
    removeMember: async (id) => memory.removeMember(id),
    issueSecret: async (id, hash, expired = false) => memory.issueSecret(id, hash, expired ? -1 : 900_000),
    async keysOf(id) {
      const key = memory.keyOf(id);
      return key === null ? [] : [key.publicKey];
    },
    quarantine: async (id) => memory.quarantine(id, 'two-runs'),
    isQuarantined: async (id) => memory.quarantineOf(id) !== null,
    close: async () => {},
  };
});

describeKeyStore('in memory', async () => {
  const told: MemberId[] = [];
  const memory = createMemoryEnrolment(() => 1_000, { onQuarantined: (id) => void told.push(id) });
  return {
    keys: memory.keys,
    async addEnrolled(hostname) {
      const member = memberOf(hostname);
      const secretHash = Buffer.from(hostname);
      memory.addMember(member);
      memory.issueSecret(member.id, secretHash, 900_000);
      const said = { keyId: `k-${hostname}`, publicKey: new Uint8Array(32), peer: '198.51.100.7' };
      const use = { ...said, secretHash, agentVersion: '0.1.0', requestId: 'req-1' };
      await memory.enrolments.use(use, () => null);
      return member.id;
    },
    removeMember: async (id) => memory.removeMember(id),
    isQuarantined: async (id) => memory.quarantineOf(id) !== null,
    clearQuarantine: async (id) => void memory.clearQuarantine(id),
    quarantines: (id) => told.filter((one) => one === id).length,
    close: async () => {},
  };
});
