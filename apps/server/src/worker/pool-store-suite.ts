import {
  type BindingId,
  type DnsName,
  type Ipv4,
  type MemberId,
  type Pool,
  type PoolEvidence,
  type PoolId,
  type PromotionId,
  secondMs,
} from '@serverctl/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LeaseFence, PoolStore, PoolWithMembers, PromotionRecord, PublicationUpdate } from './ports.ts';

/** A store under test, and how a test furnishes it. Every id, hostname and address that is given is used once. */
export interface StoreUnderTest {
  readonly store: PoolStore;
  /** A pool without members: epoch 0, automatic failover on, not held. */
  addPool(id: PoolId): Promise<void>;
  /** A member with this public address, set by a person; `enrolled` = it has a valid key. */
  addMember(poolId: PoolId, id: MemberId, publicIpv4: string | null, enrolled: boolean): Promise<void>;
  addBinding(poolId: PoolId, id: BindingId, name: DnsName): Promise<void>;
  /** What the member's agent says its address is. */
  reportAddress(id: MemberId, ipv4: string): Promise<void>;
  /** What a person sets; null = no longer set. */
  setAddress(id: MemberId, ipv4: string | null): Promise<void>;
  switchAutomaticFailoverOff(poolId: PoolId): Promise<void>;
  /** What a person's acknowledgement does (R11). */
  acknowledge(poolId: PoolId): Promise<void>;
  /** Lets this holder take the lease, whoever had it. */
  takeLease(holder: string): Promise<LeaseFence>;
  /** Resolves once what was written before has been told to subscribers. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** The executable meaning of PoolStore. The in-memory store and PostgreSQL's both pass it. */
export function describePoolStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`PoolStore: ${name}`, () => {
    let under: StoreUnderTest;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());

    test('shows a pool with its members, names, and the age of the keys that are valid', async () => {
      const house = await furnish(under);
      const { pool, members, bindings, enrolledForMs, automaticPromotionAgesMs, lastPromotionAgeMs } =
        await house.read();
      expect(pool).toMatchObject({ id: house.poolId, epoch: 0, activeMemberId: null, held: false });
      expect(members.map(({ id }) => id).sort()).toEqual([house.one, house.two, house.bare].sort());
      expect(bindings).toMatchObject([
        { id: house.name, poolId: house.poolId, publishedEpoch: 0, publishedAddress: null },
      ]);
      expect([...enrolledForMs.keys()].sort()).toEqual([house.one, house.two].sort());
      for (const age of enrolledForMs.values()) expect(age).toBeGreaterThanOrEqual(0);
      expect({ automaticPromotionAgesMs, lastPromotionAgeMs }).toEqual({
        automaticPromotionAgesMs: [],
        lastPromotionAgeMs: null,
      });
    });

    test('a promotion raises the epoch by one and makes its target active (R16)', async () => {
      const house = await furnish(under);
      expect(await house.promote({ kind: 'first-publish', to: house.one })).toBe(1);
      expect(await house.promote({ to: house.two, expectedEpoch: 1 })).toBe(2);
      expect((await house.read()).pool).toMatchObject({ epoch: 2, activeMemberId: house.two });
    });

    test('of promotions that expect the same epoch exactly one is recorded, however close they come (R16)', async () => {
      const house = await furnish(under);
      const targets = [house.one, house.two, house.one, house.two];
      const outcomes = await Promise.allSettled(targets.map((to) => house.promote({ kind: 'first-publish', to })));
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(refused.map(({ reason }) => reason.code)).toEqual(['pool_changed', 'pool_changed', 'pool_changed']);
      expect((await house.read()).pool.epoch).toBe(1);
    });

    test('a member of another pool, or of none, can never become active (R20)', async () => {
      const [house, other] = [await furnish(under), await furnish(under)];
      for (const to of [other.one, freshId<MemberId>()])
        await expect(house.promote({ kind: 'first-publish', to })).rejects.toMatchObject({ code: 'member_not_found' });
      expect((await house.read()).pool).toMatchObject({ epoch: 0, activeMemberId: null });
    });

    test('a target without an address, or with another one than was decided on, is refused and changes nothing (R20)', async () => {
      const house = await furnish(under);
      const kind = 'first-publish';
      await expect(house.promote({ kind, to: house.bare })).rejects.toMatchObject({ code: 'target_has_no_address' });
      const address = house.addressTwo as Ipv4;
      await expect(house.promote({ kind, to: house.one, address })).rejects.toMatchObject({ code: 'pool_changed' });
      expect((await house.read()).pool).toMatchObject({ epoch: 0, activeMemberId: null });
    });

    test('an automatic promotion is refused once failover was switched off or the pool is held; one by hand is not', async () => {
      const [off, held] = [await furnish(under), await furnish(under)];
      await under.switchAutomaticFailoverOff(off.poolId);
      await under.store.hold(held.poolId, 'moved too often', await under.takeLease('holder'));
      for (const house of [off, held]) {
        for (const kind of ['failover', 'failback'] as const)
          await expect(house.promote({ kind, to: house.one })).rejects.toMatchObject({ code: 'pool_changed' });
        expect((await house.read()).pool).toMatchObject({ epoch: 0, activeMemberId: null });
        expect(await house.promote({ kind: 'switchover', to: house.one })).toBe(1);
      }
    });

    test('shows each member’s address as stored: set by a person, else reported', async () => {
      const house = await furnish(under);
      const addressOf = async (id: MemberId) =>
        (await house.read()).members.find((member) => member.id === id)?.publicIpv4;
      expect(await addressOf(house.bare)).toBeNull();
      await under.reportAddress(house.bare, house.addressThree);
      await under.reportAddress(house.one, house.addressFour);
      expect([await addressOf(house.bare), await addressOf(house.one)]).toEqual([house.addressThree, house.addressOne]);
      await under.setAddress(house.one, null);
      expect(await addressOf(house.one)).toBe(house.addressFour);
    });

    test('an address that changes after the promotion touches the next one only: no name moves without a decision (R16)', async () => {
      const house = await furnish(under);
      await under.reportAddress(house.bare, house.addressThree);
      await house.promote({ kind: 'first-publish', to: house.bare });
      await under.reportAddress(house.bare, house.addressFour);
      expect(await under.store.desired(house.name)).toMatchObject({ address: house.addressThree, epoch: 1 });
      await house.promote({ kind: 'switchover', to: house.bare, expectedEpoch: 1 });
      expect(await under.store.desired(house.name)).toMatchObject({ address: house.addressFour, epoch: 2 });
    });

    test('a first publish keeps the person’s yes to each name, and one that is refused keeps nothing', async () => {
      const house = await furnish(under);
      const takeOver = async () => (await house.read()).bindings[0]?.takeOver;
      const yes = { bindingId: house.name, name: 'lb.example.com', held: ['203.0.113.5'], mark: null };
      const wish = { kind: 'first-publish', to: house.one } as const;
      const refused = house.promote({ ...wish, confirmedNames: [{ ...yes, takeOver: false }], expectedEpoch: 7 });
      await expect(refused).rejects.toMatchObject({ code: 'pool_changed' });
      expect(await takeOver()).toBe(true);
      await house.promote({ ...wish, confirmedNames: [{ ...yes, takeOver: false }] });
      expect(await takeOver()).toBe(false);
    });

    test('names the promotion that made the present epoch', async () => {
      const house = await furnish(under);
      expect((await house.read()).promotionId).toBeNull();
      const [first, second] = [freshId<PromotionId>(), freshId<PromotionId>()];
      await house.promote({ id: first, kind: 'first-publish', to: house.one });
      expect((await house.read()).promotionId).toBe(first);
      await house.promote({ id: second, to: house.two, expectedEpoch: 1 });
      expect((await house.read()).promotionId).toBe(second);
    });

    test('a promotion under a fence that was taken over is refused and changes nothing (R15)', async () => {
      const house = await furnish(under);
      const old = await under.takeLease('first');
      expect(await house.promote({ kind: 'first-publish', to: house.one }, old)).toBe(1);
      const present = await under.takeLease('second');
      expect(present.term).toBeGreaterThan(old.term);
      const late = house.promote({ to: house.two, expectedEpoch: 1 }, old);
      await expect(late).rejects.toMatchObject({ code: 'not_leader' });
      await expect(under.store.hold(house.poolId, 'late', old)).rejects.toMatchObject({ code: 'not_leader' });
      expect((await house.read()).pool).toMatchObject({ epoch: 1, activeMemberId: house.one, held: false });
      expect(await house.promote({ to: house.two, expectedEpoch: 1 }, present)).toBe(2);
    });

    test('automatic promotions count until a person acknowledges; those by hand only for the time between two (R11)', async () => {
      const house = await furnish(under);
      await house.promote({ kind: 'first-publish', to: house.one });
      expect(await house.read()).toMatchObject({
        automaticPromotionAgesMs: [],
        lastPromotionAgeMs: expect.any(Number),
      });
      await house.promote({ kind: 'failover', to: house.two, expectedEpoch: 1 });
      await house.promote({ kind: 'failback', to: house.one, expectedEpoch: 2 });
      const ages = (await house.read()).automaticPromotionAgesMs;
      expect(ages).toHaveLength(2);
      expect(ages).toEqual([...ages].sort((a, b) => a - b));
      await under.acknowledge(house.poolId);
      expect(await house.read()).toMatchObject({
        automaticPromotionAgesMs: [],
        lastPromotionAgeMs: expect.any(Number),
      });
    });

    test('a hold latches until it is acknowledged (R11)', async () => {
      const house = await furnish(under);
      const fence = await under.takeLease('holder');
      await under.store.hold(house.poolId, 'moved too often', fence);
      await under.store.hold(house.poolId, 'moved too often', fence);
      expect((await house.read()).pool.held).toBe(true);
      await under.acknowledge(house.poolId);
      expect((await house.read()).pool.held).toBe(false);
    });

    test('a name desires nothing before the first publish, then always the present active member’s address (R17)', async () => {
      const house = await furnish(under);
      expect(await under.store.desired(house.name)).toBeNull();
      expect(await under.store.desired(freshId<BindingId>())).toBeNull();
      const id = freshId<PromotionId>();
      await house.promote({ id, kind: 'first-publish', to: house.one });
      expect(await under.store.desired(house.name)).toMatchObject({
        address: house.addressOne,
        epoch: 1,
        promotionId: id,
      });
      await house.promote({ to: house.two, expectedEpoch: 1 });
      expect(await under.store.desired(house.name)).toMatchObject({ address: house.addressTwo, epoch: 2 });
    });

    test('an acknowledgement says what the provider holds; one of an older epoch never takes it back', async () => {
      const house = await furnish(under);
      await house.promote({ kind: 'first-publish', to: house.one });
      await house.promote({ to: house.two, expectedEpoch: 1 });
      const published = async () => (await house.read()).bindings[0];
      await house.report({ epoch: 2, state: 'publishing' });
      expect(await published()).toMatchObject({ publishedEpoch: 0, publishedAddress: null });
      await house.report({ epoch: 2, state: 'verifying', address: house.addressTwo, step: 'acknowledged' });
      await house.report({ epoch: 1, state: 'verifying', address: house.addressOne, step: 'acknowledged' });
      expect(await published()).toMatchObject({
        publishedEpoch: 2,
        publishedAddress: house.addressTwo,
        takeOver: false,
      });
    });

    test('tells its subscribers of each promotion, and no longer once they have gone', async () => {
      const house = await furnish(under);
      let told = 0;
      const unsubscribe = under.store.onChange(() => {
        told += 1;
      });
      await under.settle();
      told = 0;
      await house.promote({ kind: 'first-publish', to: house.one });
      await under.settle();
      expect(told).toBeGreaterThan(0);
      unsubscribe();
      told = 0;
      await house.promote({ to: house.two, expectedEpoch: 1 });
      await under.settle();
      expect(told).toBe(0);
    });

    test('keeps the last status of each pool, also of one that is gone, and of none', async () => {
      const house = await furnish(under);
      const { pool } = await house.read();
      const judgement = {
        decision,
        health: {},
        standings: [],
        nextInLine: null,
        sentence: 'calm',
        judgeAgainInMs: null,
      };
      const status = { poolId: house.poolId, judgement, evidence: evidenceOf(pool), frozenTicks: 3 };
      await under.store.storeStatus([]);
      await under.store.storeStatus([status, { ...status, poolId: freshId<PoolId>() }]);
      await under.store.storeStatus([{ ...status, frozenTicks: 4 }]);
    });
  });
}

let count = 0;
function freshId<Id extends string>(): Id {
  count += 1;
  return `suite${count.toString().padStart(7, '0')}` as Id;
}

const decision = { kind: 'keep', because: 'active-healthy' } as const;

async function furnish(under: StoreUnderTest) {
  const poolId = freshId<PoolId>();
  const [one, two, bare] = [freshId<MemberId>(), freshId<MemberId>(), freshId<MemberId>()];
  const name = freshId<BindingId>();
  const [addressOne, addressTwo] = [`198.51.100.${count}`, `203.0.113.${count}`];
  const [addressThree, addressFour] = [`192.0.2.${count}`, `100.0.0.${count}`];
  await under.addPool(poolId);
  await under.addMember(poolId, one, addressOne, true);
  await under.addMember(poolId, two, addressTwo, true);
  await under.addMember(poolId, bare, null, false);
  await under.addBinding(poolId, name, `${name}.example.com` as DnsName);

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
    read,
    async promote(change: Partial<PromotionRecord> & Pick<PromotionRecord, 'to'>, fence: LeaseFence | null = null) {
      const { pool, members } = await read();
      const address = (members.find((member) => member.id === change.to)?.publicIpv4 ?? '192.0.2.254') as Ipv4;
      return under.store.promote({ ...promotionOf(pool), address, ...change }, fence);
    },
    report: (change: Partial<PublicationUpdate> & Pick<PublicationUpdate, 'epoch' | 'state'>) =>
      under.store.recordPublication({ ...blankUpdate, bindingId: name, ...change }),
  };
}

const blankUpdate = { address: null, error: null, servers: [], step: null };

function promotionOf(pool: Pool): Omit<PromotionRecord, 'to' | 'address'> {
  return {
    id: freshId<PromotionId>(),
    poolId: pool.id,
    kind: 'failover',
    cause: 'heartbeat-lost',
    from: null,
    confirmedNames: [],
    expectedEpoch: 0,
    evidence: evidenceOf(pool),
    decision,
    sentence: 'The suite moved it.',
    actor: 'suite',
    reason: null,
    detectedAgoMs: 2 * secondMs,
    lastHeartbeatAgoMs: 32 * secondMs,
  };
}

function evidenceOf(pool: Pool): PoolEvidence {
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
  };
}
