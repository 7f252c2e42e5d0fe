import { AppError } from '@serverctl/core';
import { afterEach, describe, expect, test } from 'vitest';
import { addressOf, createWorld, type World } from '../../../../testkit/src/index.ts';

/* "If the old active recovers before anything was written, a new epoch withdraws it without a write" (PRODUCT.md section 4, *Cases*). */

let world: World;
afterEach(() => world.stop());

async function failOverBlocked(): Promise<() => void> {
  world = createWorld({ pool: { failoverDelayMs: 10_000 } });
  await world.start();
  const lift = world.zone.inject({ kind: 'fail', code: 'dns_not_allowed' }, { times: 10_000 });
  world.kill(1);
  await world.clock.advance(15_000);
  expect([world.active(), world.published()]).toEqual([2, 1]);
  return lift;
}

/** The addresses that are written from now on. */
function watchWrites(): readonly string[] {
  const written: string[] = [];
  const { put } = world.zone;
  world.zone.put = (name, type, values, ttl) => {
    if (type === 'A') written.push(...values);
    put(name, type, values, ttl);
  };
  return written;
}

const kinds = () => world.store.house.promotions.map(({ kind }) => kind);

describe('a failover that could not be published', () => {
  test('is withdrawn under a new epoch when the old active member is ready again, and the record never leaves it', async () => {
    const lift = await failOverBlocked();
    const written = watchWrites();
    world.revive(1);
    await world.clock.advance(20_000);
    expect(kinds()).toEqual(['first-publish', 'failover', 'withdrawal']);
    expect(world.store.house.promotions.at(-1)).toMatchObject({
      cause: 'withdrawn',
      from: world.member(2),
      to: world.member(1),
      decision: { kind: 'promote', because: 'withdrawn' },
    });
    expect(written).toEqual([]);
    lift();
    await world.clock.advance(60_000);
    expect([world.active(), world.published()]).toEqual([1, 1]);
    expect(new Set(written)).toEqual(new Set([addressOf(1)]));
  });

  test('is not withdrawn in maintenance, and not while paused', async () => {
    await failOverBlocked();
    world.store.operator.poolMaintenance(world.poolId, 60_000);
    world.revive(1);
    await world.clock.advance(50_000);
    world.store.operator.pause(world.poolId);
    await world.clock.advance(60_000);
    expect(kinds()).toEqual(['first-publish', 'failover']);
    world.store.operator.resume(world.poolId);
    await world.clock.advance(2_000);
    expect(kinds().at(-1)).toBe('withdrawal');
  });

  test('is withdrawn too when the provider still answers and only refuses the writes', async () => {
    world = createWorld({ pool: { failoverDelayMs: 10_000 } });
    await world.start();
    world.zone.inject({ kind: 'fail', code: 'dns_not_allowed' }, { verbs: ['replace'], times: 10_000 });
    world.kill(1);
    await world.clock.advance(15_000);
    expect([world.active(), world.published()]).toEqual([2, 1]);
    world.revive(1);
    await world.clock.advance(20_000);
    expect([world.active(), kinds().at(-1)]).toEqual([1, 'withdrawal']);
  });

  test('never moves the record, when the provider is back while the withdrawal is being recorded', async () => {
    const lift = await failOverBlocked();
    const { promote } = world.store;
    world.store.promote = async (promotion, fence) => {
      lift();
      world.lease.resume(); // every name is looked at at once
      await world.clock.sleep(3_500, new AbortController().signal);
      return promote(promotion, fence);
    };
    const written = watchWrites();
    world.revive(1);
    await world.clock.advance(60_000);
    expect([kinds().at(-1), world.active(), world.published()]).toEqual(['withdrawal', 1, 1]);
    expect(new Set(written)).toEqual(new Set([addressOf(1)]));
  });

  test('whose withdrawal the store refuses is published as soon as the provider is back', async () => {
    const lift = await failOverBlocked();
    world.store.promote = async () => {
      lift();
      throw new AppError('pool_changed');
    };
    world.revive(1);
    await world.clock.advance(60_000);
    expect([world.active(), world.published()]).toEqual([2, 2]);
  });

  test('after another one is not withdrawn to the member between them, which no name ever named', async () => {
    world = createWorld({ members: 3, pool: { failoverDelayMs: 10_000 } });
    await world.start();
    world.zone.inject({ kind: 'fail', code: 'dns_not_allowed' }, { times: 10_000 });
    world.kill(1);
    await world.clock.advance(15_000);
    world.kill(2);
    await world.clock.advance(25_000);
    expect([world.active(), world.published()]).toEqual([3, 1]);
    world.revive(2);
    await world.clock.advance(60_000);
    expect([world.active(), kinds()]).toEqual([3, ['first-publish', 'failover', 'failover']]);
  });

  test('is not withdrawn once it is published', async () => {
    const lift = await failOverBlocked();
    lift();
    await world.clock.advance(40_000);
    expect(world.published()).toBe(2);
    world.revive(1);
    await world.clock.advance(60_000);
    expect(kinds()).toEqual(['first-publish', 'failover']);
  });
});
