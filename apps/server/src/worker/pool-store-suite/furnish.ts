import {
  type BindingId,
  type DnsName,
  type Ipv4,
  type Ipv6,
  type MemberId,
  type Pool,
  type PoolEvidence,
  type PoolId,
  type PromotionId,
  type RecordType,
  secondMs,
} from '@serverctl/core';
import type { LeaseFence, PoolWithMembers, PromotionRecord, PublicationUpdate } from '../ports.ts';
import type { StoreUnderTest } from './under-test.ts';

let count = 0;
let houses = 0;

/** An id that nothing has yet. */
export function freshId<Id extends string>(): Id {
  count += 1;
  return `suite${count.toString().padStart(7, '0')}` as Id;
}

export const keep = { kind: 'keep', because: 'active-healthy' } as const;

/** A pool of its own with three members, `bare` without an address and a key, and one name with a record of this type. */
export async function furnish(under: StoreUnderTest, type: RecordType = 'A') {
  const poolId = freshId<PoolId>();
  const [one, two, bare] = [freshId<MemberId>(), freshId<MemberId>(), freshId<MemberId>()];
  const name = freshId<BindingId>();
  houses += 1;
  const [addressOne, addressTwo] = [`198.51.100.${houses}`, `203.0.113.${houses}`];
  const [addressThree, addressFour] = [`192.0.2.${houses}`, `100.0.0.${houses}`];
  const address6 = `2001:db8::${houses}:1`;
  await under.addPool(poolId);
  await under.addMember(poolId, one, addressOne, true);
  await under.addMember(poolId, two, addressTwo, true);
  await under.addMember(poolId, bare, null, false);
  await under.addBinding(poolId, name, `${name}.example.com` as DnsName, type);

  async function read(): Promise<PoolWithMembers> {
    const found = (await under.store.pools()).find(({ pool }) => pool.id === poolId);
    if (found === undefined) throw new Error(`pool ${poolId} is not among the pools`);
    return found;
  }

  return {
    poolId,
    one,
    two,
    bare,
    name,
    addressOne,
    addressTwo,
    addressThree,
    addressFour,
    address6,
    read,
    async promote(change: Partial<PromotionRecord> & Pick<PromotionRecord, 'to'>, fence?: LeaseFence) {
      const { pool, members } = await read();
      const target = members.find((member) => member.id === change.to);
      const address = (target?.publicIpv4 ?? null) as Ipv4 | null;
      const address6 = (target?.publicIpv6 ?? null) as Ipv6 | null;
      const promotion = { ...promotionOf(pool), address, address6, ...change };
      return fence === undefined ? under.promote(promotion) : under.store.promote(promotion, fence);
    },
    report: (change: Partial<PublicationUpdate> & Pick<PublicationUpdate, 'epoch' | 'state'>) =>
      under.store.recordPublication({ ...blankUpdate, bindingId: name, ...change }),
  };
}

const blankUpdate = { address: null, error: null, servers: [], step: null };

function promotionOf(pool: Pool): Omit<PromotionRecord, 'to' | 'address' | 'address6'> {
  return {
    id: freshId<PromotionId>(),
    poolId: pool.id,
    kind: 'failover',
    cause: 'heartbeat-lost',
    from: null,
    confirmedNames: [],
    expectedEpoch: 0,
    evidence: evidenceOf(pool),
    decision: keep,
    sentence: 'The suite moved it.',
    actor: 'suite',
    reason: null,
    detectedAgoMs: 2 * secondMs,
    lastHeartbeatAgoMs: 32 * secondMs,
  };
}

/** As little as the types allow: a store looks only for how the pool was paused. */
export function evidenceOf(pool: Pool): PoolEvidence {
  return {
    pool,
    members: [],
    listening: {
      blindBecause: null,
      blindForMs: 0,
      heardMembers: 0,
      enrolledMembers: 0,
      nobodyHeardForMs: 0,
      nobodyHeardAfterMs: 30 * secondMs,
    },
    automaticPromotionAgesMs: [],
    lastPromotionAgeMs: null,
    minuteOfDay: 0,
    fleet: { zones: [], poolCount: 1, promotionAgesMs: [], brakesReleasedForMs: null },
    maintenanceLeftMs: null,
    unpublished: null,
  };
}
