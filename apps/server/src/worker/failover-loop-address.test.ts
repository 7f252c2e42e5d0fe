import type { Ipv4, PromotionKind } from '@serverctl/core';
import { afterEach, describe, expect, test } from 'vitest';
import { addressOf, createWorld, type World, type WorldOptions } from '../../../../testkit/src/index.ts';

/* Dynamic DNS: "when the active member's public address changes, the records follow" (PRODUCT.md section 4). */

let world: World;
afterEach(() => world.stop());

async function start(options: WorldOptions = {}): Promise<void> {
  world = createWorld({ ...options, pool: { dynamicDns: true, failoverDelayMs: 10_000, ...options.pool } });
  await world.start();
}

/** The member's agent declares it, or we see it there: nobody set its address. */
function report(number: number, address: string): void {
  const { house, changed } = world.store;
  const member = house.members.get(world.member(number));
  if (member === undefined) throw new Error(`there is no member ${number}`);
  house.members.set(member.id, { ...member, publicIpv4: null });
  house.reportedIpv4.set(member.id, address);
  changed();
}

const [elsewhere, further] = ['198.51.100.21' as Ipv4, '198.51.100.22' as Ipv4];
const kinds = () => world.store.house.promotions.map(({ kind }) => kind);
const count = (kind: PromotionKind) => kinds().filter((one) => one === kind).length;
const record = () => world.zone.get(world.name, 'A')?.values;
const judged = () => world.store.house.statuses.get(world.poolId)?.judgement;

describe('the active member’s address changes', () => {
  test('and the record follows at once, under an epoch of its own, by a promotion to itself that is no alarm', async () => {
    await start();
    report(1, elsewhere);
    await world.clock.advance(2_000);
    expect([world.active(), record()]).toEqual([1, [elsewhere]]);
    const promotion = world.store.house.promotions.at(-1);
    const one = world.member(1);
    expect(promotion).toMatchObject({ kind: 'address', cause: 'address-changed', from: one, to: one, epoch: 2 });
    const sentence = `The public address of lb1.example.com changed from ${addressOf(1)} to ${elsewhere}; its records follow.`;
    expect(promotion).toMatchObject({ address: elsewhere, actor: 'loop', sentence });
    const told = world.notices.filter(({ kind }) => kind.startsWith('pool.'));
    expect(told).toMatchObject([{ kind: 'pool.address-changed', severity: 'info', sentence, memberId: one }]);
    await world.clock.advance(600_000);
    expect(kinds()).toEqual(['first-publish', 'address']);
  });

  test('and the record stays while dynamic DNS is off, and follows when it is switched on', async () => {
    await start({ pool: { dynamicDns: false } });
    report(1, elsewhere);
    await world.clock.advance(120_000);
    expect([kinds(), record()]).toEqual([['first-publish'], [addressOf(1)]]);
    world.changePool({ dynamicDns: true });
    await world.clock.advance(2_000);
    expect(record()).toEqual([elsewhere]);
  });

  test('in a pool of one member, with automatic failover off, and while the pool is held (R11)', async () => {
    await start({ members: 1, pool: { automaticFailover: false, held: true } });
    report(1, elsewhere);
    await world.clock.advance(2_000);
    expect([kinds().at(-1), record()]).toEqual(['address', [elsewhere]]);
  });

  test('again within a minute: the record waits for the rest of it, and says so', async () => {
    await start();
    report(1, elsewhere);
    await world.clock.advance(5_000);
    report(1, further);
    await world.clock.advance(5_000);
    expect(record()).toEqual([elsewhere]);
    expect(judged()).toMatchObject({ decision: { kind: 'wait', because: 'dynamic-dns' } });
    expect(judged()?.sentence).toContain(`changed from ${elsewhere} to ${further}`);
    await world.clock.advance(48_000);
    expect(count('address')).toBe(1);
    await world.clock.advance(4_000);
    expect([count('address'), record()]).toEqual([2, [further]]);
  });

  test('and changes back within the minute: nothing is written for that', async () => {
    await start();
    report(1, elsewhere);
    await world.clock.advance(5_000);
    report(1, further);
    await world.clock.advance(5_000);
    report(1, elsewhere);
    await world.clock.advance(120_000);
    expect(kinds()).toEqual(['first-publish', 'address']);
  });

  test('every minute, as of a host behind two egress addresses: six times an hour', async () => {
    await start();
    for (let minute = 0; minute < 58; minute += 1) {
      report(1, minute % 2 === 0 ? elsewhere : further);
      await world.clock.advance(61_000);
    }
    expect(count('address')).toBe(6);
    for (let minute = 0; minute < 10; minute += 1) {
      report(1, minute % 2 === 0 ? elsewhere : further);
      await world.clock.advance(61_000);
    }
    expect(count('address')).toBeGreaterThan(6);
  });

  test('and not while it is paused or in maintenance, by a person’s word (R13)', async () => {
    await start();
    world.store.operator.pause(world.poolId);
    report(1, elsewhere);
    await world.clock.advance(30_000);
    world.store.operator.poolMaintenance(world.poolId, 60_000);
    world.store.operator.resume(world.poolId);
    await world.clock.advance(50_000);
    expect([kinds(), record()]).toEqual([['first-publish'], [addressOf(1)]]);
    await world.clock.advance(15_000);
    expect(record()).toEqual([elsewhere]);
  });
});

describe('beside a record that a person set by hand (R21)', () => {
  test('it is left: the address is followed only once that ended', async () => {
    await start();
    world.zone.put(world.name, 'A', [addressOf(2)]);
    await world.clock.advance(60_000);
    report(1, elsewhere);
    await world.clock.advance(120_000);
    expect([kinds(), record()]).toEqual([['first-publish'], [addressOf(2)]]);
    expect(world.store.house.statuses.get(world.poolId)?.evidence.namesLeft).toBe(true);
    world.zone.put(world.name, 'A', [addressOf(1)]);
    await world.clock.advance(12 * 60_000);
    expect([kinds(), record()]).toEqual([['first-publish', 'address'], [elsewhere]]);
  });
});

describe('beside moves to another member', () => {
  test('a standby’s changed address is used when it becomes active, and follows only then', async () => {
    await start();
    report(2, elsewhere);
    await world.clock.advance(60_000);
    expect(kinds()).toEqual(['first-publish']);
    world.kill(1);
    await world.clock.advance(15_000);
    expect([kinds(), record()]).toEqual([['first-publish', 'failover'], [elsewhere]]);
    report(2, further);
    await world.clock.advance(20_000);
    expect([kinds().at(-1), record()]).toEqual(['address', [further]]);
  });

  test('trouble goes first: the address of a lost member is not followed', async () => {
    await start();
    world.kill(1);
    await world.clock.advance(4_000);
    report(1, elsewhere);
    await world.clock.advance(60_000);
    expect([world.active(), kinds(), record()]).toEqual([2, ['first-publish', 'failover'], [addressOf(2)]]);
  });

  test('a failover does not wait for the 10 s after it, nor is it counted: the pool is not held (R11)', async () => {
    await start();
    for (const address of [elsewhere, further, elsewhere]) {
      report(1, address);
      await world.clock.advance(62_000);
    }
    report(1, further);
    await world.clock.advance(1_000);
    expect(count('address')).toBe(4);
    world.report(1, 'stopped');
    await world.clock.advance(4_000);
    expect([world.active(), kinds().at(-1), world.told('pool.held')]).toEqual([2, 'failover', 0]);
  });
});

describe('beside a failover that could not be published', () => {
  test('the new active member’s address waits, so that the failover can still be withdrawn', async () => {
    await start();
    const lift = world.zone.inject({ kind: 'fail', code: 'dns_not_allowed' }, { times: 10_000 });
    world.kill(1);
    await world.clock.advance(15_000);
    expect([world.active(), record()]).toEqual([2, [addressOf(1)]]);
    report(2, elsewhere);
    await world.clock.advance(30_000);
    expect(kinds()).toEqual(['first-publish', 'failover']);
    world.revive(1);
    await world.clock.advance(20_000);
    expect([world.active(), kinds()]).toEqual([1, ['first-publish', 'failover', 'withdrawal']]);
    lift();
    await world.clock.advance(60_000);
    expect([kinds().length, record()]).toEqual([3, [addressOf(1)]]);
  });

  test('it follows as soon as the provider takes the failover', async () => {
    await start();
    const lift = world.zone.inject({ kind: 'fail', code: 'dns_not_allowed' }, { times: 10_000 });
    world.kill(1);
    await world.clock.advance(15_000);
    report(2, elsewhere);
    await world.clock.advance(30_000);
    lift();
    await world.clock.advance(60_000);
    expect([kinds(), record()]).toEqual([['first-publish', 'failover', 'address'], [elsewhere]]);
  });

  test('an address that could not be published is no failover: nothing is withdrawn', async () => {
    await start();
    world.kill(1);
    await world.clock.advance(60_000);
    expect(record()).toEqual([addressOf(2)]);
    world.zone.inject({ kind: 'fail', code: 'dns_not_allowed' }, { times: 10_000 });
    report(2, elsewhere);
    await world.clock.advance(5_000);
    world.revive(1);
    await world.clock.advance(60_000);
    expect([world.active(), kinds()]).toEqual([2, ['first-publish', 'failover', 'address']]);
  });
});
