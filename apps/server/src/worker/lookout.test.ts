import type { PoolId } from '@serverctl/core';
import { describe, expect, test } from 'vitest';
import {
  buildMember,
  buildPool,
  createFakeClock,
  type MemoryLease,
  memoryLease,
  memoryLiveness,
  memoryStore,
} from '../../../../testkit/src/index.ts';
import { createAges } from './ages.ts';
import { createLookout } from './lookout.ts';
import type { LeaseFence } from './ports.ts';

async function setUp() {
  const clock = createFakeClock();
  const lease = memoryLease();
  const store = memoryStore(clock, lease);
  const liveness = memoryLiveness(clock);
  const member = buildMember(1);
  store.house.pools.set(member.poolId, buildPool());
  store.house.members.set(member.id, member);
  store.house.enrolledAt.set(member.id, clock.now());
  const eventLoop = { worstMs: 0, worstDelayMs: () => eventLoop.worstMs };
  const log = { info() {}, warn() {}, error() {} };
  const ages = createAges();
  const lookout = createLookout({ clock, store, liveness, lease, eventLoop, ages, log });
  let fence = lease.grant();
  /** One look, `afterMs` after the last one, with a beat and everybody's writes up to now. */
  async function look(afterMs = 250, flushFirst = false) {
    await clock.advance(afterMs);
    liveness.beat(member.id);
    if (!liveness.databaseDown && !liveness.flusherStuck) await liveness.flush();
    const sight = lookout.look(fence, flushFirst);
    await clock.advance(1_200);
    return sight;
  }
  await look();
  await look();
  const regain = () => {
    fence = lease.grant();
  };
  return { clock, lease, store, liveness, eventLoop, lookout, look, regain };
}

const because = (sight: Awaited<ReturnType<Awaited<ReturnType<typeof setUp>>['look']>>) =>
  sight?.observation.blind?.because ?? null;

describe('the lookout (R2): each measure alone makes a tick count for nobody', () => {
  test('nothing is wrong: the tick counts and the sight may be acted on', async () => {
    const { look } = await setUp();
    const sight = await look();
    expect([because(sight), sight?.actionable]).toEqual([null, true]);
  });

  test('a tick of 2 s is late, whatever the event loop says of itself', async () => {
    const { look } = await setUp();
    expect(because(await look(2_000))).toBe('late-tick');
    expect(because(await look())).toBeNull();
  });

  test('an event loop that was 500 ms late in the last second', async () => {
    const { look, eventLoop } = await setUp();
    eventLoop.worstMs = 500;
    expect(because(await look())).toBe('event-loop');
    eventLoop.worstMs = 499;
    expect(because(await look())).toBeNull();
  });

  test('a database without a write in the last second', async () => {
    const { look, liveness } = await setUp();
    liveness.flusherStuck = true;
    expect(because(await look(500))).toBe('database');
  });

  test('a change of the lease forgets all silence and health, and no failure of the last hour (R11)', async () => {
    const { look, regain, clock } = await setUp();
    const { id } = buildMember(1);
    for (let round = 1; round <= 3; round += 1) {
      const sight = await look();
      for (const kind of ['healthy', 'heartbeat-lost'] as const) sight?.observation.noteHealth(id, kind, clock.now());
      regain();
      const streak = (await look())?.observation.member(id)?.streak;
      expect(streak).toMatchObject({ healthySince: null, wasHealthy: false });
      expect(streak?.failedAt).toHaveLength(round);
    }
  });

  test('a pool whose change notice was lost is read within 5 s all the same (R6)', async () => {
    const { look, store } = await setUp();
    const late = buildPool({ id: 'poollate0001' as PoolId, name: 'late' });
    store.house.pools.set(late.id, late); // no store.changed(): nobody is told
    const seen = async () => (await look())?.pools.rows.some(({ pool }) => pool.id === late.id);
    expect(await seen()).toBe(false);
    for (let looks = 0; looks < 4; looks += 1) await look();
    expect(await seen()).toBe(true);
  });

  test('a lease that ended while we looked', async () => {
    const { look, lease } = await setUp();
    lease.lose();
    expect(because(await look())).toBe('lease');
  });

  test('a tick in which nobody at all is heard is frozen for everybody, and counted', async () => {
    const { look, liveness } = await setUp();
    liveness.beat = () => {};
    await look(1_900);
    const before = (await look(1_900))?.frozenTicks ?? 0;
    const sight = await look();
    expect([because(sight), sight?.frozenTicks]).toEqual([null, before + 1]);
  });

  test('frozen ticks are counted over all terms of the lease', async () => {
    const { look, regain } = await setUp();
    const before = (await look(3_000))?.frozenTicks ?? 0;
    regain();
    expect((await look())?.frozenTicks, 'nobody is heard yet in a new term').toBe(before + 1);
    expect((await look(3_000))?.frozenTicks).toBe(before + 2);
  });
});

describe('what may be acted on', () => {
  test('nothing, when the news does not come within 1 s', async () => {
    const { look, liveness } = await setUp();
    liveness.news = () => new Promise(() => {});
    expect((await look())?.actionable).toBe(false);
  });

  test('nothing, when the flush that was asked for does not come back within 1 s', async () => {
    const { look, liveness } = await setUp();
    liveness.flusherStuck = true;
    expect((await look(250, true))?.actionable).toBe(false);
  });

  test('nothing, while changed pools cannot be read; they are shown as they were', async () => {
    const { look, store, lookout } = await setUp();
    store.databaseDown = true;
    lookout.notePoolChange();
    const sight = await look();
    expect([sight?.actionable, sight?.pools.rows.length]).toEqual([false, 1]);
  });

  test('pools are read after a change notice only', async () => {
    const { look, store, lookout } = await setUp();
    let reads = 0;
    const { pools } = store;
    store.pools = () => {
      reads += 1;
      return pools();
    };
    await look();
    await look();
    expect(reads).toBe(0);
    lookout.notePoolChange();
    await look();
    await look();
    expect(reads).toBe(1);
  });
});

describe('a maintenance that is over is ended under the lease as it is by then (R15)', () => {
  /** Looks once more when it is over; the news comes 400 ms late, and meanwhile `happens`. Returns the fences it was ended under. */
  async function endedUnder(happens: (lease: MemoryLease) => void): Promise<readonly LeaseFence[]> {
    const { look, lease, store, liveness, lookout, clock } = await setUp();
    const fences: LeaseFence[] = [];
    store.endMaintenance = async (_over, fence) => void fences.push(fence);
    store.operator.poolMaintenance(buildPool().id, 2_000);
    lookout.notePoolChange();
    await look();
    const { news } = liveness;
    liveness.news = async (cursor) => {
      await clock.sleep(400);
      happens(lease);
      return news(cursor);
    };
    await look(2_000);
    return fences;
  }

  test('its age is taken after the reads, not before', async () => {
    const rowsFromMs = 7;
    const fences = await endedUnder((lease) => {
      const held = lease.held();
      lease.held = () => held && { ...held, rowsFromMs };
    });
    expect(fences).toMatchObject([{ rowsFromMs }]);
  });

  test('not when the lease was lost, or is of another term', async () => {
    expect(await endedUnder((lease) => lease.lose())).toEqual([]);
    expect(await endedUnder((lease) => void lease.grant())).toEqual([]);
  });
});

describe('a term of the lease (R3)', () => {
  test('a new term, or the same one after a gap, observes anew: everybody’s silence starts at now', async () => {
    const { clock, look, regain, lookout } = await setUp();
    const first = await look();
    regain();
    const second = await look();
    expect(second?.observation).not.toBe(first?.observation);
    lookout.leave();
    const startedAt = clock.now();
    const third = await look();
    expect(third?.observation).not.toBe(second?.observation);
    expect(third?.observation.beganAt).toBeGreaterThanOrEqual(startedAt);
  });
});
