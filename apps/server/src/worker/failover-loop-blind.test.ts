import { afterEach, describe, expect, test } from 'vitest';
import { createWorld, type World } from '../../../../testkit/src/index.ts';

/*
 * I6, I10: a fault of the control plane alone moves nothing, whatever it is, and a real failure afterwards still moves.
 * Each fault lasts longer than the failover delay of 10 s.
 */

let world: World;
afterEach(() => world.stop());

interface Fault {
  readonly fault: string;
  readonly happen: (world: World) => Promise<void>;
}

const faults: readonly Fault[] = [
  {
    fault: 'the database is stopped for 30 s',
    async happen({ clock, databaseDown }) {
      databaseDown(true);
      await clock.advance(30_000);
      databaseDown(false);
    },
  },
  {
    fault: 'the lease is lost for 30 s',
    async happen({ clock, lease }) {
      lease.lose();
      await clock.advance(30_000);
      lease.grant();
    },
  },
  {
    fault: 'the lease changes hands again and again',
    async happen({ clock, lease }) {
      for (let times = 0; times < 10; times += 1) {
        lease.lose();
        await clock.advance(500);
        lease.grant();
        await clock.advance(2_500);
      }
    },
  },
  {
    fault: 'the event loop is blocked for 5 s, six times',
    async happen({ clock }) {
      for (let times = 0; times < 6; times += 1) {
        await clock.block(5_000);
        await clock.advance(300);
      }
    },
  },
  {
    fault: 'the event loop is blocked for 700 ms, again and again',
    async happen({ clock }) {
      for (let times = 0; times < 40; times += 1) {
        await clock.block(700);
        await clock.advance(100);
      }
    },
  },
  { fault: 'the machine is suspended for an hour', happen: ({ clock }) => clock.block(3_600_000) },
  {
    fault: 'the flusher hangs: news answers, but the watermark stands still',
    async happen({ clock, liveness }) {
      liveness.flusherStuck = true;
      await clock.advance(30_000);
      liveness.flusherStuck = false;
    },
  },
  {
    fault: 'the wall clock jumps by ten years and back',
    async happen({ clock }) {
      clock.jumpWallTime(10 * 365 * 86_400_000);
      await clock.advance(15_000);
      clock.jumpWallTime(-20 * 365 * 86_400_000);
      await clock.advance(15_000);
    },
  },
  {
    fault: 'our own network is cut from everybody for 5 min',
    async happen({ clock, kill, revive }) {
      for (const number of [1, 2, 3]) kill(number);
      await clock.advance(300_000);
      for (const number of [1, 2, 3]) revive(number);
    },
  },
];

describe('a fault of the control plane alone', () => {
  test.each(faults)('$fault: nobody ages, nothing moves (I6, I10); the next real failure does', async ({ happen }) => {
    world = createWorld({ pool: { failoverDelayMs: 10_000 } });
    await world.start();
    await happen(world);
    await world.clock.advance(30_000);
    expect([world.active(), world.store.house.promotions.length, world.published()]).toEqual([1, 1, 1]);
    world.kill(1);
    await world.clock.advance(11_100);
    expect([world.active(), world.published()]).toEqual([2, 2]);
  });

  test.each(faults)(
    '$fault while the active member is silent: it moves only on silence proven outside of it',
    async ({ happen }) => {
      world = createWorld({ pool: { failoverDelayMs: 10_000 } });
      await world.start();
      world.kill(1);
      await world.clock.advance(5_000);
      await happen(world);
      const moved = world.store.house.promotions.at(-1);
      if (moved?.kind === 'failover') {
        const active = moved.evidence.members.find(({ id }) => id === world.member(1));
        if (active?.hearing.kind !== 'heard') throw new Error('it was heard in this term');
        expect(active.hearing.provenSilentMs).toBeGreaterThanOrEqual(10_000);
        expect(active.hearing.provenSilentMs).toBeLessThanOrEqual(active.hearing.silentMs);
      }
      world.kill(1);
      await world.clock.advance(25_000);
      expect([world.active(), world.published()]).toEqual([2, 2]);
    },
  );

  test('frozen ticks are counted and shown with the reason (R2)', async () => {
    world = createWorld();
    await world.start();
    const before = world.worker.statistics.frozenTicks;
    world.liveness.flusherStuck = true;
    await world.clock.advance(10_000);
    const status = world.store.house.statuses.get(world.poolId);
    expect(status?.evidence.listening.blindBecause).toBe('database');
    expect(status?.evidence.listening.blindForMs).toBeGreaterThan(7_000);
    expect(status?.frozenTicks).toBeGreaterThan(before + 20);
  });

  test('after a start nobody is older than the start, however long the plane was away (R3)', async () => {
    world = createWorld({ pool: { failoverDelayMs: 10_000 } });
    world.kill(1);
    await world.start(9_000);
    expect(world.active()).toBe(1);
    await world.clock.advance(2_000);
    expect([world.active(), world.published()]).toEqual([2, 2]);
  });

  test('the loop does not run hot: about four turns a second in calm (R6)', async () => {
    world = createWorld();
    await world.start();
    const before = world.worker.statistics.turns;
    await world.clock.advance(60_000);
    const turns = world.worker.statistics.turns - before;
    expect(turns).toBeGreaterThan(200);
    expect(turns).toBeLessThan(400);
  });
});
