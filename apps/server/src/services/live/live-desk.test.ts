import { isAppError, type PoolId } from '@serverctl/core';
import { expect, test } from 'vitest';
import type { Principal } from '../accounts/principal.ts';
import { mostOfAll, mostOfOne } from './live-desk.ts';
import { openLiveHouse, roleIn, someone } from './testing/house.ts';
import { aMember, anEvent, aTraffic, aView } from './testing/views.ts';

test('nothing is read while nobody watches, once for all who do, and nothing after the last has left', async () => {
  const house = openLiveHouse();
  await house.clock.advance(5_000);
  expect([house.reads(), house.clock.pendingTimers]).toEqual([0, 0]);
  const readers = [house.open(), house.open(), house.open()];
  await house.clock.advance(3_000);
  expect(house.reads()).toBe(4);
  for (const { stream } of readers) stream.leave();
  await house.clock.advance(2_000);
  expect([house.reads(), house.clock.pendingTimers, house.subscribers()]).toEqual([4, 0, 0]);
  expect(readers.map(({ ended }) => ended())).toEqual([true, true, true]);
});

test('a change that is noticed is told long before the second is over', async () => {
  const house = openLiveHouse();
  const reader = house.open();
  await house.clock.advance(60);
  reader.clear();
  house.world.pools = [aView('A', { activeMemberId: 'm2', epoch: 2 }), aView('B')];
  house.ring();
  await house.clock.advance(50);
  expect(reader.told('pool')).toMatchObject([{ pool: { id: 'A', epoch: 2 } }]);
  house.world.pools = [aView('A', { activeMemberId: 'm2', epoch: 2, status: { state: 'partial' } }), aView('B')];
  house.ring();
  await house.clock.advance(50);
  expect(reader.told('pool')).toMatchObject([{ pool: { epoch: 2 } }, { pool: { status: { state: 'partial' } } }]);
});

test('a database that reads slowly is asked again within half a second of its answer', async () => {
  const house = openLiveHouse();
  house.open();
  await house.clock.advance(20);
  house.world.silence = house.clock.sleep(2_000);
  await house.clock.advance(2_100);
  house.world.silence = null;
  const reads = house.reads();
  house.ring();
  await house.clock.advance(1_400);
  expect(house.reads()).toBeGreaterThan(reads);
});

test('notices without end are read at a bounded pace', async () => {
  const house = openLiveHouse();
  house.open();
  for (let ms = 0; ms < 1_000; ms += 1) {
    house.ring();
    await house.clock.advance(1);
  }
  expect(house.reads()).toBeLessThanOrEqual(21);
});

test('what an event tells of is in the pools that go out before it', async () => {
  const house = openLiveHouse();
  const reader = house.open();
  await house.clock.advance(60);
  reader.clear();
  house.world.pools = [aView('A', { epoch: 2 }), aView('B')];
  house.world.events = async ({ after }) => (after === 0 ? [anEvent(1)] : []);
  house.ring();
  await house.clock.advance(50);
  expect(reader.names()).toEqual(['pool', 'beats', 'event']);
});

test('an event waits for the pools that it tells of, however long they take to be read', async () => {
  const house = openLiveHouse();
  const reader = house.open();
  await house.clock.advance(60);
  reader.clear();
  const answered = Promise.withResolvers<void>();
  house.world.events = async ({ after }) => {
    house.world.silence = answered.promise;
    return after === 0 ? [anEvent(1)] : [];
  };
  house.ring();
  await house.clock.advance(3_000);
  expect(new Set(reader.names())).toEqual(new Set(['plane']));
  house.world.silence = null;
  house.world.events = async () => [];
  answered.resolve();
  await house.clock.settle();
  expect(reader.names()).toEqual(expect.arrayContaining(['beats', 'event']));
});

test('while nothing changes, ages go out each second and no pool', async () => {
  const house = openLiveHouse();
  const reader = house.open();
  await house.clock.advance(20);
  reader.clear();
  house.world.pools = [aView('A', { status: { members: [aMember('m1', { heartbeatAgeMs: 700 })] } }), aView('B')];
  await house.clock.advance(3_000);
  expect(reader.told('beats')).toHaveLength(3);
  expect(reader.told('beats')[0]?.pools['A']).toEqual({ ages: { m1: 700 } });
  expect(reader.told('plane')).toHaveLength(3);
  expect(reader.told('pool')).toEqual([]);
});

test('who may read one pool is told of that one alone: pools, ages, events', async () => {
  const house = openLiveHouse();
  house.world.events = async ({ after }) =>
    after === 0 ? [anEvent(1), anEvent(2, { poolId: 'B' }), anEvent(3, { poolId: null }), anEvent(4)] : [];
  const reader = house.open({ principal: someone(roleIn('viewer', 'B')) });
  const other = house.open();
  await house.clock.advance(20);
  house.world.pools = [aView('A', { epoch: 2 }), aView('B', { epoch: 2 })];
  house.world.events = async ({ after }) =>
    after === 4
      ? [
          anEvent(5),
          anEvent(6, { poolId: 'B' }),
          anEvent(7, { poolId: null }),
          anEvent(8, { poolId: 'B', kind: 'user.joined' }),
        ]
      : [];
  await house.clock.advance(1_000);
  expect(reader.told('snapshot')[0]?.pools.map(({ id }) => id)).toEqual(['B']);
  expect(reader.told('pool').map(({ pool }) => pool.id)).toEqual(['B']);
  expect(reader.told('beats').flatMap(({ pools }) => Object.keys(pools))).toEqual(['B']);
  expect(reader.told('event').map(({ event }) => event.seq)).toEqual([6]);
  expect(other.told('event').map(({ event }) => event.seq)).toEqual([5, 6, 7, 8]);
});

test('rights that change are followed within seconds: a pool goes, another comes, and without any the stream ends', async () => {
  const house = openLiveHouse();
  let now: Principal | null = someone(roleIn('viewer', 'A'));
  const reader = house.open({ principal: now, prove: async () => now });
  await house.clock.advance(20);
  now = someone(roleIn('viewer', 'B'));
  await house.clock.advance(4_000);
  expect(reader.told('gone')).toMatchObject([{ poolId: 'A' }]);
  expect(reader.told('pool')).toMatchObject([{ pool: { id: 'B' } }]);
  now = someone(roleIn('viewer'));
  await house.clock.advance(4_000);
  expect(reader.told('bye')).toMatchObject([{ because: 'permission-denied' }]);
  expect(reader.ended()).toBe(true);
});

test('a snapshot has the last minute of those who may be seen, and none where nobody is heard here', async () => {
  const house = openLiveHouse();
  house.world.pools = [aView('A'), aView('B', { status: { members: [aMember('m2'), aMember('m3')] } })];
  const without = house.open();
  await house.clock.advance(20);
  expect(without.told('snapshot')[0]?.strips).toBeNull();
  const at = house.clock.wallTime();
  house.world.minute = { at, of: (memberId) => (memberId === 'm3' ? null : '.+~-x') };
  const reader = house.open({ principal: someone(roleIn('viewer', 'B')) });
  await house.clock.advance(1_000);
  expect(reader.told('snapshot')[0]?.strips).toEqual({ at: at.toISOString(), rows: { m2: '.+~-x' } });
});

test('a token that was made for a pool sees its events only with the right to', async () => {
  const house = openLiveHouse();
  house.world.events = async ({ after }) => (after === 0 ? [anEvent(1)] : []);
  const scope = { permissions: new Set(['pool:read'] as const), pools: new Set(['A' as PoolId]) };
  const principal: Principal = {
    kind: 'token',
    actor: 'token:x of y',
    tokenId: 't1',
    access: { ...roleIn('administrator', null), scope },
  };
  const reader = house.open({ principal, after: 0 });
  await house.clock.advance(2_000);
  expect(reader.told('snapshot')[0]?.pools.map(({ id }) => id)).toEqual(['A']);
  expect(reader.told('event')).toEqual([]);
});

test('a session that ended ends its stream and no other', async () => {
  const house = openLiveHouse();
  let isThere = true;
  const reader = house.open({ prove: async () => (isThere ? someone() : null) });
  const other = house.open();
  await house.clock.advance(5_000);
  isThere = false;
  await house.clock.advance(4_000);
  expect(reader.told('bye')).toMatchObject([{ because: 'session-ended' }]);
  expect([reader.ended(), other.ended()]).toEqual([true, false]);
});

test('while nobody can tell who reads, nothing but the plane is told; afterwards the stream goes on', async () => {
  const house = openLiveHouse();
  let canTell = true;
  const prove = async () => {
    if (!canTell) throw new Error('the database is away');
    return someone();
  };
  const reader = house.open({ prove });
  await house.clock.advance(20);
  canTell = false;
  await house.clock.advance(6_000);
  reader.clear();
  house.world.pools = [aView('A', { epoch: 2 }), aView('B')];
  await house.clock.advance(10_000);
  expect(new Set(reader.names())).toEqual(new Set(['plane']));
  canTell = true;
  await house.clock.advance(3_000);
  expect(reader.told('pool')).toMatchObject([{ pool: { epoch: 2 } }]);
});

test('a database that does not answer is said each second, with when the pools were read last', async () => {
  const house = openLiveHouse();
  const reader = house.open();
  await house.clock.advance(20);
  const readAt = reader.told('snapshot')[0]?.at;
  const back = Promise.withResolvers<void>();
  house.world.silence = back.promise;
  await house.clock.advance(10_000);
  const planes = reader.told('plane');
  expect(planes.length).toBeGreaterThanOrEqual(9);
  expect(planes.at(-1)).toMatchObject({ database: { ok: false, answeredInMs: null }, readAt });
  expect(planes.at(-1)?.database.sentence).toMatch(/^It has not answered for \d+\.\d s\.$/);
  house.world.silence = null;
  back.resolve();
  await house.clock.advance(2_000);
  expect(reader.told('plane').at(-1)).toMatchObject({ database: { ok: true, answeredInMs: 0 } });
});

test('a read that fails is said once, and tried again', async () => {
  const house = openLiveHouse();
  const reader = house.open();
  await house.clock.advance(20);
  reader.clear();
  const refusal = new Error('no');
  house.world.refusal = refusal;
  await house.clock.advance(3_000);
  house.world.refusal = null;
  await house.clock.advance(1_000);
  expect(house.failures).toEqual([refusal, null]);
  expect(reader.told('beats')).toHaveLength(1);
});

test('who reads slowly is told the newest state once, never those between, and all that HAProxy said meanwhile', async () => {
  const house = openLiveHouse();
  const reader = house.open({ reads: false });
  await reader.take();
  await house.clock.advance(20);
  const [first] = [reader.take()];
  await house.clock.advance(20);
  await first;
  for (let epoch = 2; epoch < 12; epoch += 1) {
    const traffic =
      epoch === 2 ? aTraffic({ sessions: 77 }) : aTraffic({ sessions: 77, ageMs: (epoch - 2) * 1_000 + 100 });
    house.world.pools = [aView('A', { epoch, status: { members: [aMember('m1', { traffic })] } }), aView('B')];
    await house.clock.advance(1_000);
  }
  reader.clear();
  await reader.take();
  expect(reader.told('pool')).toMatchObject([{ pool: { epoch: 11 } }]);
  expect(reader.told('beats')).toHaveLength(1);
  expect(reader.told('beats')[0]?.pools['A']?.traffic?.['m1']?.sessions).toBe(77);
  expect(reader.told('plane')).toHaveLength(1);
});

test('who takes nothing for half a minute is cut', async () => {
  const house = openLiveHouse();
  const reader = house.open({ reads: false });
  await reader.take();
  await house.clock.advance(20);
  const taking = reader.take();
  await house.clock.advance(30_000);
  await taking;
  expect(reader.stream.cut.aborted).toBe(false);
  await house.clock.advance(2_000);
  expect(reader.stream.cut.aborted).toBe(true);
});

test('events that a slow reader cannot be told any more end the stream; it goes on from the last that it was told', async () => {
  const house = openLiveHouse();
  const reader = house.open({ reads: false });
  await reader.take();
  await house.clock.advance(20);
  await reader.take();
  let seq = 0;
  house.world.events = async () => {
    seq += 300;
    return Array.from({ length: 300 }, (_, n) => anEvent(seq - 299 + n));
  };
  await house.clock.advance(5_000);
  reader.clear();
  await reader.take();
  await reader.take();
  expect(reader.told('event')).toEqual([]);
  expect(reader.told('bye')).toMatchObject([{ because: 'too-slow' }]);
});

test('one user has so many streams, all have so many; each is free again when its reader is gone', async () => {
  const house = openLiveHouse();
  const codeOf = (open: () => unknown) => {
    try {
      open();
      return 'opened';
    } catch (error) {
      return isAppError(error) ? error.code : error;
    }
  };
  const own = Array.from({ length: mostOfOne }, () => house.open());
  expect(codeOf(() => house.open())).toBe('live_streams_of_one');
  for (let n = mostOfOne; n < mostOfAll; n += 1) house.open({ principal: someone(undefined, `other${n}`) });
  expect(codeOf(() => house.open({ principal: someone(undefined, 'late') }))).toBe('live_streams_full');
  own[0]?.stream.leave();
  own[0]?.stream.leave();
  expect(codeOf(() => house.open())).toBe('opened');
  expect(codeOf(() => house.open({ principal: someone(undefined, 'late') }))).toBe('live_streams_full');
});

test('a desk that closes says good-bye to everybody', async () => {
  const house = openLiveHouse();
  const readers = [house.open(), house.open()];
  await house.clock.advance(20);
  house.desk.close();
  await house.clock.settle();
  expect(readers.map((reader) => reader.told('bye'))).toMatchObject([
    [{ because: 'server-stops' }],
    [{ because: 'server-stops' }],
  ]);
  const late = house.open();
  await house.clock.settle();
  expect(late.names()).toEqual(['bye']);
  expect([...readers, late].map(({ ended }) => ended())).toEqual([true, true, true]);
});
