import { afterEach, beforeEach, expect, test } from 'vitest';
import { openScene, type PublisherScene } from './publisher-scene.ts';

let scene: PublisherScene;
beforeEach(async () => {
  scene = await openScene({ names: 2 });
  await scene.promote(1, 'first-publish');
  await scene.clock.advance(1_000);
});
afterEach(() => scene.close());

const untouched = () => scene.publisher.isUntouched(scene.poolId);
const always = { times: Number.POSITIVE_INFINITY };
const fail = (code: 'dns_unreachable' | 'dns_tsig_wrong_secret' | 'dns_not_allowed', verb: 'read' | 'replace') =>
  scene.zone.inject({ kind: 'fail', code }, { verbs: [verb], ...always });

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

test('a write that was refused or whose outcome is unknown was sent: not untouched, whatever comes after', async () => {
  fail('dns_not_allowed', 'replace');
  await scene.promote(2);
  fail('dns_unreachable', 'read');
  await scene.clock.advance(60_000);
  expect(untouched()).toBe(false);
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
