import { formatMark, type PoolId, parseMark, type WriteRequest } from '@serverctl/core';
import { createRfc2136Provider } from '@serverctl/dns';
import { startTestBind, type TestBind, whyNoBind } from '@serverctl/dns/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { address6Of, addressOf, id } from '../../../../testkit/src/index.ts';
import { systemClock } from '../platform/clock.ts';
import { openScene, type PublisherScene, type SceneOptions, us } from './testing/publisher-scene.ts';

/* A name with an A and an AAAA. Members 1 and 2 have an address of each family, member 3 has no IPv6 address. */

let scene: PublisherScene;
afterEach(() => scene.close());

const stranger = '203.0.113.99';
const stranger6 = '2001:db8::99';

async function begin(options: SceneOptions = {}): Promise<void> {
  scene = await openScene({ families: true, ...options });
}
async function beginPublished(options: SceneOptions = {}): Promise<void> {
  await begin(options);
  await scene.promote(1, 'first-publish');
  await scene.clock.advance(2_000);
  expect([scene.held(), scene.held6()]).toEqual([[addressOf(1)], [address6Of(1)]]);
}
const writes = () => scene.count('replace') + scene.count('withdraw');
const told6 = (kind: string) =>
  scene.notices.filter((one) => one.kind === kind && one.details['bindingId'] === id('c', 1)).length;
const last6 = () => scene.store.house.publications.findLast(({ bindingId }) => bindingId === id('c', 1));

describe('under one mark (R18)', () => {
  test('each promotion makes one write of each family, and none is refused for the other one’s mark', async () => {
    await begin();
    for (const [member, kind, six] of [
      [1, 'first-publish', [address6Of(1)]],
      [2, 'failover', [address6Of(2)]],
      [3, 'failover', []],
      [1, 'failover', [address6Of(1)]],
    ] as const) {
      await scene.promote(member, kind);
      await scene.clock.advance(100);
      expect([scene.held(), scene.held6(), writes()]).toEqual([[addressOf(member)], six, 2 * scene.epoch()]);
    }
    expect(parseMark(scene.mark() ?? '')?.epoch).toBe(scene.epoch());
  });

  test('an A that is blocked holds its AAAA back no longer than its own look takes', async () => {
    await begin();
    scene.putAddress(stranger);
    await scene.promote(1, 'first-publish');
    await scene.clock.advance(100);
    expect([scene.held(), scene.held6(), scene.lastError()]).toEqual([[stranger], [address6Of(1)], 'record_not_ours']);
  });

  test('an A whose write is never answered holds it back until that call’s limit', async () => {
    await beginPublished();
    scene.zone.inject({ kind: 'delay', until: new Promise(() => {}) }, { verbs: ['replace'] });
    await scene.promote(2);
    await scene.clock.advance(4_500);
    expect(scene.held6()).toEqual([address6Of(2)]);
  });
});

describe('an A whose acknowledged write was lost, under the mark that its AAAA has written since (R18, R21)', () => {
  let isLosing = false;
  const losesWrite = ({ ref }: WriteRequest) => isLosing && ref.type === 'A';
  async function moveLosing(): Promise<void> {
    isLosing = false;
    await beginPublished({ losesWrite });
    isLosing = true;
    await scene.promote(2);
    await scene.clock.advance(1_000);
    isLosing = false;
    expect([scene.held(), scene.held6()]).toEqual([[addressOf(1)], [address6Of(2)]]);
  }

  test('is written again by the next reconcile, and is nobody’s change', async () => {
    await moveLosing();
    await scene.clock.advance(32_000);
    expect([scene.held(), scene.told('dns.drift'), scene.told('dns.repaired')]).toEqual([[addressOf(2)], 0, 0]);
  });

  test('what a person puts there meanwhile is left', async () => {
    await moveLosing();
    scene.putAddress(addressOf(3));
    await scene.clock.advance(32_000);
    expect([scene.held(), scene.told('dns.drift')]).toEqual([[addressOf(3)], 1]);
  });
});

test('an A that a person puts back once a server has answered the new address is left, and told (R21)', async () => {
  await beginPublished();
  await scene.promote(2);
  await scene.clock.advance(1_000);
  scene.putAddress(addressOf(1));
  await scene.clock.advance(40_000);
  expect([scene.held(), scene.told('dns.drift')]).toEqual([[addressOf(1)], 1]);
});

test('an AAAA that somebody makes right after ours was withdrawn is found by the next question to the servers', async () => {
  await beginPublished();
  await scene.promote(3);
  await scene.clock.advance(1_000);
  scene.putAddress6(stranger6);
  await scene.clock.advance(17_000);
  expect(scene.held6()).toEqual([]);
});

describe('an AAAA of somebody else that came under our mark before our first write (R18, R21)', () => {
  test.each([
    ['an address of the family is wished for', 1],
    ['it would be withdrawn', 3],
  ])('stays, and is told: %s', async (_, member) => {
    await begin();
    scene.putAddress6(stranger6);
    await scene.promote(member, 'first-publish');
    await scene.clock.advance(60_000);
    expect([scene.held(), scene.held6()]).toEqual([[addressOf(member)], [stranger6]]);
    expect(last6()).toMatchObject({ state: 'blocked', error: { code: 'record_not_ours' } });
    expect(scene.told('dns.blocked')).toBe(1);
  });

  test('is replaced by a person’s yes, although the A was written since', async () => {
    await begin({ takeOver: { mark: null } });
    scene.putAddress6(stranger6);
    await scene.promote(1, 'first-publish');
    await scene.clock.advance(100);
    expect(scene.held6()).toEqual([address6Of(1)]);
  });

  test('a yes is for no mark of another pool', async () => {
    await begin({ takeOver: { mark: null } });
    scene.putAddress6(stranger6);
    scene.putMark(formatMark({ instance: us, pool: 'p00000000002' as PoolId, epoch: 1 }));
    await scene.promote(1, 'first-publish');
    await scene.clock.advance(100);
    expect([scene.held(), scene.held6()]).toEqual([[], [stranger6]]);
  });

  test('on a record of ours it is drift, and repaired', async () => {
    await beginPublished();
    scene.putAddress6(stranger6);
    await scene.clock.advance(35_000);
    expect([scene.held6(), scene.told('dns.repaired')]).toEqual([[address6Of(1)], 1]);
  });
});

describe('behind the provider’s edge (R24)', () => {
  test('a withdrawn AAAA beside a proxied A is verified by what the provider holds, not by the edge’s AAAA', async () => {
    await beginPublished({ proxied: true });
    await scene.promote(3);
    await scene.clock.advance(2_500);
    expect(last6()).toMatchObject({ state: 'published', address: null, step: 'all-answered' });
    expect(last6()?.servers).toEqual([{ server: 'the provider’s API', addresses: [], ok: true, error: null }]);
    await scene.clock.advance(120_000);
    expect([scene.told('dns.partial'), scene.resolver.asked]).toEqual([0, 0]);
  });

  test('what the edge began to answer for meanwhile is verified again by a read, which ends what was told', async () => {
    await beginPublished();
    scene.resolver.freeze('ns2.test', 'lb.example.com');
    await scene.promote(3);
    await scene.clock.advance(62_000);
    expect(told6('dns.partial')).toBe(1);
    scene.proxy();
    await scene.clock.advance(70_000);
    expect([told6('dns.complete'), last6()?.state]).toEqual([1, 'published']);
  });

  test('nothing is asked of its servers, so that the edge’s answers are no drift', async () => {
    await beginPublished({ proxied: true });
    await scene.clock.advance(60 * 60_000);
    const reads = scene.count('read');
    await scene.clock.advance(60 * 60_000);
    expect([scene.count('read') - reads < 16, scene.resolver.asked]).toEqual([true, 0]);
  });
});

const reason = whyNoBind();

describe.skipIf(reason !== null)(`on BIND${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  const zone = 'example.com';
  let bind: TestBind;
  beforeAll(async () => {
    bind = await startTestBind({ zone });
  });
  afterAll(() => bind.stop());

  const serial = async () => Number((await bind.dig(zone, 'SOA'))[0]?.split(' ')[2]);
  const answers = async () => [await bind.dig('lb.example.com', 'A'), await bind.dig('lb.example.com', 'AAAA')];

  test('each promotion of both families is two UPDATEs, and both are carried out', async () => {
    let randomId = 0;
    const provider = createRfc2136Provider({
      ...{ host: bind.address, port: bind.port, key: bind.keys.sha256, instance: us },
      wallClock: () => systemClock.wallTime().getTime(),
      randomId: () => (randomId += 1),
    });
    await begin({ provider });
    const before = await serial();
    for (const [member, six] of [
      [1, [address6Of(1)]],
      [2, [address6Of(2)]],
      [3, []],
    ] as const) {
      await scene.promote(member, member === 1 ? 'first-publish' : 'failover');
      await vi.waitFor(
        async () => {
          await scene.clock.settle();
          expect(await answers()).toEqual([[addressOf(member)], six]);
        },
        { timeout: 30_000, interval: 20 },
      );
      await vi.waitFor(() => expect(last6()?.epoch).toBe(scene.epoch()), { timeout: 30_000 });
      expect([writes(), (await serial()) - before]).toEqual([2 * member, 2 * member]);
    }
  });
});
