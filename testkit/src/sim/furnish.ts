import { formatMark, type Ipv4, type Ipv6, type Member, type MemberId, type PromotionId } from '@serverctl/core';
import type { PromotionRecord } from '../../../apps/server/src/worker/ports.ts';
import { address6Of, addressOf, buildBinding, buildMember, buildPool, id } from '../builders.ts';
import { type AgentKey, type Disk, keyFromBytes } from './host.ts';
import type { Stream } from './random.ts';
import { instance, type MemberSpec, type PoolSpec, type WorldSpec } from './spec.ts';
import type { Storage } from './storage.ts';
import { recordKey, type Zone } from './zone.ts';

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
  for (const { id: bindingId, name, type, account, ttlSeconds } of bindings) {
    const zone = name.split('.').slice(-2).join('.') as typeof name;
    const credentialId = `credential-${account + 1}`;
    house.bindings.set(
      bindingId,
      buildBinding({ id: bindingId, poolId: settings.id, name, zone, type, ttlSeconds, credentialId }),
    );
  }
}

function hostnameOf(number: number): string {
  return `lb${number}.example.com`;
}

/** Where the member's host comes from. It is public, so that an agent's address may become the record's. */
export function egressOf(number: number): string {
  return addressOf(number);
}

/** The member's row as it is before its agent said anything. */
export function memberOf({ number, id: memberId, poolId, zone, priority, addressBy, hasIpv6 }: MemberSpec): Member {
  return buildMember(number, {
    id: memberId,
    poolId,
    zone,
    priority,
    publicIpv4: addressBy === 'person' ? addressOf(number) : null,
    publicIpv6: addressBy === 'person' && hasIpv6 ? address6Of(number) : null,
    allowedEgress: [egressOf(number)],
    hostname: hostnameOf(number),
  });
}

/** What the member's agent declares; null = nothing, where a person set it or the host has none. */
function declaredIpv6Of({ number, addressBy, hasIpv6 }: MemberSpec): Ipv6 | null {
  return addressBy === 'agent' && hasIpv6 ? address6Of(number) : null;
}

/** What the member's host keeps before anybody said anything to it. */
export function diskOf(member: MemberSpec): Omit<Disk, 'key' | 'urls'> {
  const { id: memberId, number } = member;
  const publicIpv6 = declaredIpv6Of(member);
  return { memberId, hostname: hostnameOf(number), publicIpv4: null, publicIpv6, lastKnown: null };
}

function addMember(storage: Storage, spec: MemberSpec, key: AgentKey): void {
  const { house, agents } = storage;
  house.members.set(spec.id, memberOf(spec));
  if (spec.addressBy === 'agent') house.reportedIpv4.set(spec.id, addressOf(spec.number));
  const declared = declaredIpv6Of(spec);
  if (declared !== null) house.reportedIpv6.set(spec.id, declared);
  house.enrolledAt.set(spec.id, storage.nowMs() - enrolledForMs);
  agents.replaceKey(spec.id, id('k', spec.number), key.publicKey);
}

async function publishFirst(spec: WorldSpec, storage: Storage, pool: PoolSpec, zones: readonly Zone[]): Promise<void> {
  const first = spec.members.find(({ poolId }) => poolId === pool.id);
  if (first === undefined) return;
  const row = (await storage.store.pools()).find((one) => one.pool.id === pool.id);
  if (row === undefined) return;
  const addresses = { A: addressOf(first.number), AAAA: first.hasIpv6 ? address6Of(first.number) : null };
  await storage.store.operator.promote(firstPublish(row.pool, first, addresses));
  for (const { id: bindingId, name, type, account, ttlSeconds } of pool.bindings) {
    const address = addresses[type];
    const binding = storage.house.bindings.get(bindingId);
    if (binding !== undefined)
      storage.house.bindings.set(bindingId, { ...binding, publishedEpoch: 1, publishedAddress: address });
    const text = formatMark({ instance, pool: pool.id, epoch: 1 });
    const held = { addresses: address === null ? [] : [address], ttlSeconds, text };
    const zone = zones[account];
    const key = recordKey({ name, type });
    zone?.put(key, held);
    for (const server of zone?.servers ?? []) server.answers.set(key, held);
  }
}

function firstPublish(
  pool: PromotionRecord['evidence']['pool'],
  to: MemberSpec,
  { A: address, AAAA: address6 }: { readonly A: Ipv4; readonly AAAA: Ipv6 | null },
): PromotionRecord {
  return {
    id: id<PromotionId>('f', Number(pool.id.slice(1))),
    poolId: pool.id,
    kind: 'first-publish',
    cause: 'first-publish',
    from: null,
    to: to.id,
    address,
    address6,
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
