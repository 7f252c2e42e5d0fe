import { formatMark, type Ipv4, type Member, type MemberId, type PromotionId } from '@serverctl/core';
import type { PromotionRecord } from '../../../apps/server/src/worker/ports.ts';
import { addressOf, buildBinding, buildMember, buildPool, id } from '../builders.ts';
import { type AgentKey, keyFromBytes } from './host.ts';
import type { Stream } from './random.ts';
import { instance, type MemberSpec, type PoolSpec, type WorldSpec } from './spec.ts';
import type { Storage } from './storage.ts';
import type { Zone } from './zone.ts';

/** Enrolled for so long when the world begins: nobody is new (R3). */
const enrolledForMs = 3_600_000;

/** Fills tables and zones as they are an hour after a first publish: the first member of each pool is active, epoch 1, published. */
export async function furnish(spec: WorldSpec, storage: Storage, zones: readonly Zone[], random: Stream) {
  const keys = new Map<MemberId, AgentKey>();
  for (const pool of spec.pools) addPool(storage, pool);
  for (const member of spec.members) {
    const key = keyFromBytes(random.bytes(32));
    keys.set(member.id, key);
    addMember(storage, member, key);
  }
  for (const pool of spec.pools) await publishFirst(spec, storage, pool, zones);
  return keys;
}

function addPool({ house }: Storage, { bindings, ...settings }: PoolSpec): void {
  house.pools.set(settings.id, buildPool(settings));
  for (const { id: bindingId, name, account, ttlSeconds } of bindings) {
    const zone = name.split('.').slice(-2).join('.') as typeof name;
    const credentialId = `credential-${account + 1}`;
    house.bindings.set(
      bindingId,
      buildBinding({ id: bindingId, poolId: settings.id, name, zone, ttlSeconds, credentialId }),
    );
  }
}

export function hostnameOf(number: number): string {
  return `lb${number}.example.com`;
}

/** Where the member's host comes from. It is public, so that an agent's address may become the record's. */
export function egressOf(number: number): string {
  return addressOf(number);
}

/** The member's row as it is before its agent said anything. */
export function memberOf({ number, id: memberId, poolId, zone, priority, addressBy }: MemberSpec): Member {
  return buildMember(number, {
    id: memberId,
    poolId,
    zone,
    priority,
    publicIpv4: addressBy === 'person' ? addressOf(number) : null,
    allowedEgress: [egressOf(number)],
    hostname: hostnameOf(number),
  });
}

function addMember(storage: Storage, spec: MemberSpec, key: AgentKey): void {
  const { house, agents } = storage;
  house.members.set(spec.id, memberOf(spec));
  if (spec.addressBy === 'agent') house.reportedIpv4.set(spec.id, addressOf(spec.number));
  house.enrolledAt.set(spec.id, storage.nowMs() - enrolledForMs);
  agents.replaceKey(spec.id, id('k', spec.number), key.publicKey);
}

async function publishFirst(spec: WorldSpec, storage: Storage, pool: PoolSpec, zones: readonly Zone[]): Promise<void> {
  const first = spec.members.find(({ poolId }) => poolId === pool.id);
  if (first === undefined) return;
  const row = (await storage.store.pools()).find((one) => one.pool.id === pool.id);
  if (row === undefined) return;
  const address = addressOf(first.number);
  await storage.store.operator.promote(firstPublish(row.pool, first, address));
  for (const { id: bindingId, name, account, ttlSeconds } of pool.bindings) {
    const binding = storage.house.bindings.get(bindingId);
    if (binding !== undefined)
      storage.house.bindings.set(bindingId, { ...binding, publishedEpoch: 1, publishedAddress: address });
    const text = formatMark({ instance, pool: pool.id, epoch: 1 });
    const held = { addresses: [address], ttlSeconds, text };
    const zone = zones[account];
    zone?.put(name, held);
    for (const server of zone?.servers ?? []) server.answers.set(name, held);
  }
}

function firstPublish(pool: PromotionRecord['evidence']['pool'], to: MemberSpec, address: Ipv4): PromotionRecord {
  return {
    id: id<PromotionId>('f', Number(pool.id.slice(1))),
    poolId: pool.id,
    kind: 'first-publish',
    cause: 'first-publish',
    from: null,
    to: to.id,
    address,
    confirmedNames: [],
    expectedEpoch: 0,
    evidence: {
      pool,
      members: [],
      listening: {
        blindBecause: null,
        blindForMs: 0,
        heardMembers: 0,
        enrolledMembers: 0,
        nobodyHeardForMs: 0,
        nobodyHeardAfterMs: 0,
      },
      automaticPromotionAgesMs: [],
      lastPromotionAgeMs: null,
      minuteOfDay: 0,
      fleet: { zones: [], poolCount: 0, promotionAgesMs: [], brakesReleasedForMs: null },
      maintenanceLeftMs: null,
      unpublished: null,
    },
    decision: { kind: 'keep', because: 'no-active-member' },
    sentence: 'Confirmed by a person.',
    actor: 'person',
    reason: null,
    detectedAgoMs: null,
    lastHeartbeatAgoMs: null,
  };
}
