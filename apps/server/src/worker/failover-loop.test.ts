import { afterEach, describe, expect, test, vi } from 'vitest';
import { createWorld, type World, type WorldOptions } from '../../../../testkit/src/index.ts';

let world: World;
async function begin(options: WorldOptions = {}): Promise<World> {
  world = createWorld(options);
  await world.start();
  expect([world.active(), world.published()]).toEqual([1, 1]);
  return world;
}
afterEach(() => world.stop());

/** Advances in steps of 5 ms until the condition holds, at most `withinMs`. Returns how long it took. */
async function until(holds: () => boolean, withinMs: number): Promise<number> {
  const startedAt = world.clock.now();
  while (!holds() && world.clock.now() - startedAt < withinMs) await world.clock.advance(5);
  return world.clock.now() - startedAt;
}

const lastHeardAt = () => world.clock.now() - (world.store.house.promotions.at(-1)?.lastHeartbeatAgoMs ?? 0);

describe('HAProxy (R4)', () => {
  test('moves when it is inactive for longer than the grace: at the end of the grace, not at a guard tick', async () => {
    await begin();
    world.report(1, 'stopped');
    await world.clock.advance(990);
    expect([world.active(), world.published()]).toEqual([1, 1]);
    await world.clock.advance(15);
    expect([world.active(), world.published()]).toEqual([2, 2]);
    expect(world.store.house.promotions.at(-1)).toMatchObject({
      kind: 'failover',
      cause: 'haproxy-inactive',
      from: world.member(1),
      to: world.member(2),
      expectedEpoch: 1,
      detectedAgoMs: 1_000,
      lastHeartbeatAgoMs: null,
    });
    expect(world.told('pool.promoted')).toBe(1);
  });

  test('with a grace of 0 it moves the moment it is told (R6)', async () => {
    await begin({ pool: { haproxyGraceMs: 0 } });
    world.report(1, 'stopped');
    await world.clock.settle();
    expect([world.active(), world.published()]).toEqual([2, 2]);
  });

  test('a promotion’s names are published before all pools are read again', async () => {
    await begin({ pool: { haproxyGraceMs: 0 } });
    const read = vi.spyOn(world.store, 'pools');
    world.report(1, 'stopped');
    await world.clock.settle();
    expect([world.published(), read.mock.calls.length]).toEqual([2, 0]);
    await world.clock.advance(20);
    expect(read).toHaveBeenCalled();
  });

  test('stays when it is killed and back within 300 ms', async () => {
    await begin({ pool: { haproxyGraceMs: 0 } });
    for (let times = 0; times < 5; times += 1) {
      world.report(1, 'restarting');
      await world.clock.advance(300);
      world.report(1, 'running');
      await world.clock.advance(20_000);
    }
    expect([world.active(), world.store.house.promotions.length]).toEqual([1, 1]);
  });

  test('stays when only a standby has trouble, and says so once, with its end', async () => {
    await begin();
    world.report(2, 'stopped');
    await world.clock.advance(60_000);
    world.report(2, 'running');
    await world.clock.advance(60_000);
    expect(world.active()).toBe(1);
    expect([world.told('member.haproxy-inactive'), world.told('member.healthy')]).toEqual([1, 1]);
  });
});

describe('silence (R1, R2, R6)', () => {
  test.each([10_000, 30_000, 120_000])(
    'of exactly %i ms moves at that moment and not before',
    async (failoverDelayMs) => {
      await begin({ pool: { failoverDelayMs } });
      world.kill(1);
      const killedAt = world.clock.now();
      const tookMs = await until(() => world.active() === 2, failoverDelayMs + 2_000);
      expect(tookMs).toBeLessThan(failoverDelayMs + 10);
      const promotion = world.store.house.promotions.at(-1);
      expect(promotion?.cause).toBe('heartbeat-lost');
      expect(promotion?.lastHeartbeatAgoMs).toBeGreaterThanOrEqual(failoverDelayMs);
      expect(promotion?.lastHeartbeatAgoMs).toBeLessThanOrEqual(failoverDelayMs + 10);
      expect(lastHeardAt()).toBeLessThanOrEqual(killedAt);
      expect(world.published()).toBe(2);
    },
  );

  test('a beat just before the delay starts it again', async () => {
    await begin();
    world.kill(1);
    await world.clock.advance(28_500);
    world.liveness.beat(world.member(1));
    await world.clock.advance(29_500);
    expect(world.active()).toBe(1);
    await world.clock.advance(1_000);
    expect(world.active()).toBe(2);
  });

  test('a beat in the last moment that is not stored yet is asked for before anything is done (R2)', async () => {
    await begin();
    world.liveness.beat(world.member(1));
    world.kill(1);
    await world.clock.advance(29_990);
    world.liveness.beat(world.member(1));
    await world.clock.advance(29_900);
    expect(world.active()).toBe(1);
    await world.clock.advance(100);
    expect(world.active()).toBe(2);
  });

  test('without another member that is heard it is never proven, and both silent is nobody-heard: one alert (R2, R7)', async () => {
    await begin({ bystanders: 0 });
    world.kill(1);
    world.kill(2);
    await world.clock.advance(300_000);
    expect([world.active(), world.told('fleet.nobody-heard'), world.told('member.unheard')]).toEqual([1, 1, 0]);
    expect(world.store.house.statuses.get(world.poolId)?.judgement.decision).toMatchObject({ because: 'nobody-heard' });
    world.revive(2);
    // Its first 3 s were proven: until then the other one had been heard within 3 s.
    await world.clock.advance(26_000);
    expect([world.active(), world.told('fleet.heard-again')]).toEqual([1, 1]);
    await until(() => world.active() === 2, 30_000);
    expect([world.active(), world.published(), world.told('fleet.nobody-heard')]).toEqual([2, 2, 1]);
  });

  test('a fleet of one alerts the same way and nothing is written', async () => {
    await begin({ members: 1, bystanders: 0 });
    const writes = world.zone.serial;
    world.kill(1);
    await world.clock.advance(120_000);
    expect([world.active(), world.told('fleet.nobody-heard'), world.zone.serial]).toEqual([1, 1, writes]);
  });
});

describe('who may take over (R3, R7, R8)', () => {
  test('nobody ready: the record stays, one alert, and the first to become ready is promoted', async () => {
    await begin();
    world.report(2, 'stopped');
    await world.clock.advance(5_000);
    world.report(1, 'stopped');
    await world.clock.advance(600_000);
    expect([world.active(), world.published(), world.told('pool.no-standby')]).toEqual([1, 1, 1]);
    world.report(2, 'running');
    const tookMs = await until(() => world.active() === 2, 20_000);
    expect([world.active(), world.published()]).toEqual([2, 2]);
    expect(tookMs).toBeGreaterThanOrEqual(9_990);
  });

  test('a standby enrolled after the active member died is a candidate after 30 s of health (R3)', async () => {
    await begin({ members: 2 });
    world.store.house.enrolledAt.delete(world.member(2));
    world.kill(2);
    world.store.changed();
    await world.clock.advance(30_000);
    world.kill(1);
    await world.clock.advance(120_000);
    expect([world.active(), world.told('pool.no-standby')]).toEqual([1, 1]);
    world.store.house.enrolledAt.set(world.member(2), world.clock.now());
    world.revive(2);
    world.store.changed();
    const tookMs = await until(() => world.active() === 2, 60_000);
    expect(tookMs).toBeGreaterThanOrEqual(29_900);
    expect(tookMs).toBeLessThanOrEqual(31_100);
  });

  test('automatic failover off: one alert, no move, and it moves once it is switched on', async () => {
    await begin({ pool: { automaticFailover: false } });
    world.report(1, 'stopped');
    await world.clock.advance(120_000);
    expect([world.active(), world.told('pool.automatic-failover-off')]).toEqual([1, 1]);
    world.changePool({ automaticFailover: true });
    await world.clock.settle();
    expect(world.active()).toBe(2);
  });

  test('a pool without an active member is never promoted by itself, and nothing is written', async () => {
    world = createWorld();
    world.lease.grant();
    await world.start(0);
    world.changePool({ activeMemberId: null });
    const { serial } = world.zone;
    world.report(1, 'stopped');
    await world.clock.advance(120_000);
    expect([world.active(), world.store.house.promotions.length, world.zone.serial]).toEqual([0, 1, serial]);
  });
});
