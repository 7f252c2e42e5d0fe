import type { Member } from '@serverctl/core';
import { afterEach, describe, expect, test } from 'vitest';
import { createWorld, type World, type WorldOptions } from '../../../../testkit/src/index.ts';

let world: World;
async function begin(options: WorldOptions = {}): Promise<void> {
  world = createWorld(options);
  await world.start();
  expect(world.active()).toBe(1);
}
afterEach(() => world.stop());

function changeMember(number: number, change: Partial<Member>): void {
  const member = world.store.house.members.get(world.member(number));
  if (member !== undefined) world.store.house.members.set(member.id, { ...member, ...change });
  world.store.changed();
}

/** Nothing for the given time after the change, then the move. */
async function movesOnlyAfter(ms: number, slackMs: number): Promise<void> {
  await world.clock.advance(ms - 20);
  expect(world.active()).toBe(1);
  await world.clock.advance(slackMs);
  expect([world.active(), world.published()]).toEqual([2, 2]);
}

describe('settings changed while there is trouble apply from now; a change alone never promotes', () => {
  test('the failover delay lowered below the silence of the active member', async () => {
    await begin({ pool: { failoverDelayMs: 120_000 } });
    world.kill(1);
    await world.clock.advance(15_000);
    world.changePool({ failoverDelayMs: 10_000 });
    await movesOnlyAfter(10_000, 600);
  });

  test.each([0, 1_000])(
    'a generic pool made an HAProxy pool with HAProxy stopped, grace %i ms',
    async (haproxyGraceMs) => {
      await begin({ pool: { preset: 'generic', haproxyGraceMs } });
      world.report(1, 'stopped');
      await world.clock.advance(15_000);
      world.changePool({ preset: 'haproxy' });
      await world.clock.settle();
      await movesOnlyAfter(Math.max(20, haproxyGraceMs), 1_600);
    },
  );

  test('the grace lowered while HAProxy is down within it', async () => {
    await begin({ pool: { haproxyGraceMs: 30_000 } });
    world.report(1, 'stopped');
    await world.clock.advance(15_000);
    world.changePool({ haproxyGraceMs: 5_000 });
    await movesOnlyAfter(5_000, 1_600);
  });

  test('a member monitored from now on', async () => {
    await begin();
    changeMember(1, { monitored: false });
    world.report(1, 'stopped');
    await world.clock.advance(15_000);
    changeMember(1, { monitored: true });
    await movesOnlyAfter(1_000, 1_600);
  });

  const automatic = { policy: 'automatic' as const, afterMinutes: 2, window: null };

  test('failback made automatic: the N minutes of health count from then', async () => {
    await begin();
    changeMember(2, { priority: 1 });
    await world.clock.advance(600_000);
    world.changePool({ failback: automatic });
    await movesOnlyAfter(120_000, 600);
  });

  test('another member preferred, failback being automatic: the same', async () => {
    await begin({ pool: { failback: automatic } });
    await world.clock.advance(600_000);
    changeMember(2, { priority: 1 });
    await movesOnlyAfter(120_000, 600);
  });

  test('a silent standby is no fresher for it (R7)', async () => {
    await begin();
    world.kill(2);
    await world.clock.advance(15_000);
    world.changePool({ failoverDelayMs: 60_000 });
    world.report(1, 'stopped');
    await world.clock.advance(20_000);
    expect(world.active()).toBe(1);
  });

  test('switching automatic failover on is no such change: it moves at once, after a confirmation', async () => {
    await begin({ pool: { automaticFailover: false } });
    world.kill(1);
    await world.clock.advance(35_000);
    world.changePool({ automaticFailover: true });
    await world.clock.advance(10);
    expect(world.active()).toBe(2);
  });
});
