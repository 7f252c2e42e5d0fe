import { AppError, type DnsProvider, type Mark, parseMark } from '@serverctl/core';
import { afterEach, describe, expect, test } from 'vitest';
import { addressOf, createWorld, type World, type WorldOptions } from '../../../../testkit/src/index.ts';

let world: World;
async function begin(options: WorldOptions = {}): Promise<void> {
  world = createWorld({ pool: { haproxyGraceMs: 0 }, ...options });
  await world.start();
  expect(world.published()).toBe(1);
}
afterEach(() => world.stop());

const mark = (): Mark | null => parseMark(world.zone.get(`_serverctl.${world.name}`, 'TXT')?.values[0] ?? '');
const states = () => world.store.house.publications.map(({ state }) => state);
const lastError = () => world.store.house.publications.findLast(({ error }) => error !== null)?.error?.code;
async function failOver(): Promise<void> {
  world.report(world.active(), 'stopped');
  await world.clock.settle();
}

describe('an ordinary promotion', () => {
  test('is written at once with its epoch in the mark, acknowledged and verified, in this order', async () => {
    await begin();
    const before = world.store.house.publications.length;
    await failOver();
    await world.clock.advance(100);
    expect([world.published(), mark()?.epoch]).toEqual([2, 2]);
    const steps = world.store.house.publications.slice(before).map(({ state, step }) => [state, step]);
    expect(steps).toEqual([
      ['publishing', null],
      ['verifying', 'acknowledged'],
      ['partial', 'answered'],
      ['published', 'all-answered'],
    ]);
    await world.clock.advance(61_000);
    expect(world.store.house.publications.at(-1)).toMatchObject({
      step: 'old-ttl-elapsed',
      epoch: 2,
    });
  });

  test('writes once: no read back or reconcile afterwards changes anything', async () => {
    await begin();
    await failOver();
    const { serial } = world.zone;
    await world.clock.advance(3_600_000);
    expect(world.zone.serial).toBe(serial);
  });
});

describe('an unknown outcome (R19)', () => {
  test('applied, but the reply was lost: it is read before any retry and not written twice', async () => {
    await begin();
    world.zone.inject({ kind: 'lose-reply' }, { verbs: ['replace'] });
    const { serial } = world.zone;
    await failOver();
    expect(world.published()).toBe(2);
    const written = world.zone.serial;
    expect(written).toBeGreaterThan(serial);
    expect(states().at(-1)).toBe('unknown-outcome');
    await world.clock.advance(2_000);
    expect([states().at(-1), world.zone.serial, lastError()]).toEqual(['published', written, 'dns_outcome_unknown']);
    expect([world.told('dns.unknown-outcome'), world.told('dns.recovered')]).toEqual([1, 1]);
  });

  test('not applied and no reply within 4 s: read, then written (R15)', async () => {
    await begin();
    world.zone.inject({ kind: 'delay', until: new Promise(() => {}) }, { verbs: ['replace'] });
    await failOver();
    await world.clock.advance(3_900);
    expect(states().at(-1)).toBe('publishing');
    await world.clock.advance(2_500);
    expect([world.published(), states().at(-1)]).toEqual([2, 'published']);
  });
});

describe('a provider that is away', () => {
  test('for 5 min: blocked and told once of each failover; then the present wish is written, not a queue (R17)', async () => {
    await begin({ members: 3 });
    const lift = world.zone.inject({ kind: 'fail', code: 'dns_unreachable' }, { times: Number.POSITIVE_INFINITY });
    const { serial } = world.zone;
    await failOver();
    expect([states().at(-1), lastError(), world.told('dns.blocked')]).toEqual(['blocked', 'dns_unreachable', 1]);
    await world.clock.advance(60_000);
    await failOver();
    expect(world.active()).toBe(3);
    await world.clock.advance(240_000);
    expect([world.published(), world.zone.serial, world.told('dns.blocked')]).toEqual([1, serial, 2]);
    lift();
    await world.clock.advance(31_000);
    expect([world.published(), mark()?.epoch, world.told('dns.recovered')]).toEqual([3, 3, 1]);
    const held = world.store.house.publications.filter(({ step }) => step === 'acknowledged').map(({ epoch }) => epoch);
    expect(held).toEqual([1, 3]);
  });

  test('backs off 1, 2, 4 … 30 s instead of hammering', async () => {
    await begin();
    let calls = 0;
    world.zone.inject(
      {
        kind: 'drift',
        change: () => {
          calls += 1;
        },
      },
      { verbs: ['read'], times: Number.POSITIVE_INFINITY },
    );
    world.zone.inject({ kind: 'fail', code: 'dns_unreachable' }, { times: Number.POSITIVE_INFINITY });
    await failOver();
    await world.clock.advance(120_000);
    expect(calls).toBeGreaterThanOrEqual(7);
    expect(calls).toBeLessThanOrEqual(11);
  });

  test('a wrong secret blocks with its remedy and is tried again every 30 s', async () => {
    await begin();
    const lift = world.zone.inject(
      { kind: 'fail', code: 'dns_tsig_wrong_secret' },
      { times: Number.POSITIVE_INFINITY },
    );
    await failOver();
    expect([states().at(-1), lastError()]).toEqual(['blocked', 'dns_tsig_wrong_secret']);
    await world.clock.advance(10_000);
    lift();
    await world.clock.advance(21_000);
    expect([world.published(), states().at(-1)]).toEqual([2, 'published']);
  });

  test('the provider’s own time is waited for, even when a newer epoch comes', async () => {
    let slowDown = false;
    const limited = (inner: DnsProvider): DnsProvider => ({
      ...inner,
      read: (ref, signal) => {
        if (slowDown) throw new AppError('dns_rate_limited', { retryAfterSeconds: 60 });
        return inner.read(ref, signal);
      },
    });
    await begin({ members: 3, provider: limited });
    slowDown = true;
    await failOver();
    slowDown = false;
    await world.clock.advance(30_000);
    await failOver();
    await world.clock.advance(29_900);
    expect([world.active(), world.published()]).toEqual([3, 1]);
    await world.clock.advance(200);
    expect(world.published()).toBe(3);
  });
});

describe('epochs (R16)', () => {
  test('a call under a superseded epoch never starts: the epoch changed between read and replace', async () => {
    await begin({ members: 3 });
    const { house } = world.store;
    // While the read is under way somebody promotes member 3.
    const supersede = () => {
      const pool = house.pools.get(world.poolId);
      const last = house.promotions.at(-1);
      if (pool === undefined || last === undefined) return;
      house.pools.set(pool.id, { ...pool, epoch: 3, activeMemberId: world.member(3) });
      house.promotions.push({ ...last, epoch: 3, to: world.member(3), address: addressOf(3) });
    };
    const addresses: string[] = [];
    world.zone.inject({ kind: 'drift', change: supersede }, { verbs: ['read'] });
    world.zone.inject(
      { kind: 'drift', change: (zone) => void addresses.push(...(zone.get(world.name, 'A')?.values ?? [])) },
      { verbs: ['replace'], times: Number.POSITIVE_INFINITY },
    );
    await failOver();
    await world.clock.advance(1_000);
    expect([world.published(), mark()?.epoch, addresses]).toEqual([3, 3, [addressOf(1)]]);
  });

  test('a newer epoch ends the verification of the older one, also while it cannot be written', async () => {
    await begin({ members: 3 });
    world.resolver.freeze('ns2.test', world.name);
    await failOver();
    await world.clock.advance(20_000);
    expect(states().at(-1)).toBe('partial');
    const lift = world.zone.inject({ kind: 'fail', code: 'dns_unreachable' }, { times: Number.POSITIVE_INFINITY });
    await failOver();
    world.resolver.release('ns2.test');
    await world.clock.advance(30_000);
    expect(world.store.house.publications.filter(({ epoch, step }) => epoch === 2 && step === 'all-answered')).toEqual(
      [],
    );
    lift();
    await world.clock.advance(31_000);
    expect(world.store.house.publications.at(-1)).toMatchObject({ epoch: 3, state: 'published' });
  });

  test('no call starts once the lease is gone (R15)', async () => {
    await begin();
    const { serial } = world.zone;
    world.zone.inject({ kind: 'drift', change: () => world.lease.lose() }, { verbs: ['read'] });
    await failOver();
    await world.clock.advance(60_000);
    expect([world.active(), world.published(), world.zone.serial]).toEqual([2, 1, serial]);
    world.lease.grant();
    await world.clock.advance(1_000);
    expect(world.published()).toBe(2);
  });
});

describe('drift (R18, R21)', () => {
  test('between read and write: read again at once, and the failover still gets through', async () => {
    await begin();
    world.zone.inject(
      { kind: 'drift', change: (zone) => zone.put(world.name, 'A', ['198.51.100.77']) },
      { verbs: ['replace'] },
    );
    await failOver();
    expect(world.published()).toBe(2);
  });

  test('a deleted record is written again at the next reconcile, told as repaired', async () => {
    await begin();
    world.zone.put(world.name, 'A', []);
    await world.clock.advance(35_000);
    expect([world.published(), world.told('dns.repaired')]).toEqual([1, 1]);
  });

  test('another member’s address by a person’s hand is told and left', async () => {
    await begin();
    world.zone.put(world.name, 'A', [addressOf(2)]);
    await world.clock.advance(120_000);
    expect([world.published(), world.told('dns.drift')]).toEqual([2, 1]);
  });

  test('a late write of an older epoch of ours is put right within 35 s (I4)', async () => {
    await begin();
    await failOver();
    world.zone.put(world.name, 'A', [addressOf(1)]);
    world.zone.put(`_serverctl.${world.name}`, 'TXT', [`v=1 cp=cp0000000001 pool=${world.poolId} epoch=1`]);
    await world.clock.advance(35_000);
    expect([world.published(), mark()?.epoch]).toEqual([2, 2]);
  });

  test('another control plane’s mark is never taken over: paused and paged', async () => {
    await begin();
    world.zone.put(`_serverctl.${world.name}`, 'TXT', [`v=1 cp=cp0000000099 pool=${world.poolId} epoch=9`]);
    await failOver();
    await world.clock.advance(120_000);
    expect([world.active(), world.published(), lastError(), world.told('pool.paused')]).toEqual([
      2,
      1,
      'dns_foreign_mark',
      1,
    ]);
  });

  test('a record that is not ours is not overwritten by a start, and nothing is written for a pool without active member', async () => {
    world = createWorld();
    world.zone.put(world.name, 'A', ['198.51.100.9']);
    await world.start();
    expect(world.zone.get(world.name, 'A')?.values).toEqual(['198.51.100.9']);
    expect(lastError()).toBe('record_not_ours');
  });
});

describe('after a restart', () => {
  test('a promotion that was recorded but not written before is written at the start', async () => {
    await begin();
    world.zone.inject({ kind: 'fail', code: 'dns_unreachable' });
    await failOver();
    expect([world.active(), world.published()]).toEqual([2, 1]);
    world.lease.lose();
    await world.clock.advance(100);
    world.lease.grant();
    await world.clock.advance(100);
    expect(world.published()).toBe(2);
  });

  test('while the database is away, what was written is stored afterwards', async () => {
    await begin();
    const { store } = world;
    const recordPublication = store.recordPublication;
    let refuse = true;
    store.recordPublication = async (update) => {
      if (refuse) throw new AppError('database_unavailable');
      return recordPublication(update);
    };
    await failOver();
    await world.clock.advance(5_000);
    refuse = false;
    await world.clock.advance(5_000);
    const acknowledged = store.house.publications.filter(({ step }) => step === 'acknowledged');
    expect([world.published(), acknowledged.at(-1)?.epoch]).toEqual([2, 2]);
  });
});
