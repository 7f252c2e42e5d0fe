import type { EventKind } from '@serverctl/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addressOf, buildBinding } from '../../../../testkit/src/index.ts';
import { openScene, type PublisherScene } from './testing/publisher-scene.ts';

let scene: PublisherScene;
beforeEach(async () => {
  scene = await openScene();
  await scene.promote(1, 'first-publish');
  await scene.clock.advance(1_000);
});
afterEach(() => scene.close());

const refuse = () =>
  scene.zone.inject({ kind: 'fail', code: 'dns_not_allowed' }, { verbs: ['replace'], times: Number.POSITIVE_INFINITY });
/** A person sets the record to another member, and back: trouble that begins and ends without a write of ours. */
const drift = (isDrifting: boolean) => scene.putAddress(addressOf(isDrifting ? 2 : 1));
const told = () =>
  scene.notices.map(({ kind }) => kind).filter((kind) => kind !== 'dns.published' && kind.startsWith('dns.'));

function tellInTheirTerm(kind: EventKind): void {
  const { id: bindingId, name } = buildBinding();
  const about = { poolId: scene.poolId, memberId: null, details: { bindingId, name } };
  scene.store.house.events.push({ kind, severity: 'info', sentence: 'Told by another loop.', ...about });
}

/** Another process leads for a term, and then this one. */
async function another(meanwhile: () => void = () => {}): Promise<void> {
  scene.lease.lose();
  await scene.clock.advance(1_000);
  meanwhile();
  await scene.clock.advance(5_000);
  scene.lease.grant();
  scene.lease.grant();
  await scene.clock.advance(40_000);
}

/** The marks' own trouble is no matter here: a drift is a person's only where our writes bear marks and none may arrive late. */
async function beginDrift(): Promise<void> {
  drift(true);
  await scene.clock.advance(40_000);
}

describe('a loop that begins to lead after another (PRODUCT.md section 9)', () => {
  test('does not tell a name’s trouble again, and tells its end once', async () => {
    const lift = refuse();
    await scene.promote(2);
    await another();
    await another();
    expect([told(), scene.state()]).toEqual([['dns.blocked'], 'blocked']);
    lift();
    await scene.clock.advance(60_000);
    await another();
    expect(told()).toEqual(['dns.blocked', 'dns.recovered']);
  });

  test('tells the end of what others told, when that came between two', async () => {
    await another(() => {
      tellInTheirTerm('dns.drift');
      tellInTheirTerm('dns.blocked');
      tellInTheirTerm('dns.partial');
    });
    expect(told().slice(3).toSorted()).toEqual(['dns.complete', 'dns.recovered']);
    await another();
    expect(told()).toHaveLength(5);
  });

  test('tells trouble that it told itself, that others told to be over, and that is back', async () => {
    await beginDrift();
    expect(told()).toEqual(['dns.drift']);
    await another(() => tellInTheirTerm('dns.recovered'));
    expect(told()).toEqual(['dns.drift', 'dns.recovered', 'dns.drift']);
  });

  test('does not tell an end that others told', async () => {
    await beginDrift();
    await another(() => {
      drift(false);
      tellInTheirTerm('dns.recovered');
    });
    expect(told()).toEqual(['dns.drift', 'dns.recovered']);
  });

  test('stores a state that it stored itself, where others stored another one between', async () => {
    refuse();
    await scene.promote(2);
    const blocked = () => scene.store.house.publications.filter(({ state }) => state === 'blocked').length;
    expect(blocked()).toBe(1);
    await another();
    expect(blocked()).toBe(2);
  });

  test('publishes and stores at once when it is not known what was told; it is told after 5 s at most', async () => {
    Object.assign(scene.store, { openTroubles: () => new Promise(() => {}) });
    scene.lease.lose();
    await scene.clock.advance(1_000);
    scene.lease.grant();
    scene.lease.grant();
    await scene.promote(2);
    expect(scene.held()).toEqual([addressOf(2)]);
    refuse();
    await scene.promote(3);
    expect([scene.state(), told()]).toEqual(['blocked', []]);
    await scene.clock.advance(8_000);
    expect(told()).toEqual(['dns.blocked']);
  });
});

test('a name whose pool had nobody active for a while is not told anew', async () => {
  const lift = refuse();
  await scene.promote(2);
  const pool = scene.pool();
  if (pool === undefined) throw new Error('the pool is gone');
  for (const activeMemberId of [null, pool.activeMemberId]) {
    scene.store.house.pools.set(pool.id, { ...pool, activeMemberId });
    scene.store.changed();
    await scene.clock.advance(1_000);
  }
  expect(told()).toEqual(['dns.blocked']);
  lift();
  await scene.clock.advance(60_000);
  expect(told()).toEqual(['dns.blocked', 'dns.recovered']);
});

describe('a failover whose write is refused', () => {
  test('is told though the name was blocked before it, once per epoch, and its end once (PRODUCT.md section 4)', async () => {
    const lift = refuse();
    await scene.promote(2);
    await scene.clock.advance(60_000);
    expect(told()).toEqual(['dns.blocked']);
    await scene.promote(3);
    await scene.clock.advance(60_000);
    expect(told()).toEqual(['dns.blocked', 'dns.blocked']);
    await another();
    expect(told()).toHaveLength(2);
    lift();
    await scene.clock.advance(60_000);
    expect(told()).toEqual(['dns.blocked', 'dns.blocked', 'dns.recovered']);
  });

  test('is told by the loop that does it, whoever told of an earlier epoch', async () => {
    refuse();
    await scene.promote(2);
    await another(() => void scene.promote(3));
    expect(told()).toEqual(['dns.blocked', 'dns.blocked']);
  });
});

test('a name server that lags over two epochs is told once, and its end too', async () => {
  scene.resolver.freeze('ns2.test', buildBinding().name);
  await scene.promote(2);
  await scene.clock.advance(90_000);
  await scene.promote(3);
  await scene.clock.advance(90_000);
  expect(told()).toEqual(['dns.partial']);
  scene.resolver.release('ns2.test');
  await scene.clock.advance(10_000);
  expect(told()).toEqual(['dns.partial', 'dns.complete']);
});
