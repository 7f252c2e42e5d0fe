import { AppError } from '@serverctl/core';
import { afterEach, describe, expect, test } from 'vitest';
import { createWorld, type World, type WorldOptions } from '../../../../testkit/src/index.ts';

/* Many members fall silent at once. Twelve members in four pools of three, the first of each active; the third is never lost. */

let world: World;
async function begin(options: WorldOptions = {}): Promise<void> {
  const pool = { failoverDelayMs: 10_000 };
  world = createWorld({ members: 3, bystanders: 0, fleet: { pools: 3, membersEach: 3 }, pool, ...options });
  await world.start();
}
afterEach(() => world.stop());

const isThird = (number: number) => number % 3 === 0;
const east = (number: number) => (isThird(number) ? 'west' : 'east');

function loseTwoOfEach(): void {
  for (let number = 1; number <= 12; number += 1) if (!isThird(number)) world.kill(number);
}

const failovers = () => world.store.house.promotions.filter(({ kind }) => kind === 'failover');
const gaps = () => failovers().flatMap(({ at }, index, all) => (index === 0 ? [] : [at - (all[index - 1]?.at ?? 0)]));
const noticeOf = (wanted: string) => world.notices.find(({ kind }) => kind === wanted);

describe('mass silence (R9)', () => {
  test('one pool moves in 10 s, whoever waits longest first, and people are told once how to release it', async () => {
    await begin();
    loseTwoOfEach();
    await world.clock.advance(12_000);
    expect(failovers()).toHaveLength(1);
    await world.clock.advance(40_000);
    expect(failovers()).toHaveLength(4);
    for (const gap of gaps()) expect(gap).toBeGreaterThanOrEqual(10_000);
    expect(world.told('fleet.mass-silence')).toBe(1);
    expect(noticeOf('fleet.mass-silence')).toMatchObject({
      severity: 'critical',
      sentence: expect.stringContaining('serverctl brakes release'),
      details: { zones: [{ zone: 'unlabelled', members: 12, silent: 8 }], deadZones: [] },
    });
    for (let number = 1; number <= 12; number += 1) world.revive(number);
    await world.clock.advance(20_000);
    expect(world.told('fleet.mass-silence-over')).toBe(1);
  });

  test('released by a person it moves all at once, and says so in the decision', async () => {
    await begin();
    world.store.operator.releaseBrakes(600_000);
    loseTwoOfEach();
    await world.clock.advance(12_000);
    expect(failovers().map(({ decision }) => decision)).toMatchObject(Array(4).fill({ unbraked: 'released' }));
  });

  test('does not lapse when the loop changes: whoever was not heard since counts as silent', async () => {
    await begin();
    loseTwoOfEach();
    await world.clock.advance(5_000);
    world.lease.lose();
    await world.clock.advance(1_000);
    world.lease.grant();
    await world.clock.advance(12_000);
    expect(failovers()).toHaveLength(1);
    await world.clock.advance(40_000);
    expect(failovers()).toHaveLength(4);
    for (const gap of gaps()) expect(gap).toBeGreaterThanOrEqual(10_000);
  });

  test('a pool whose promotion the store refuses each time does not keep the others waiting', async () => {
    await begin();
    const { promote } = world.store;
    world.store.promote = (promotion, fence) =>
      promotion.poolId === world.poolId
        ? Promise.reject(new AppError('target_has_no_address', { member: promotion.to }))
        : promote(promotion, fence);
    loseTwoOfEach();
    await world.clock.advance(52_000);
    expect(failovers()).toHaveLength(3);
    expect(world.active()).toBe(1);
  });

  test('a pool whose commit the fence refused keeps its turn: it was no fault of the pool (R15)', async () => {
    await begin();
    const { promote } = world.store;
    const asked: string[] = [];
    world.store.promote = (promotion) => {
      asked.push(promotion.poolId);
      return Promise.reject(new AppError('not_leader'));
    };
    loseTwoOfEach();
    await world.clock.advance(15_000);
    expect([asked.length > 1, new Set(asked).size]).toEqual([true, 1]);
    world.store.promote = promote;
    await world.clock.advance(1_000);
    expect(failovers().map(({ poolId }) => poolId)).toEqual(asked.slice(0, 1));
  });

  test('a pause of ours is none: after a blocked event loop nobody is told of it', async () => {
    await begin();
    await world.clock.block(8_000);
    await world.clock.advance(20_000);
    expect(world.told('fleet.mass-silence')).toBe(0);
  });

  test('members in maintenance count neither as silent nor at all', async () => {
    await begin();
    for (let number = 1; number <= 12; number += 1)
      if (number % 3 === 2) world.store.operator.memberMaintenance(world.member(number), 3_600_000);
    loseTwoOfEach();
    await world.clock.advance(12_000);
    expect(failovers()).toHaveLength(4);
    expect(failovers()[0]?.evidence.fleet.zones).toEqual([{ zone: 'unlabelled', members: 8, silent: 4 }]);
  });
});

describe('a dead zone (R9)', () => {
  test('its pools move at normal speed, and are not counted', async () => {
    await begin({ zoneOf: east });
    loseTwoOfEach();
    await world.clock.advance(12_000);
    expect(failovers().map(({ decision }) => decision)).toMatchObject(Array(4).fill({ unbraked: 'dead-zone' }));
    expect([1, 3, 4, 5].map((pool) => world.active(pool))).toEqual([3, 6, 9, 12]);
    expect(noticeOf('fleet.mass-silence')?.details).toMatchObject({ deadZones: ['east'] });
    expect(failovers().at(-1)?.evidence.fleet.promotionAgesMs).toEqual([]);
  });
});

describe('velocity (R10)', () => {
  test('of 25 pools that lose their active member at once, ten move within a minute, then the next ten', async () => {
    await begin({ fleet: { pools: 24, membersEach: 3 } });
    for (let number = 1; number <= 75; number += 3) world.kill(number);
    await world.clock.advance(12_000);
    expect(failovers()).toHaveLength(10);
    await world.clock.advance(50_000);
    expect(failovers()).toHaveLength(10);
    expect(world.told('fleet.velocity')).toBe(1);
    expect(noticeOf('fleet.velocity')?.sentence).toContain('serverctl brakes release');
    await world.clock.advance(12_000);
    expect(failovers()).toHaveLength(20);
    await world.clock.advance(62_000);
    expect(failovers()).toHaveLength(25);
    await world.clock.advance(12_000);
    expect(world.told('fleet.velocity-over')).toBe(1);
  });
});
