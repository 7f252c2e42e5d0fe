import { decide } from '@serverctl/core';
import { afterEach, describe, expect, test } from 'vitest';
import { createWorld, type World, type WorldOptions } from '../../../../testkit/src/index.ts';

/* What a person can ask afterwards: every decision that changed, with its evidence (R14), and every silence (R2). */

let world: World;
async function begin(options: WorldOptions = {}): Promise<void> {
  world = createWorld({ pool: { failoverDelayMs: 10_000 }, ...options });
  await world.start();
}
afterEach(() => world.stop());

const kept = () => [...world.store.house.decisions.values()].filter(({ poolId }) => poolId === world.poolId);
const decisions = () => kept().map(({ decision }) => `${decision.kind} ${decision.because}`);
const silences = () => world.notices.filter(({ kind }) => kind === 'member.silence');

describe('the history of decisions (R14)', () => {
  const start = ['wait silence', 'keep active-healthy'];
  const failover = ['wait silence', 'promote heartbeat-lost', 'keep active-healthy'];

  test('has each change, also the one back to keep, and nothing more', async () => {
    await begin();
    expect(decisions()).toEqual(start);
    world.kill(1);
    await world.clock.advance(60_000);
    expect(decisions()).toEqual([...start, ...failover]);
  });

  test('keeps evidence that gives the same decision again, byte for byte (I18)', async () => {
    await begin();
    world.kill(1);
    await world.clock.advance(20_000);
    for (const { evidence, decision } of kept())
      expect(JSON.stringify(decide(JSON.parse(JSON.stringify(evidence))))).toBe(JSON.stringify(decision));
    expect(kept().length).toBeGreaterThan(2);
  });

  /** Returns how many decisions were kept until the new term. */
  async function nextTerm(awayMs: number): Promise<number> {
    world.lease.lose();
    await world.clock.advance(awayMs);
    const before = decisions().length;
    world.lease.grant();
    return before;
  }

  test('of a new term begins with its first decision, also when it is the last one again', async () => {
    await begin();
    world.store.operator.pause(world.poolId);
    await world.clock.advance(10_000);
    expect(decisions().at(-1)).toBe('keep paused');
    const before = await nextTerm(1_000);
    await world.clock.advance(10_000);
    expect(decisions().slice(before)).toEqual(['keep paused']);
  });

  test('of a new term begins with a keep as well, so that what was refused before does not seem to last', async () => {
    await begin();
    world.store.operator.pause(world.poolId);
    world.report(1, 'stopped');
    await world.clock.advance(10_000);
    expect(decisions().at(-1)).toBe('refuse paused');
    world.lease.lose();
    world.report(1, 'running');
    const before = await nextTerm(5_000);
    await world.clock.advance(10_000);
    expect(decisions().slice(before)).toEqual(['keep paused']);
  });

  test('has the same decision again when a person moved the pool, with whom it is about', async () => {
    await begin();
    const before = decisions().length;
    const pool = world.store.house.pools.get(world.poolId);
    world.changePool({ activeMemberId: world.member(2), epoch: (pool?.epoch ?? 0) + 1 });
    await world.clock.advance(2_000);
    expect(decisions().slice(before)).toContain('keep active-healthy');
    expect(kept().at(-1)?.evidence.pool.activeMemberId).toBe(world.member(2));
  });

  test('waits for a database that is away, in order', async () => {
    await begin();
    const { recordDecisions } = world.store;
    let away = true;
    world.store.recordDecisions = (records) => (away ? Promise.reject(new Error('away')) : recordDecisions(records));
    world.kill(1);
    await world.clock.advance(20_000);
    expect(decisions()).toEqual(start);
    away = false;
    await world.clock.advance(2_000);
    expect(decisions()).toEqual([...start, ...failover]);
    expect(world.logged.filter((line) => line.startsWith('Decisions could not be stored'))).toHaveLength(1);
  });
});

describe('the history of silences (R2)', () => {
  test('has each that was longer than 3 s, with its true and its proven length, for the event log alone', async () => {
    await begin();
    world.kill(2);
    await world.clock.advance(2_000);
    world.revive(2);
    await world.clock.advance(5_000);
    expect(silences()).toEqual([]);
    world.kill(2);
    await world.clock.advance(6_000);
    world.revive(2);
    await world.clock.advance(2_000);
    expect(silences()).toMatchObject([{ memberId: world.member(2), poolId: world.poolId, quiet: true }]);
    expect(silences()[0]?.details).toMatchObject({ trueMs: 7_000, isOpenEnded: false });
    expect(Number(silences()[0]?.details['provenMs'])).toBeGreaterThan(6_500);
  });

  test('has also one in which we could not listen: true, and not proven', async () => {
    await begin();
    world.databaseDown(true);
    await world.clock.advance(12_000);
    world.databaseDown(false);
    await world.clock.advance(2_000);
    expect(silences()).toHaveLength(3);
    for (const { details } of silences()) {
      expect(Number(details['trueMs'])).toBeGreaterThan(10_000);
      expect(Number(details['provenMs'])).toBeLessThan(3_000);
    }
  });

  test('of many that end at once shares few events', async () => {
    await begin({ members: 60 });
    world.databaseDown(true);
    await world.clock.advance(12_000);
    world.databaseDown(false);
    await world.clock.advance(2_000);
    const shared = silences().flatMap(({ details }) => (details['silences'] ?? []) as readonly { memberId: string }[]);
    const told = [...silences().map(({ memberId }) => memberId), ...shared.map(({ memberId }) => memberId)];
    expect(new Set(told.filter((memberId) => memberId !== null)).size).toBe(61);
    expect(silences().length).toBeLessThan(61 - 20);
  });
});
