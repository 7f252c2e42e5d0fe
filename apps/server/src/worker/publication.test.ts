import type { DnsProvider, InstanceId, Ipv4, PromotionId } from '@serverctl/core';
import { expect, test } from 'vitest';
import {
  addressOf,
  buildBinding,
  buildMember,
  buildPool,
  createFakeClock,
  memoryLease,
  seededRandom,
} from '../../../../testkit/src/index.ts';
import { createCallBudget } from './budget.ts';
import { createFirstLook } from './first-look.ts';
import type { Binding, DesiredRecord, PoolStore, PoolWithMembers } from './ports.ts';
import { Publication } from './publication.ts';
import type { PublicationLog } from './publication-log.ts';
import { createZoneDesk } from './zone-desk.ts';

const member = buildMember(1);
const binding = buildBinding();
const row: PoolWithMembers = {
  pool: buildPool({ activeMemberId: member.id, epoch: 2 }),
  members: [member],
  enrolledForMs: new Map(),
  bindings: [binding],
  recentPromotions: [],
  present: null,
  maintenance: null,
  memberMaintenance: new Map(),
  quarantined: new Set(),
};

/** One pass whose store answers when told to, and whose providers only say who was asked. */
function pass() {
  const lease = memoryLease();
  lease.grant();
  const desired = Promise.withResolvers<DesiredRecord>();
  let asked = 0;
  const opened: string[] = [];
  const read: string[] = [];
  const forCredential = async (credentialId: string) => {
    opened.push(credentialId);
    const asked = (): Promise<never> => {
      read.push(credentialId);
      return new Promise(() => {});
    };
    return { read: asked } as unknown as DnsProvider;
  };
  const clock = createFakeClock();
  const budget = createCallBudget(clock, () => null);
  const ports = {
    clock,
    random: seededRandom(1),
    store: {
      desired() {
        asked += 1;
        return desired.promise;
      },
    } as unknown as PoolStore,
    lease,
    providers: { instance: 'cp0000000001' as InstanceId, forCredential, limitOf: () => null },
    verifier: { verify: async () => {}, verifyByRead() {} },
    budget,
    zones: createZoneDesk({ clock, budget, lease }),
    pauser: { pause: async () => 'paused' as const },
    driftWatch: { watch: async () => {} },
    firstLook: createFirstLook(clock),
    memberOf: () => null,
    isWithheld: () => false,
    log: { info() {}, warn() {}, error() {} },
  };
  const say = { termBegins() {}, publishing() {}, troubled() {} } as unknown as PublicationLog;
  const stop = new AbortController();
  const publication = new Publication(ports, binding.id, row, say);
  const ended = publication.run(stop.signal);
  return {
    clock,
    opened,
    read,
    publication,
    asked: () => asked,
    answer: (wished: Binding) =>
      desired.resolve({
        binding: wished,
        address: addressOf(1) as Ipv4,
        epoch: 2,
        promotionId: 'x' as PromotionId,
        pausedEpoch: null,
      }),
    async end() {
      stop.abort();
      await clock.advance(1_000);
      await ended;
    },
  };
}

test('the name’s credential is opened beside the read of the wish, once: a round trip less in a promotion’s way', async () => {
  const { clock, opened, read, answer, end } = pass();
  await clock.settle();
  expect([opened, read]).toEqual([['credential'], []]);
  answer(binding);
  await clock.settle();
  expect([opened, read]).toEqual([['credential'], ['credential']]);
  await end();
});

test('a name that has another credential by now is written with that one (R17)', async () => {
  const { clock, read, answer, end } = pass();
  answer({ ...binding, credentialId: 'another' });
  await clock.settle();
  expect(read).toEqual(['another']);
  await end();
});

test('an epoch heard of while the wish is read asks again only if the answer does not know it yet (R16)', async () => {
  for (const [heard, passes] of [
    [3, 2],
    [2, 1],
  ] as const) {
    const { clock, publication, answer, asked, end } = pass();
    await clock.settle();
    publication.follow({ ...row, pool: { ...row.pool, epoch: heard } });
    answer(binding);
    await clock.advance(4_500); // the read never comes back: its time limit ends the pass, and the back-off is longer
    expect(asked()).toBe(passes);
    await end();
  }
});
