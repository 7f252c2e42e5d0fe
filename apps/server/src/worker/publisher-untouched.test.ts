import type { ErrorCode } from '@serverctl/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addressOf } from '../../../../testkit/src/index.ts';
import { openScene, type PublisherScene } from './testing/publisher-scene.ts';

let scene: PublisherScene;
beforeEach(async () => {
  scene = await openScene({ names: 2 });
  await scene.promote(1, 'first-publish');
  await scene.clock.advance(1_000);
});
afterEach(() => scene.close());

const untouched = () => scene.publisher.isUntouched(scene.poolId);
const always = { times: Number.POSITIVE_INFINITY };
const fail = (code: ErrorCode, verb: 'read' | 'replace', plan: object = always) =>
  scene.zone.inject({ kind: 'fail', code }, { verbs: [verb], ...plan });

test('a promotion that could not even be read for is untouched, until the provider is back', async () => {
  const lift = fail('dns_tsig_wrong_secret', 'read');
  await scene.promote(2);
  expect(untouched()).toBe(true);
  lift();
  await scene.clock.advance(35_000);
  expect(untouched()).toBe(false);
});

test('a promotion whose names can be read again is not, even while nothing is written', async () => {
  const lift = fail('dns_unreachable', 'read');
  await scene.promote(2);
  expect(untouched()).toBe(true);
  scene.store.operator.pause(scene.poolId);
  lift();
  await scene.clock.advance(35_000);
  expect([untouched(), scene.count('replace')]).toEqual([false, 2]);
});

test('a promotion whose names are as wished is not', async () => {
  expect(untouched()).toBe(false);
  await scene.promote(2);
  expect(untouched()).toBe(false);
});

test.each(['dns_not_allowed', 'dns_unreachable', 'dns_rate_limited'] as const)(
  'a write that certainly came to nothing (%s) is as if it had never been sent, however often it is tried',
  async (code) => {
    fail(code, 'replace');
    await scene.promote(2);
    expect(untouched()).toBe(true);
    await scene.clock.advance(200_000);
    expect([untouched(), scene.count('replace') > 4]).toEqual([true, true]);
  },
);

test('a write whose outcome is unknown was sent: not untouched, whatever comes after', async () => {
  fail('dns_outcome_unknown', 'replace', { times: 2 });
  fail('dns_not_allowed', 'replace');
  await scene.promote(2);
  await scene.clock.advance(60_000);
  expect([scene.lastError(), untouched()]).toEqual(['dns_not_allowed', false]);
});

test('a write that is open from an earlier epoch may still change the names: not untouched before the next is acknowledged', async () => {
  const lift = fail('dns_outcome_unknown', 'replace');
  await scene.promote(2);
  const away = fail('dns_unreachable', 'read');
  await scene.promote(3);
  await scene.clock.advance(60_000);
  expect(untouched()).toBe(false);
  lift();
  away();
  await scene.clock.advance(60_000);
  fail('dns_unreachable', 'read');
  await scene.promote(1);
  expect(untouched()).toBe(true);
});

describe('while a promotion is being withdrawn', () => {
  const withhold = () => scene.publisher.withhold(scene.poolId, scene.epoch());

  test('no name is written under its epoch, though the provider is back; all are as soon as that is over', async () => {
    const lift = fail('dns_unreachable', 'read');
    await scene.promote(2);
    const release = withhold();
    lift();
    const reads = scene.count('read');
    await scene.clock.advance(60_000);
    expect([scene.count('replace'), scene.held(1), scene.held(2)]).toEqual([2, [addressOf(1)], [addressOf(1)]]);
    expect(scene.count('read') - reads).toBeLessThanOrEqual(4);
    release?.();
    await scene.clock.advance(100);
    expect([scene.held(1), scene.held(2)]).toEqual([[addressOf(2)], [addressOf(2)]]);
  });

  test('a later epoch is written at once', async () => {
    fail('dns_unreachable', 'read', { times: 2 });
    await scene.promote(2);
    expect(withhold()).not.toBeNull();
    await scene.promote(3, 'switchover');
    expect([scene.held(1), scene.held(2)]).toEqual([[addressOf(3)], [addressOf(3)]]);
  });

  test('it must not be once a write is under way, nor under another epoch than the pool’s', async () => {
    const away = fail('dns_unreachable', 'read');
    await scene.promote(2);
    expect(scene.publisher.withhold(scene.poolId, scene.epoch() - 1)).toBeNull();
    scene.zone.inject({ kind: 'delay', until: new Promise(() => {}) }, { verbs: ['replace'] });
    away();
    await scene.clock.advance(3_000);
    expect(withhold()).toBeNull();
  });
});

test('one name that was written makes the whole pool touched', async () => {
  scene.zone.inject({ kind: 'fail', code: 'dns_unreachable' }, { verbs: ['read'], times: 1 });
  await scene.promote(2);
  expect(untouched()).toBe(false);
});

test('a loop that did not see the epoch begin cannot know what another one sent', async () => {
  fail('dns_unreachable', 'read');
  await scene.promote(2);
  expect(untouched()).toBe(true);
  scene.lease.lose();
  expect(untouched()).toBe(false);
  scene.lease.grant();
  await scene.clock.advance(60_000);
  expect(untouched()).toBe(false);
});

test('nor can one that took over after another loop had promoted', async () => {
  fail('dns_unreachable', 'read');
  scene.lease.lose();
  await scene.promote(2);
  scene.lease.grant();
  await scene.clock.advance(60_000);
  expect([scene.state(), untouched()]).toEqual(['blocked', false]);
});

test('a pool without names, and one that nobody knows, are not untouched', async () => {
  scene.store.house.bindings.clear();
  scene.store.changed();
  await scene.clock.advance(1);
  expect(untouched()).toBe(false);
  expect(scene.publisher.isUntouched('p00000000099' as typeof scene.poolId)).toBe(false);
});
