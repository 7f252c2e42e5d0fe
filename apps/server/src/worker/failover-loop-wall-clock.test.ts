import { afterEach, describe, expect, test } from 'vitest';
import { createWorld, type World } from '../../../../testkit/src/index.ts';

/* The database's wall clock is set while the loop runs (ADR 0015): ages that decide go on as if nothing had happened. */

const tenYearsMs = 10 * 365 * 86_400_000;
let world: World;
afterEach(() => world.stop());

async function moveOnce(number: number): Promise<void> {
  world.report(number, 'stopped');
  await world.clock.advance(1_000);
  world.report(number, 'running');
}

const automatic = () => world.store.house.promotions.filter(({ kind }) => kind === 'failover').length;

const maintenances = [
  { scope: 'member', set: (ms: number) => world.store.operator.memberMaintenance(world.member(1), ms) },
  { scope: 'pool', set: (ms: number) => world.store.operator.poolMaintenance(world.poolId, ms) },
] as const;

describe.each([
  ['forward', tenYearsMs],
  ['back', -tenYearsMs],
])('the wall clock jumps %s by ten years', (_name, jumpMs) => {
  test('the 10 s between two promotions last as long as before (R11)', async () => {
    world = createWorld({ members: 3, pool: { haproxyGraceMs: 0 } });
    await world.start();
    world.report(1, 'stopped');
    await world.clock.advance(2_000);
    expect(world.active()).toBe(2);
    world.clock.jumpWallTime(jumpMs);
    world.store.changed();
    world.report(2, 'stopped');
    await world.clock.advance(7_900);
    expect(world.active()).toBe(2);
    await world.clock.advance(300);
    expect(world.active()).toBe(3);
  });

  test('the bucket neither empties nor fills: held after the third move, not before (R11)', async () => {
    world = createWorld({ pool: { haproxyGraceMs: 0 } });
    await world.start();
    for (let round = 0; round < 4; round += 1) {
      await moveOnce(world.active());
      await world.clock.advance(40_000);
      if (round === 1) world.clock.jumpWallTime(jumpMs);
    }
    expect(automatic()).toBe(3);
    expect(world.store.house.pools.get(world.poolId)?.held).toBe(true);
    world.acknowledge();
    await world.clock.advance(1_000);
    await moveOnce(world.active());
    expect(automatic()).toBe(4);
  });

  test('a move of our own counts from its commit also when the clock jumps before we read it (R11)', async () => {
    world = createWorld({ pool: { haproxyGraceMs: 0 } });
    await world.start();
    const { promote } = world.store;
    world.store.promote = async (promotion, fence) => {
      const epoch = await promote(promotion, fence);
      world.clock.jumpWallTime(jumpMs);
      return epoch;
    };
    for (let round = 0; round < 4; round += 1) {
      await moveOnce(world.active());
      await world.clock.advance(40_000);
    }
    expect(automatic()).toBe(3);
    expect(world.store.house.pools.get(world.poolId)?.held).toBe(true);
  });

  test('moves of more than an hour ago stay as old as they are', async () => {
    world = createWorld({ pool: { haproxyGraceMs: 0 } });
    await world.start();
    for (let round = 0; round < 3; round += 1) {
      await moveOnce(world.active());
      await world.clock.advance(11 * 60_000);
    }
    await world.clock.advance(3_600_000);
    world.clock.jumpWallTime(jumpMs);
    await world.clock.advance(20_000);
    for (let round = 0; round < 3; round += 1) {
      await moveOnce(world.active());
      await world.clock.advance(20_000);
    }
    expect(automatic()).toBe(6);
  });

  test('a standby is no newer for it (R3): it takes over after 10 s of health, not 30', async () => {
    world = createWorld({ pool: { haproxyGraceMs: 0 }, members: 3 });
    await world.start();
    world.clock.jumpWallTime(jumpMs);
    world.store.changed();
    for (const number of [2, 3]) world.report(number, 'stopped');
    await world.clock.advance(1_000);
    for (const number of [2, 3]) world.report(number, 'running');
    await world.clock.advance(11_000);
    world.report(1, 'stopped');
    await world.clock.advance(100);
    expect(world.active()).toBe(2);
  });

  test.each(maintenances)(
    'a maintenance of a $scope is neither shorter nor longer for it (R13)',
    async ({ scope, set }) => {
      world = createWorld({ pool: { failoverDelayMs: 10_000 } });
      await world.start();
      set(10 * 60_000);
      await world.clock.advance(30_000);
      world.clock.jumpWallTime(jumpMs);
      world.store.changed();
      world.kill(1);
      await world.clock.advance(9 * 60_000 + 29_900);
      expect([world.active(), world.told(`${scope}.maintenance-over`)]).toEqual([1, 0]);
      await world.clock.advance(10_800);
      expect([world.active(), world.told(`${scope}.maintenance-over`)]).toEqual([2, 1]);
    },
  );

  test.each(maintenances)(
    'a maintenance of a $scope that is over by now is ended by whoever leads next',
    async ({ scope, set }) => {
      world = createWorld({ pool: { failoverDelayMs: 10_000 } });
      await world.start();
      set(60_000);
      await world.clock.advance(30_000);
      world.lease.lose();
      world.clock.jumpWallTime(jumpMs);
      await world.clock.advance(60_000);
      expect(world.told(`${scope}.maintenance-over`)).toBe(0);
      world.lease.grant();
      await world.clock.advance(1_000);
      expect(world.told(`${scope}.maintenance-over`)).toBe(1);
      expect([world.store.house.poolMaintenance.size, world.store.house.memberMaintenance.size]).toEqual([0, 0]);
      world.kill(1);
      await world.clock.advance(14_000);
      expect(world.active()).toBe(2);
    },
  );
});

describe('the wall clock was set back before this process began to lead', () => {
  test('a history in the future fills no bucket and holds no pool (R11)', async () => {
    world = createWorld({ pool: { haproxyGraceMs: 0 } });
    const { house } = world.store;
    await world.start();
    const [first] = house.promotions;
    if (first === undefined) throw new Error('nothing was published');
    world.lease.lose();
    for (let epoch = 2; epoch <= 9; epoch += 1) {
      const at = world.clock.now() + 3_600_000 + epoch;
      house.promotions.push({ ...first, kind: 'failover', epoch, at });
    }
    const pool = house.pools.get(world.poolId);
    if (pool !== undefined) house.pools.set(world.poolId, { ...pool, epoch: 9 });
    world.lease.grant();
    await world.clock.advance(40_000);
    await moveOnce(1);
    await world.clock.advance(1_000);
    expect([world.active(), house.pools.get(world.poolId)?.held]).toEqual([2, false]);
  });
});
