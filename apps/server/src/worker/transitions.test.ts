import { afterEach, describe, expect, test } from 'vitest';
import { createWorld, hostReport, type World, type WorldOptions } from '../../../../testkit/src/index.ts';

let world: World;
async function begin(options: WorldOptions = {}): Promise<void> {
  world = createWorld(options);
  await world.start();
  expect(world.active()).toBe(1);
}
afterEach(() => world.stop());

const failuresOf = (number: number) =>
  world.store.house.statuses.get(world.poolId)?.evidence.members.find(({ id }) => id === world.member(number))
    ?.failuresLastHour;
/** What was told of members, by kind, in its order. */
const toldOfMembers = () =>
  world.notices.filter(({ kind, quiet }) => kind.startsWith('member.') && quiet !== true).map(({ kind }) => kind);

async function loseAndFind(number: number, times: number): Promise<void> {
  for (let round = 0; round < times; round += 1) {
    world.kill(number);
    await world.clock.advance(40_000);
    world.revive(number);
    await world.clock.advance(20_000);
  }
}

describe('a lost member', () => {
  test('counts as one failure each time, active or not (R11)', async () => {
    await begin();
    await loseAndFind(2, 4);
    expect(failuresOf(2)).toBe(4);
  });

  test('lost three times it is the last choice for the next hour (R11)', async () => {
    await begin({ members: 3 });
    const preferred = world.store.house.members.get(world.member(2));
    if (preferred !== undefined) world.store.house.members.set(preferred.id, { ...preferred, priority: 1 });
    world.store.changed();
    await loseAndFind(2, 3);
    world.report(1, 'stopped');
    await world.clock.advance(2_000);
    expect(world.active()).toBe(3);
  });

  test('is told once, and its return once', async () => {
    await begin();
    await loseAndFind(2, 2);
    await loseAndFind(1, 1);
    const once = ['member.heartbeat-lost', 'member.healthy'];
    expect(toldOfMembers()).toEqual([...once, ...once, ...once]);
  });

  test('that is proven lost later than silent is told unheard after 1 s, then lost', async () => {
    await begin();
    world.kill(2);
    await world.clock.advance(10_000);
    world.databaseDown(true);
    await world.clock.advance(10_000);
    world.databaseDown(false);
    await world.clock.advance(10_000);
    expect(toldOfMembers()).toEqual([]);
    await world.clock.advance(15_000);
    expect(toldOfMembers()).toEqual(['member.unheard', 'member.heartbeat-lost']);
  });

  test('whose loss was told is not told unheard when the delay is changed', async () => {
    await begin();
    world.kill(2);
    await world.clock.advance(40_000);
    world.changePool({ failoverDelayMs: 20_000 });
    await world.clock.advance(40_000);
    expect(toldOfMembers()).toEqual(['member.heartbeat-lost']);
  });
});

test('a stopped HAProxy whose grace starts again is not told healthy', async () => {
  await begin();
  world.report(2, 'stopped');
  await world.clock.advance(10_000);
  world.changePool({ haproxyGraceMs: 5_000 });
  await world.clock.advance(20_000);
  expect(toldOfMembers()).toEqual(['member.haproxy-inactive']);
});

test('a pool in trouble is told recovered when its active member is healthy, not when it cannot be judged', async () => {
  await begin();
  world.report(2, 'stopped');
  world.report(1, 'stopped');
  await world.clock.advance(5_000);
  expect(world.told('pool.no-standby')).toBe(1);
  world.kill(1);
  const refusal = { because: 'ip' as const, seen: '203.0.113.9' };
  for (let beats = 0; beats < 5; beats += 1) {
    world.liveness.beat(world.member(1), { report: hostReport('running'), refusal });
    await world.clock.advance(1_000);
  }
  expect(world.store.house.statuses.get(world.poolId)?.judgement.decision).toMatchObject({
    because: 'active-not-judged',
  });
  expect(world.told('pool.recovered')).toBe(0);
  world.revive(1);
  world.liveness.beat(world.member(1), { refusal: null });
  await world.clock.advance(2_000);
  expect([world.told('pool.recovered'), world.active()]).toEqual([1, 1]);
  const sentences = (kind: string) => world.notices.filter((one) => one.kind === kind).map(({ sentence }) => sentence);
  expect(sentences('pool.recovered')).toEqual([expect.stringMatching(/^\S+ has recovered: \S+ is healthy\.$/)]);
  expect(sentences('member.healthy').at(-1)).toMatch(/^\S+ is healthy again\. Heard 0\.\d s ago/);
});

describe('in a maintenance of the pool (R13)', () => {
  const inPool = (ms: number | null) => world.store.operator.poolMaintenance(world.poolId, ms);
  const logged = () => world.notices.filter(({ kind }) => kind.startsWith('member.h')).map(({ kind }) => kind);

  test('a loss is for the event log only, and told at its end when it is still so', async () => {
    await begin();
    inPool(10 * 60_000);
    world.kill(2);
    await world.clock.advance(60_000);
    expect([toldOfMembers(), logged()]).toEqual([[], ['member.heartbeat-lost']]);
    inPool(null);
    await world.clock.advance(60_000);
    expect(toldOfMembers()).toEqual(['member.unheard', 'member.heartbeat-lost']);
  });

  test('a loss that is over before its end is told to nobody', async () => {
    await begin();
    inPool(10 * 60_000);
    await loseAndFind(2, 2);
    inPool(null);
    await world.clock.advance(60_000);
    const once = ['member.heartbeat-lost', 'member.healthy'];
    expect([toldOfMembers(), logged()]).toEqual([[], [...once, ...once]]);
  });

  test('the end of what was told before is told at once, and once', async () => {
    await begin();
    world.kill(2);
    await world.clock.advance(40_000);
    inPool(10 * 60_000);
    await world.clock.advance(1_000);
    world.revive(2);
    await world.clock.advance(5_000);
    expect(toldOfMembers()).toEqual(['member.heartbeat-lost', 'member.healthy']);
    inPool(null);
    await world.clock.advance(60_000);
    expect(toldOfMembers()).toEqual(['member.heartbeat-lost', 'member.healthy']);
  });

  test.each(['pool', 'member'] as const)(
    'what was told before and outlasts that of the %s is neither over nor new',
    async (scope) => {
      await begin();
      const set = (ms: number | null) =>
        scope === 'pool' ? inPool(ms) : world.store.operator.memberMaintenance(world.member(2), ms);
      world.kill(2);
      await world.clock.advance(40_000);
      set(10 * 60_000);
      await world.clock.advance(60_000);
      set(null);
      await world.clock.advance(60_000);
      expect(toldOfMembers().filter((kind) => kind !== 'member.maintenance-over')).toEqual(['member.heartbeat-lost']);
    },
  );
});

describe('a loop that begins to lead after another', () => {
  /** Another process had the lease for a term meanwhile. */
  async function takeOver(meanwhile: () => void = () => {}): Promise<void> {
    world.lease.lose();
    meanwhile();
    await world.clock.advance(5_000);
    world.lease.grant();
    world.lease.grant();
  }

  test('does not tell again what was told, and tells its end', async () => {
    await begin();
    world.kill(2);
    await world.clock.advance(40_000);
    await takeOver();
    await world.clock.advance(60_000);
    expect(toldOfMembers()).toEqual(['member.heartbeat-lost']);
    world.revive(2);
    await world.clock.advance(5_000);
    expect(toldOfMembers()).toEqual(['member.heartbeat-lost', 'member.healthy']);
  });

  test('tells the end that came between', async () => {
    await begin();
    world.report(2, 'stopped');
    world.report(1, 'stopped');
    await world.clock.advance(10_000);
    expect(world.told('pool.no-standby')).toBe(1);
    await takeOver(() => {
      world.report(1, 'running');
      world.report(2, 'running');
    });
    await world.clock.advance(10_000);
    expect([world.told('pool.no-standby'), world.told('pool.recovered')]).toEqual([1, 1]);
    expect(toldOfMembers().filter((kind) => kind === 'member.healthy')).toHaveLength(2);
  });

  test('goes on from the fleet’s trouble too', async () => {
    await begin();
    for (const number of [1, 2, 3]) world.kill(number);
    await world.clock.advance(60_000);
    await takeOver();
    await world.clock.advance(60_000);
    expect([world.told('fleet.nobody-heard'), world.told('fleet.heard-again')]).toEqual([1, 0]);
    for (const number of [1, 2, 3]) world.revive(number);
    await world.clock.advance(5_000);
    expect([world.told('fleet.nobody-heard'), world.told('fleet.heard-again')]).toEqual([1, 1]);
  });

  test('tells what turns also when the store never says what was told before', async () => {
    await begin();
    Object.assign(world.store, { openTroubles: () => new Promise(() => {}) });
    await takeOver();
    await world.clock.advance(20_000);
    world.kill(2);
    await world.clock.advance(40_000);
    expect(toldOfMembers()).toEqual(['member.heartbeat-lost']);
  });

  describe('while the store does not say what was told before', () => {
    /** It says it after `meanwhile`, which begins when we go on without, and of which it knows nothing yet: the notifier has a queue. */
    async function readAtLast(meanwhile: () => Promise<void>): Promise<void> {
      const open = await world.store.openTroubles();
      Object.assign(world.store, { openTroubles: () => Promise.reject(new Error('away')) });
      await takeOver();
      await world.clock.advance(10_000);
      await meanwhile();
      Object.assign(world.store, { openTroubles: async () => open });
      await world.clock.advance(10_000);
    }

    test('the end of what others told comes when it is known, once', async () => {
      await begin();
      const toldEnds = () => [world.told('pool.recovered'), world.told('member.healthy')];
      for (const kind of ['member.heartbeat-lost', 'pool.no-standby'] as const) {
        const about = { poolId: world.poolId, memberId: world.member(2), details: {} };
        world.store.house.events.push({ kind, severity: 'critical', sentence: 'Told by another loop.', ...about });
      }
      await readAtLast(async () => expect(toldEnds()).toEqual([0, 0]));
      expect(toldEnds()).toEqual([1, 1]);
      await world.clock.advance(60_000);
      expect(toldEnds()).toEqual([1, 1]);
    });

    test('the end of what we told when we led last comes at once, and once', async () => {
      await begin();
      world.report(2, 'stopped');
      await world.clock.advance(10_000);
      await readAtLast(async () => {
        world.report(2, 'running');
        await world.clock.advance(5_000);
        expect(toldOfMembers()).toEqual(['member.haproxy-inactive', 'member.healthy']);
      });
      await world.clock.advance(60_000);
      expect(toldOfMembers()).toEqual(['member.haproxy-inactive', 'member.healthy']);
    });

    test('what was told meanwhile is told once, and so is its end', async () => {
      await begin();
      await readAtLast(async () => {
        world.kill(2);
        await world.clock.advance(40_000);
      });
      await world.clock.advance(60_000);
      world.revive(2);
      await world.clock.advance(10_000);
      expect(toldOfMembers()).toEqual(['member.heartbeat-lost', 'member.healthy']);
    });
  });
});
