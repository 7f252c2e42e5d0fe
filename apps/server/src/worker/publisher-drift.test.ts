import { afterEach, describe, expect, test } from 'vitest';
import { addressOf } from '../../../../testkit/src/index.ts';
import { openScene, type PublisherScene, type SceneOptions, us } from './testing/publisher-scene.ts';

let scene: PublisherScene;
afterEach(() => scene.close());

const minute = 60_000;
const stranger = '198.51.100.9';

/** Published, and so long ago that the provider is read every 10 min only. */
async function beginCalm(options: SceneOptions = {}): Promise<void> {
  scene = await openScene(options);
  await scene.promote(1, 'first-publish');
  await scene.clock.advance(30 * minute);
  expect(scene.held()).toEqual([addressOf(1)]);
}
const readsSince = (at: number) => scene.calls.filter((call) => call.verb === 'read' && call.at > at).length;

describe('how often a name is looked at (R22)', () => {
  test('every 30 s for 15 min after a write, then every 10 min', async () => {
    scene = await openScene();
    await scene.promote(1, 'first-publish');
    const at = scene.clock.now();
    await scene.clock.advance(15 * minute);
    const fresh = readsSince(at);
    expect(fresh).toBeGreaterThanOrEqual(29);
    expect(fresh).toBeLessThanOrEqual(34);
    await scene.clock.advance(120 * minute);
    expect(readsSince(at) - fresh).toBeGreaterThanOrEqual(10);
    expect(readsSince(at) - fresh).toBeLessThanOrEqual(14);
  });

  test('a calm name waits for two things only: its next read, and its next question to the name servers', async () => {
    await beginCalm();
    expect(scene.clock.pendingTimers).toBe(2);
  });

  test('in calm a change is seen by what the name servers answer, within 17 s', async () => {
    await beginCalm();
    scene.putAddress(stranger);
    await scene.clock.advance(17_000);
    expect([scene.held(), scene.told('dns.repaired')]).toEqual([[addressOf(1)], 1]);
    expect(scene.store.house.publications.findLast(({ step }) => step === 'acknowledged')).toMatchObject({
      repaired: true,
    });
  });

  test('a TTL that a person set is written, and is nobody’s change: of no repair anything is told or audited', async () => {
    await beginCalm();
    const [binding] = scene.store.house.bindings.values();
    if (binding === undefined) throw new Error('no name');
    scene.store.house.bindings.set(binding.id, { ...binding, ttlSeconds: 120 });
    const { publications } = scene.store.house;
    const since = publications.length;
    scene.publisher.follow(await scene.store.pools());
    await scene.clock.advance(1_000);
    expect([scene.zone.get(binding.name, 'A')?.ttlSeconds, scene.told('dns.repaired')]).toEqual([120, 0]);
    expect(publications.slice(since).some(({ repaired }) => repaired === true)).toBe(false);
    scene.putAddress(stranger);
    await scene.clock.advance(17_000);
    expect([scene.held(), scene.told('dns.repaired')]).toEqual([[addressOf(1)], 1]);
  });

  test('right after a publish, too: what the verifier heard is what a change is told from', async () => {
    scene = await openScene();
    await scene.promote(1, 'first-publish');
    for (const [member, toChange] of [
      [2, 1_000],
      [3, 9_000],
    ] as const) {
      await scene.clock.advance(7_000);
      await scene.promote(member);
      await scene.clock.advance(toChange);
      scene.putAddress(stranger);
      await scene.clock.advance(17_000);
      expect(scene.held()).toEqual([addressOf(member)]);
    }
  });

  test('a name server that begins to answer something else by itself causes one read, not one every 15 s', async () => {
    await beginCalm();
    scene.putAddress(stranger);
    scene.resolver.freeze('ns2.test', 'lb.example.com');
    await scene.clock.advance(20_000);
    expect(scene.held()).toEqual([addressOf(1)]);
    await scene.clock.advance(20 * minute);
    const at = scene.clock.now();
    await scene.clock.advance(60 * minute);
    expect(readsSince(at)).toBeLessThanOrEqual(12);
  });

  test('a server that lags behind a promotion causes no read of its own', async () => {
    scene = await openScene();
    await scene.promote(1, 'first-publish');
    await scene.clock.advance(1_000);
    scene.resolver.freeze('ns2.test', 'lb.example.com');
    await scene.promote(2);
    const at = scene.clock.now();
    await scene.clock.advance(28_000); // two questions to the servers, and before the first reconcile
    expect([readsSince(at), scene.state()]).toEqual([expect.toSatisfy((reads: number) => reads <= 1), 'partial']);
  });

  test('after the lease is gone nobody is asked any more', async () => {
    await beginCalm();
    scene.lease.lose();
    await scene.clock.advance(1_000);
    const { asked } = scene.resolver;
    const reads = scene.count('read');
    await scene.clock.advance(60 * minute);
    expect([scene.resolver.asked, scene.count('read'), scene.clock.pendingTimers]).toEqual([asked, reads, 0]);
  });
});

describe('what is done about a difference (R21)', () => {
  test('another member by hand: state drift, told once, left; a person’s adoption ends it', async () => {
    await beginCalm();
    scene.putAddress(addressOf(2));
    await scene.clock.advance(60 * minute);
    expect([scene.held(), scene.state(), scene.told('dns.drift')]).toEqual([[addressOf(2)], 'drift', 1]);
    await scene.promote(2, 'adoption');
    await scene.clock.advance(1_000);
    expect([scene.held(), scene.state(), scene.told('dns.recovered')]).toEqual([[addressOf(2)], 'published', 1]);
  });

  test('another member by hand, put back by hand: settled, told, without a write', async () => {
    await beginCalm();
    scene.putAddress(addressOf(2));
    await scene.clock.advance(60_000);
    scene.putAddress(addressOf(1));
    const { serial } = scene.zone;
    await scene.clock.advance(12 * minute);
    expect([scene.state(), scene.told('dns.recovered'), scene.zone.serial]).toEqual(['published', 1, serial]);
  });

  test.each([
    ['several addresses', () => scene.zone.put('lb.example.com', 'A', [addressOf(1), addressOf(2)])],
    ['an address that is no member’s', () => scene.putAddress(stranger)],
    ['no address', () => scene.putAddress(null)],
  ])('%s: written again at once', async (_name, change) => {
    await beginCalm();
    change();
    await scene.clock.advance(17_000);
    expect([scene.held(), scene.told('dns.drift')]).toEqual([[addressOf(1)], 0]);
  });

  test('a failover is written over another member’s address by hand', async () => {
    await beginCalm();
    scene.putAddress(addressOf(2));
    await scene.clock.advance(60_000);
    await scene.promote(3);
    expect(scene.held()).toEqual([addressOf(3)]);
  });

  test('a write of an older epoch that arrives late is gone within 35 s, with and without marks (I4)', async () => {
    for (const canMark of [true, false]) {
      scene = await openScene({ canMark });
      await scene.promote(1, 'first-publish');
      await scene.promote(2);
      await scene.promote(3);
      await scene.clock.advance(10 * minute);
      scene.putAddress(addressOf(2));
      if (canMark) scene.putMark(`v=1 cp=${us} pool=p00000000001 epoch=2`);
      await scene.clock.advance(35_000);
      expect([scene.held(), scene.told('dns.drift')]).toEqual([[addressOf(3)], 0]);
      await scene.close();
    }
  });

  test('with marks another member’s address is a person’s from our first acknowledged write on', async () => {
    scene = await openScene();
    await scene.promote(1, 'first-publish');
    await scene.clock.advance(1_000);
    scene.putAddress(addressOf(2));
    scene.zone.put('_serverctl.lb.example.com', 'TXT', []);
    await scene.clock.advance(60_000);
    expect([scene.held(), scene.state(), scene.told('dns.drift')]).toEqual([[addressOf(2)], 'drift', 1]);
  });

  test('nobody knows whether the writes of a loop before bore marks: without one it is taken for late', async () => {
    scene = await openScene();
    await scene.promote(1, 'first-publish');
    scene.lease.lose();
    await scene.clock.advance(10_000);
    scene.putAddress(addressOf(2));
    scene.zone.put('_serverctl.lb.example.com', 'TXT', []);
    scene.lease.grant();
    await scene.clock.advance(1_000);
    expect(scene.held()).toEqual([addressOf(1)]);
  });

  test('without marks, long after our last write, another member’s address is a person’s', async () => {
    await beginCalm({ canMark: false });
    scene.putAddress(addressOf(2));
    await scene.clock.advance(20 * minute);
    expect([scene.held(), scene.state()]).toEqual([[addressOf(2)], 'drift']);
  });

  test('a loop that takes over expects a late write of the one before', async () => {
    await beginCalm({ canMark: false });
    scene.lease.lose();
    await scene.clock.advance(10_000);
    scene.putAddress(addressOf(2));
    scene.lease.grant();
    await scene.clock.advance(1_000);
    expect(scene.held()).toEqual([addressOf(1)]);
  });
});
