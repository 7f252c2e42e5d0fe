import { AppError } from '@serverctl/core';
import { afterEach, expect, test } from 'vitest';
import { addressOf, id } from '../../../../testkit/src/index.ts';
import { openScene, type PublisherScene } from './testing/publisher-scene.ts';

let scene: PublisherScene;
afterEach(() => scene.close());

/** The most calls in any time of this length. */
function mostWithin(perMs: number): number {
  const { calls } = scene;
  return Math.max(...calls.map(({ at }) => calls.filter((one) => one.at >= at && one.at <= at + perMs).length));
}
const allHeld = (names: number, member: number) =>
  Array.from({ length: names }, (_, index) => scene.held(index + 1)[0]).every((held) => held === addressOf(member));

test('many names of one credential never exceed its limit, and all are published', async () => {
  const limit = { calls: 20, perMs: 60_000 };
  scene = await openScene({ names: 12, limit });
  await scene.promote(1, 'first-publish');
  await scene.clock.advance(180_000);
  expect(allHeld(12, 1)).toBe(true);
  await scene.promote(2);
  await scene.clock.advance(180_000);
  expect(allHeld(12, 2)).toBe(true);
  await scene.clock.advance(3_600_000);
  expect(mostWithin(limit.perMs)).toBeLessThanOrEqual(limit.calls);
});

test('however long names wait for the budget, each is written within 4 s of its read, and all are', async () => {
  const limit = { calls: 10, perMs: 60_000 };
  scene = await openScene({ names: 20, limit, canMark: false });
  await scene.promote(1, 'first-publish');
  await scene.clock.advance(300_000);
  expect(allHeld(20, 1)).toBe(true);
  await scene.promote(2);
  await scene.clock.advance(600_000);
  expect(allHeld(20, 2)).toBe(true);
  const writes = scene.calls.filter(({ verb }) => verb === 'replace');
  for (const { name, at } of writes) {
    const read = scene.calls.findLast((call) => call.verb === 'read' && call.name === name && call.at <= at);
    expect(at - (read?.at ?? Number.NEGATIVE_INFINITY)).toBeLessThanOrEqual(4_000);
  }
  expect([writes.length, mostWithin(limit.perMs) <= limit.calls]).toEqual([40, true]);
});

test('a write whose turn comes more than 4 s after its read, for whatever reason, is read for anew', async () => {
  scene = await openScene({ names: 1 });
  await scene.promote(1, 'first-publish');
  const { desired } = scene.store;
  let asked = 0;
  scene.store.desired = async (bindingId) => {
    asked += 1;
    if (asked === 2) await scene.clock.sleep(4_500, new AbortController().signal);
    return desired(bindingId);
  };
  await scene.promote(2);
  await scene.clock.advance(10_000);
  expect([scene.calls.slice(2).map(({ verb }) => verb), scene.held()]).toEqual([
    ['read', 'read', 'replace'],
    [addressOf(2)],
  ]);
});

test.each([
  ['a short one is waited for, and the write follows its read', 2, ['read', 'replace'], 2_500],
  ['a long one is waited for, and the write is read for anew', 30, ['read', 'read', 'replace'], 30_500],
])(
  'a pause that the provider asks for between a name’s read and its write: %s (R17, R19)',
  async (_name, retryAfterSeconds, verbs, writtenAt) => {
    scene = await openScene({ names: 2, limit: { calls: 100, perMs: 600_000 } });
    await scene.promote(1, 'first-publish');
    const { desired } = scene.store;
    const sleep = (ms: number) => scene.clock.sleep(ms, new AbortController().signal);
    scene.store.desired = async (bindingId) => {
      if (bindingId === id('b', 2)) await sleep(500);
      return desired(bindingId);
    };
    scene.zone.inject({ kind: 'delay', until: sleep(1_000) }, { verbs: ['read'] }); // the first name's
    const from = scene.clock.now();
    await scene.promote(2);
    const slowDown = () => {
      throw new AppError('dns_rate_limited', { retryAfterSeconds });
    };
    scene.zone.inject({ kind: 'drift', change: slowDown }, { verbs: ['read'] }); // the second name's, at 500 ms
    await scene.clock.advance(retryAfterSeconds * 1_000 + 5_000);
    const calls = scene.calls.filter(({ at }) => at >= from).map((call) => ({ ...call, at: call.at - from }));
    const ofFirst = calls.filter(({ name }) => name === 'lb.example.com');
    expect(ofFirst.map(({ verb }) => verb)).toEqual(verbs);
    expect(ofFirst.at(-1)?.at).toBe(writtenAt);
    expect(calls.filter(({ at }) => at > 500 && at < 500 + retryAfterSeconds * 1_000)).toEqual([]);
    expect(allHeld(2, 2)).toBe(true);
  },
);

test('calm reads that wait for the budget do not delay a failover', async () => {
  const limit = { calls: 24, perMs: 600_000 };
  scene = await openScene({ names: 8, limit });
  await scene.promote(1, 'first-publish');
  await scene.clock.advance(1_300_000); // all eight wait by now for the six calm calls of a window
  await scene.promote(2);
  expect(allHeld(8, 2)).toBe(true);
});

test('under pressure the read before is spared when the last one is fresh, and the provider still compares', async () => {
  scene = await openScene({ names: 1, limit: { calls: 5, perMs: 600_000 } });
  await scene.promote(1, 'first-publish'); // a read and a write
  await scene.promote(2); // not pressed yet: a read and a write
  await scene.promote(3); // pressed: a write
  expect([scene.calls.map(({ verb }) => verb), scene.held()]).toEqual([
    ['read', 'replace', 'read', 'replace', 'replace'],
    [addressOf(3)],
  ]);
});

test('a record that was changed since is found by the write that spared its read: nothing is overwritten unread', async () => {
  scene = await openScene({ names: 1, limit: { calls: 7, perMs: 600_000 } });
  for (const member of [1, 2]) await scene.promote(member, 'switchover');
  scene.putMark('v=1 cp=cp0000000099 pool=p00000000001 epoch=9');
  await scene.promote(3);
  expect([scene.calls.slice(4).map(({ verb }) => verb), scene.held(), scene.pool()?.paused]).toEqual([
    ['replace', 'read'],
    [addressOf(2)],
    'foreign-mark',
  ]);
});

test('a credential without marks is read before each write, pressed or not', async () => {
  scene = await openScene({ names: 1, limit: { calls: 6, perMs: 600_000 }, canMark: false });
  for (const member of [1, 2, 3]) await scene.promote(member, 'switchover');
  expect(scene.calls.map(({ verb }) => verb)).toEqual(['read', 'replace', 'read', 'replace', 'read', 'replace']);
});

test('a pool that is paused reads in the background, whatever it could not write', async () => {
  const limit = { calls: 12, perMs: 3_600_000 };
  scene = await openScene({ names: 1, limit });
  await scene.promote(1, 'first-publish'); // a read and a write
  scene.zone.inject({ kind: 'drift', change: () => scene.store.operator.pause(scene.poolId) }, { verbs: ['read'] });
  await scene.promote(2); // a read, and no write
  await scene.clock.advance(3_000_000);
  expect(scene.calls.length).toBeLessThanOrEqual(3 + limit.calls / 4);
});

test('a name whose repair is open goes before what is only looked at (R22)', async () => {
  const limit = { calls: 24, perMs: 600_000 };
  scene = await openScene({ names: 1, limit });
  await scene.promote(1, 'first-publish');
  scene.zone.put('lb.example.com', 'A', ['192.0.2.99']);
  scene.zone.inject({ kind: 'fail', code: 'dns_server_failure' }, { verbs: ['replace'], times: 6 });
  await scene.clock.advance(240_000); // as many reads as a quarter of them, and one more
  expect([scene.held(), scene.calls.filter(({ verb }) => verb === 'read').length > 6]).toEqual([[addressOf(1)], true]);
});

test.each([
  ['whose reads may be spared', true, 8],
  ['that are read for anew', false, 9],
])(
  'a pause between read and write costs no place: names %s are written when it ends (R19, R22)',
  async (_name, canMark, callsAllowed) => {
    const limit = { calls: callsAllowed, perMs: 600_000 };
    scene = await openScene({ names: 3, limit, canMark });
    await scene.promote(1, 'first-publish');
    await scene.clock.advance(610_000);
    const { desired } = scene.store;
    const sleep = (ms: number) => scene.clock.sleep(ms, new AbortController().signal);
    scene.store.desired = async (bindingId) => {
      if (bindingId === id('b', 2)) await sleep(500);
      return desired(bindingId);
    };
    const slowly = { kind: 'delay', until: sleep(1_000) } as const;
    scene.zone.inject(slowly, { verbs: ['read'], times: 2 }); // the first and the third name's
    await scene.promote(2);
    const slowDown = () => {
      throw new AppError('dns_rate_limited', { retryAfterSeconds: 30 });
    };
    scene.zone.inject({ kind: 'drift', change: slowDown }, { verbs: ['read'] }); // the second name's, at 500 ms
    await scene.clock.advance(40_000);
    expect([scene.held(1), scene.held(2), scene.held(3)]).toEqual([[addressOf(2)], [addressOf(2)], [addressOf(2)]]);
    expect(mostWithin(limit.perMs)).toBeLessThanOrEqual(limit.calls);
  },
);

test.each([
  ['with a limit', { calls: 1_200, perMs: 300_000 }],
  ['without one', undefined],
])(
  'a failover behind a pause that another name was asked for is told as blocked, and made at its end (R19): %s',
  async (_name, limit) => {
    scene = await openScene({ names: 2, ...(limit !== undefined && { limit }) });
    await scene.promote(1, 'first-publish');
    await scene.clock.advance(20_000);
    const slowDown = () => {
      throw new AppError('dns_rate_limited', { retryAfterSeconds: 300 });
    };
    scene.zone.inject({ kind: 'drift', change: slowDown }, { verbs: ['read'] }); // of one name’s calm read
    await scene.clock.advance(20_000);
    expect(scene.told('dns.blocked')).toBe(0);
    const { pools } = scene.store;
    // Its names hear of it before the pools were read again.
    scene.store.pools = () => scene.clock.sleep(30, new AbortController().signal).then(pools);
    await scene.promote(2);
    await scene.clock.advance(6_000);
    expect([scene.told('dns.blocked'), scene.state()]).toEqual([2, 'blocked']);
    expect(scene.lastError()).toBe('dns_rate_limited');
    await scene.clock.advance(300_000);
    expect(allHeld(2, 2)).toBe(true);
    expect(scene.told('dns.recovered')).toBe(2);
  },
);
