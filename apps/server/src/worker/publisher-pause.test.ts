import { afterEach, describe, expect, test } from 'vitest';
import { addressOf, id } from '../../../../testkit/src/index.ts';
import { openScene, type PublisherScene, type SceneOptions, us } from './testing/publisher-scene.ts';

let scene: PublisherScene;
afterEach(() => scene.close());

const hour = 3_600_000;
const foreignMark = 'v=1 cp=cp0000000099 pool=p00000000001 epoch=9';
const ourMark = (epoch: number, pool = 'p00000000001') => `v=1 cp=${us} pool=${pool} epoch=${epoch}`;
/** As the promotion of that number writes it. */
const markBy = (promotion: number, epoch = promotion) => `${ourMark(epoch)} by=${id('q', promotion)}`;

async function begin(options: SceneOptions = {}): Promise<void> {
  scene = await openScene(options);
  await scene.promote(1, 'first-publish');
  await scene.clock.advance(1_000);
  expect(scene.held()).toEqual([addressOf(1)]);
}

describe('what stands beside a name pauses its pool (R21, R25)', () => {
  test.each([
    ['another control plane’s mark', foreignMark],
    ['a text that is no mark', 'v=spf1 -all'],
    ['the mark of another pool of ours', ourMark(1, 'p00000000009')],
  ])('%s: paused and paged once, never overwritten', async (_name, text) => {
    await begin();
    scene.putMark(text);
    const { serial } = scene.zone;
    await scene.promote(2);
    await scene.clock.advance(hour);
    expect(scene.pool()?.paused).toBe('foreign-mark');
    expect([scene.told('pool.paused'), scene.told('dns.blocked'), scene.state()]).toEqual([1, 0, 'blocked']);
    expect(scene.notices.find(({ kind }) => kind === 'pool.paused')).toMatchObject({
      severity: 'critical',
      sentence: expect.stringContaining(text),
    });
    expect([scene.zone.serial, scene.store.house.events.filter(({ kind }) => kind === 'pool.paused').length]).toEqual([
      serial,
      1,
    ]);
  });

  test('a newer epoch of ours: paused, and the next promotion is above it and is written', async () => {
    await begin();
    scene.putMark(ourMark(41));
    await scene.clock.advance(35_000);
    expect([scene.pool()?.paused, scene.lastError(), scene.mark()]).toEqual([
      'newer-epoch',
      'dns_epoch_superseded',
      ourMark(41),
    ]);
    await scene.promote(2, 'switchover');
    expect([scene.epoch(), scene.held(), scene.mark()]).toEqual([42, [addressOf(2)], markBy(2, 42)]);
  });

  test('one name that shows it keeps the others of its pool as they are, whoever asked for the promotion', async () => {
    await begin({ names: 2 });
    scene.putMark(foreignMark, 1);
    scene.zone.inject({ kind: 'fail', code: 'dns_unreachable' }, { verbs: ['replace'] }); // the other's first write
    await scene.promote(2, 'switchover');
    await scene.clock.advance(hour);
    expect([scene.pool()?.paused, scene.held(1), scene.held(2)]).toEqual([
      'foreign-mark',
      [addressOf(1)],
      [addressOf(1)],
    ]);
  });

  test('two names that show the same: one pause, one page', async () => {
    await begin({ names: 2 });
    scene.putMark(foreignMark, 1);
    scene.putMark(foreignMark, 2);
    await scene.promote(2);
    await scene.clock.advance(60_000);
    expect([scene.told('pool.paused'), scene.held(1), scene.held(2)]).toEqual([1, [addressOf(1)], [addressOf(1)]]);
  });

  test('a mark is newer only because our own wish was superseded meanwhile: nobody is paused', async () => {
    await begin();
    const supersede = () => {
      scene.putAddress(addressOf(3));
      scene.putMark(ourMark(3));
      void scene.promote(3);
    };
    scene.zone.inject({ kind: 'drift', change: supersede }, { verbs: ['read'] });
    await scene.promote(2);
    await scene.clock.advance(60_000);
    expect([scene.pool()?.paused, scene.held(), scene.told('pool.paused')]).toEqual([null, [addressOf(3)], 0]);
  });

  test('without the lease nobody is paused', async () => {
    await begin();
    scene.zone.inject({ kind: 'drift', change: () => scene.lease.lose() }, { verbs: ['read'] });
    scene.putMark(foreignMark);
    await scene.promote(2);
    await scene.clock.advance(hour);
    expect([scene.pool()?.paused, scene.told('pool.paused')]).toEqual([null, 0]);
  });

  test('after a person’s resume it is looked at at once: still foreign is paused and paged again', async () => {
    await begin();
    scene.putMark(foreignMark);
    await scene.clock.advance(35_000);
    scene.store.operator.resume(scene.poolId);
    await scene.clock.advance(100);
    expect([scene.pool()?.paused, scene.told('pool.paused')]).toEqual(['foreign-mark', 2]);
    scene.putMark(ourMark(1));
    scene.store.operator.resume(scene.poolId);
    await scene.clock.advance(100);
    expect([scene.pool()?.paused, scene.told('dns.recovered')]).toEqual([null, 1]);
  });

  test.each([
    ['that very mark', foreignMark, [null, [addressOf(1)], markBy(1)]],
    ['what it was before the mark came', null, ['foreign-mark', ['198.51.100.9'], foreignMark]],
  ])('a person’s yes to take the record over holds for %s', async (_what, mark, expected) => {
    scene = await openScene({ takeOver: { mark } });
    scene.putAddress('198.51.100.9');
    scene.putMark(foreignMark);
    await scene.promote(1, 'first-publish');
    await scene.clock.advance(1_000);
    expect([scene.pool()?.paused, scene.held(), scene.mark()]).toEqual(expected);
  });

  test('a CNAME blocks without a pause: nobody needs to resume once it is gone', async () => {
    await begin();
    scene.zone.put('lb.example.com', 'CNAME', ['elsewhere.example.com']);
    await scene.promote(2);
    await scene.clock.advance(10_000);
    expect([scene.pool()?.paused, scene.lastError(), scene.state()]).toEqual([null, 'dns_cname_in_the_way', 'blocked']);
    scene.zone.put('lb.example.com', 'CNAME', []);
    await scene.clock.advance(35_000);
    expect(scene.held()).toEqual([addressOf(2)]);
  });
});

describe('a pool that a person paused (R13)', () => {
  async function beginPaused(options: SceneOptions = {}): Promise<void> {
    await begin(options);
    await scene.clock.advance(60_000);
    scene.store.operator.pause(scene.poolId);
    await scene.clock.advance(100);
  }

  test('a record that was changed or deleted is told once and not repaired, and repaired at once on resume', async () => {
    await beginPaused();
    scene.putAddress(null);
    await scene.clock.advance(hour);
    expect([scene.held(), scene.state(), scene.told('dns.drift')]).toEqual([[], 'drift', 1]);
    scene.store.operator.resume(scene.poolId);
    await scene.clock.advance(100);
    expect([scene.held(), scene.told('dns.repaired')]).toEqual([[addressOf(1)], 1]);
  });

  test('an automatic promotion from just before is not written', async () => {
    await begin();
    scene.zone.inject({ kind: 'drift', change: () => scene.store.operator.pause(scene.poolId) }, { verbs: ['read'] });
    await scene.promote(2);
    await scene.clock.advance(hour);
    expect([scene.held(), scene.state(), scene.count('replace')]).toEqual([[addressOf(1)], 'drift', 1]);
    scene.store.operator.resume(scene.poolId);
    await scene.clock.advance(100);
    expect(scene.held()).toEqual([addressOf(2)]);
  });

  test('a person’s promotion from just before is not written either, before somebody resumes', async () => {
    await begin();
    const lift = scene.zone.inject(
      { kind: 'fail', code: 'dns_unreachable' },
      { verbs: ['read'], times: Number.POSITIVE_INFINITY },
    );
    await scene.promote(2, 'switchover');
    scene.store.operator.pause(scene.poolId);
    lift();
    await scene.clock.advance(hour);
    expect([scene.held(), scene.count('replace')]).toEqual([[addressOf(1)], 1]);
    scene.store.operator.resume(scene.poolId);
    await scene.clock.advance(100);
    expect(scene.held()).toEqual([addressOf(2)]);
  });

  test('a person’s own promotion is written, and what becomes of it later is not repaired', async () => {
    await beginPaused();
    await scene.promote(2, 'switchover');
    expect([scene.held(), scene.mark()]).toEqual([[addressOf(2)], markBy(2)]);
    scene.putAddress('198.51.100.9');
    await scene.clock.advance(hour);
    expect(scene.held()).toEqual(['198.51.100.9']);
  });

  test('a person’s own promotion does not get over another control plane’s mark', async () => {
    await beginPaused();
    scene.putMark(foreignMark);
    await scene.promote(2, 'switchover');
    await scene.clock.advance(60_000);
    expect([scene.held(), scene.mark(), scene.lastError()]).toEqual([[addressOf(1)], foreignMark, 'dns_foreign_mark']);
  });

  test('a newer epoch is kept for the next promotion although the pool is paused already', async () => {
    await beginPaused();
    scene.putMark(ourMark(17));
    await scene.clock.advance(35_000);
    expect([scene.pool()?.paused, scene.told('pool.paused')]).toEqual(['person', 1]);
    await scene.promote(2, 'switchover');
    expect([scene.epoch(), scene.mark()]).toEqual([18, markBy(2, 18)]);
  });

  test('another control plane’s mark is paged all the same, once however many names show it, and the pause stays a person’s (R21)', async () => {
    await beginPaused({ names: 2 });
    scene.putMark(foreignMark, 1);
    scene.putMark(foreignMark, 2);
    await scene.clock.advance(hour);
    expect([scene.pool()?.paused, scene.told('pool.paused')]).toEqual(['person', 1]);
    expect(scene.notices.find(({ kind }) => kind === 'pool.paused')).toMatchObject({
      severity: 'critical',
      sentence: expect.stringContaining(foreignMark),
      details: { because: 'foreign-mark' },
    });
  });

  test('a newer epoch and another control plane’s mark are two reasons to page, once each while two names show them', async () => {
    await beginPaused({ names: 2 });
    scene.putMark(ourMark(17), 1);
    await scene.clock.advance(60_000);
    scene.putMark(foreignMark, 2);
    await scene.clock.advance(hour);
    const reasons = scene.notices.filter(({ kind }) => kind === 'pool.paused').map(({ details }) => details['because']);
    expect([scene.pool()?.paused, reasons]).toEqual(['person', ['newer-epoch', 'foreign-mark']]);
  });

  test('a provider that refuses now and then beside another control plane’s mark is paged once (R21)', async () => {
    await begin();
    scene.putMark(foreignMark);
    for (let turn = 0; turn < 4; turn += 1) {
      await scene.clock.advance(60_000);
      scene.zone.inject({ kind: 'fail', code: 'dns_not_allowed' }, { verbs: ['read'] });
    }
    await scene.clock.advance(60_000);
    expect([scene.told('pool.paused'), scene.told('dns.blocked'), scene.told('dns.recovered')]).toEqual([1, 1, 0]);
  });

  test('a mark that comes back after a resume is paged again, although a person has paused it anew', async () => {
    await beginPaused();
    scene.putMark(foreignMark);
    await scene.clock.advance(60_000);
    scene.putMark(ourMark(1));
    scene.store.operator.resume(scene.poolId);
    await scene.clock.advance(60_000);
    scene.store.operator.pause(scene.poolId);
    scene.putMark(foreignMark);
    await scene.clock.advance(60_000);
    expect([scene.pool()?.paused, scene.told('pool.paused')]).toEqual(['person', 2]);
  });

  test('a pool that is stored as paused for that reason, by the loop before us, is not paged again', async () => {
    await begin();
    const { house, changed } = scene.store;
    for (const pool of house.pools.values()) house.pools.set(pool.id, { ...pool, paused: 'foreign-mark' });
    changed();
    scene.putMark(foreignMark);
    await scene.clock.advance(hour);
    expect([scene.state(), scene.told('pool.paused')]).toEqual(['blocked', 0]);
  });
});
