import { minuteMs } from '@serverctl/core';
import { afterEach, describe, expect, test } from 'vitest';
import { createWorld, type World, type WorldOptions } from '../../../../testkit/src/index.ts';

let world: World;
async function begin(options: WorldOptions = {}): Promise<void> {
  world = createWorld({ pool: { haproxyGraceMs: 0 }, ...options });
  await world.start();
}
afterEach(() => world.stop());

/** HAProxy of the active member stops and comes back after the move: the pool would move on and on. */
async function flap(times: number, everyMs: number): Promise<void> {
  for (let round = 0; round < times; round += 1) {
    const active = world.active();
    world.report(active, 'stopped');
    await world.clock.advance(everyMs / 2);
    world.report(active, 'running');
    await world.clock.advance(everyMs / 2);
  }
}

describe('anti-flapping (R11)', () => {
  test.each([5_000, 30_000, 60_000])(
    'flapping every %i ms is held after three moves, told once, until a person acknowledges',
    async (everyMs) => {
      await begin();
      await flap(Math.ceil((9 * minuteMs) / everyMs), everyMs);
      const automatic = () => world.store.house.promotions.filter(({ kind }) => kind === 'failover').length;
      expect(automatic()).toBe(3);
      expect(world.store.house.pools.get(world.poolId)?.held).toBe(true);
      expect(world.store.house.events.filter(({ kind }) => kind === 'pool.held')).toHaveLength(1);
      await world.clock.advance(30 * minuteMs);
      world.report(world.active(), 'stopped');
      await world.clock.advance(30_000);
      expect(automatic()).toBe(3);
      world.acknowledge();
      await world.clock.advance(20_000);
      expect([automatic(), world.store.house.pools.get(world.poolId)?.held]).toEqual([4, false]);
    },
  );

  test('two promotions are at least 10 s apart: a candidate that dies in mid-move is replaced after that', async () => {
    await begin({ members: 3 });
    world.report(1, 'stopped');
    await world.clock.settle();
    expect(world.active()).toBe(2);
    world.report(2, 'stopped');
    await world.clock.advance(9_900);
    expect(world.active()).toBe(2);
    await world.clock.advance(200);
    expect([world.active(), world.published()]).toEqual([3, 3]);
    const [, first, second] = world.store.house.promotions;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(10_000);
  });
});

describe('who decides', () => {
  test('without the lease nothing is judged and nothing is done (R15)', async () => {
    await begin();
    world.lease.lose();
    const { turns } = world.worker.statistics;
    world.report(1, 'stopped');
    await world.clock.advance(60_000);
    expect([world.active(), world.worker.statistics.turns]).toEqual([1, turns]);
    world.lease.grant();
    await world.clock.advance(12_000);
    expect([world.active(), world.published()]).toEqual([2, 2]);
  });

  test('a lease that lapsed for a moment begins everybody’s silence anew, even in its own term (R3)', async () => {
    await begin({ pool: { failoverDelayMs: 10_000 } });
    world.kill(1);
    await world.clock.advance(6_000);
    world.lease.lose();
    await world.clock.advance(300);
    world.lease.resume();
    await world.clock.advance(9_900);
    expect(world.active()).toBe(1);
    await world.clock.advance(600);
    expect([world.active(), world.published()]).toEqual([2, 2]);
  });

  test('a person who was faster wins: the decision is judged again on the pool as it is then (R16)', async () => {
    await begin({ members: 3 });
    const pool = world.store.house.pools.get(world.poolId);
    world.store.house.pools.set(world.poolId, {
      ...(pool as NonNullable<typeof pool>),
      epoch: 7,
      activeMemberId: world.member(3),
    });
    world.report(1, 'stopped');
    await world.clock.advance(30_000);
    expect(world.active()).toBe(3);
    expect(world.store.house.promotions).toHaveLength(1);
    expect(world.logged.filter((line) => line.includes('judged again'))).toHaveLength(1);
  });

  test('a promotion is recorded with evidence that gives the same decision again, byte for byte (R14, I18)', async () => {
    const { decide } = await import('@serverctl/core');
    await begin();
    world.report(1, 'stopped');
    await world.clock.advance(2_000);
    const promotion = world.store.house.promotions.at(-1);
    const stored = JSON.parse(JSON.stringify(promotion?.evidence));
    expect(JSON.stringify(decide(stored))).toBe(JSON.stringify(promotion?.decision));
  });

  test('status is stored on each pool about once a second, not more often (R14)', async () => {
    await begin();
    let stored = 0;
    const { storeStatus } = world.store;
    world.store.storeStatus = async (rows) => {
      stored += rows.length;
      await storeStatus(rows);
    };
    await world.clock.advance(20_000);
    expect(stored).toBeGreaterThanOrEqual(2 * 15);
    expect(stored).toBeLessThanOrEqual(2 * 21);
  });
});
