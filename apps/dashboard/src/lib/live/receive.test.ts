import { expect, test } from 'vitest';
import { createFakeClock } from '../testing/clock.ts';
import { member, pool } from '../testing/pools.ts';
import { createLiveStore } from './live-store.ts';
import { barOf, extendStrip, stripLabel } from './strip.ts';

const at = '2026-11-24T08:20:00.000Z';
const beats = (ages: Record<string, number | null>) => ({ at, pools: { pool: { ages } } });

function open() {
  const clock = createFakeClock();
  const frames: (() => void)[] = [];
  const store = createLiveStore(clock, { soon: (task) => void (frames.includes(task) || frames.push(task)) });
  const draw = () => {
    for (const task of frames.splice(0)) task();
  };
  return { clock, store, draw };
}

test('a snapshot voids what was known; a pool replaces its own and leaves the others as they were', () => {
  const { store, draw } = open();
  store.receive('snapshot', { at, pools: [pool({ id: 'a' }), pool({ id: 'b' })], eventsMissed: false, strips: null });
  draw();
  const before = store.get().pools;
  store.receive('pool', { at, pool: pool({ id: 'a', name: 'renamed' }) });
  draw();
  expect(store.get().pools?.get('a')?.name).toBe('renamed');
  expect(store.get().pools?.get('b')).toBe(before?.get('b'));
  store.receive('gone', { at, poolId: 'a' });
  store.receive('snapshot', { at, pools: [pool({ id: 'c' })], eventsMissed: false, strips: null });
  draw();
  expect([...(store.get().pools?.keys() ?? [])]).toEqual(['c']);
});

test('however much comes in, listeners hear of it once a frame', () => {
  const { store, draw } = open();
  let heard = 0;
  store.subscribe(() => {
    heard += 1;
  });
  for (let count = 0; count < 1_000; count += 1) store.receive('beats', beats({ fra: count }));
  expect(heard).toBe(0);
  draw();
  expect(heard).toBe(1);
});

test('ages count from when they were true, by the page’s own clock', () => {
  const { store, draw, clock } = open();
  clock.advance(5_000);
  store.receive('snapshot', {
    at,
    pools: [pool({ status: { members: [member('fra', { heartbeatAgeMs: 400 })] } })],
    eventsMissed: false,
    strips: null,
  });
  draw();
  expect(store.get().heard.get('fra')).toEqual({ atMs: clock.nowMs() - 400 });
  store.receive('beats', beats({ fra: null }));
  draw();
  expect(store.get().heard.get('fra')).toEqual({ atMs: null });
  expect(store.serverNowMs()).toBe(Date.parse(at));
});

test('a strip has a place for each second of the server’s, also for those in which the page was not there', () => {
  const { store, draw } = open();
  const beatsAt = (second: number, age: number) =>
    store.receive('beats', { ...beats({ fra: age }), at: new Date(Date.parse(at) + second * 1_000).toISOString() });
  beatsAt(1, 200);
  beatsAt(2, 2_000); // both came at once: the page was busy, and nothing is missing
  beatsAt(6, 4_000);
  draw();
  expect(store.get().strips.get('fra')).toEqual(['on-time', 'late', 'unwatched', 'unwatched', 'unwatched', 'missed']);
  expect(stripLabel(store.get().strips.get('fra') ?? [])).toBe('1 of the last 3 heartbeats on time, 1 late, 1 missed');
});

test('traffic that was read anew is laid over; without a reading nothing is drawn for it', () => {
  const { store, draw, clock } = open();
  const reading = { version: '3.0', uptimeSeconds: 9, sessions: 7, sessionRate: 0, requestRate: 1, ageMs: 300 };
  store.receive('beats', { at, pools: { pool: { ages: {}, traffic: { fra: reading } } } });
  draw();
  const { traffic } = store.get();
  expect(traffic.get('fra')).toMatchObject({ sessions: 7, readAtMs: clock.nowMs() - 300 });
  store.receive('beats', beats({ fra: 100 }));
  draw();
  expect(store.get().traffic).toBe(traffic);
  store.receive('beats', { at, pools: { pool: { ages: {}, traffic: { fra: null } } } });
  draw();
  expect(store.get().traffic.has('fra')).toBe(false);
});

test('nothing is missed while the control plane did not listen, nor before the first beat', () => {
  expect(barOf(60_000, false)).toBe('not-listening');
  expect(barOf(null, true)).toBe('unwatched');
  expect(
    extendStrip(
      Array.from({ length: 60 }, () => 'on-time' as const),
      'late',
      0,
    ),
  ).toHaveLength(60);
});

test('the server’s last word ends the link when it is for people, and not when it only stops', () => {
  const { store, draw } = open();
  store.receive('bye', { at, because: 'server-stops', sentence: 'It stops.' });
  draw();
  expect(store.get().link.kind).toBe('live');
  store.receive('bye', { at, because: 'permission-denied', sentence: 'No.' });
  draw();
  expect(store.get().link).toEqual({ kind: 'ended', because: 'permission-denied', sentence: 'No.' });
});

test('a strip is full at once with what the server kept, and goes on from its last second', () => {
  const { store, draw } = open();
  const later = (seconds: number) => new Date(Date.parse(at) + seconds * 1_000).toISOString();
  const strips = { at, rows: { fra: '..++~-x?', ams: '....' } };
  store.receive('snapshot', { at, pools: [pool()], eventsMissed: false, strips });
  store.receive('beats', { ...beats({ fra: 200, ams: 100 }), at: later(2) });
  draw();
  const kept = ['on-time', 'on-time', 'late', 'missed', 'not-listening', 'unwatched'];
  expect(store.get().strips.get('fra')).toEqual([...kept, 'unwatched', 'on-time']);
  expect(store.get().strips.get('ams')).toEqual(['on-time']);
});

test('after a gap the server’s minute takes the place of ours, and what it does not know of stays with the gap in it', () => {
  const { store, draw } = open();
  const later = (seconds: number) => new Date(Date.parse(at) + seconds * 1_000).toISOString();
  store.receive('beats', beats({ fra: 200, ams: 2_000 }));
  const strips = { at: later(3), rows: { fra: '++++' } };
  store.receive('snapshot', { at: later(3), pools: [pool()], eventsMissed: false, strips });
  draw();
  expect(store.get().strips.get('fra')).toHaveLength(4);
  expect(store.get().strips.get('ams')).toEqual(['late', 'unwatched', 'unwatched', 'unwatched']);
});

const event = (seq: number) => ({
  ...{ seq, at, kind: 'member.added', severity: 'info' as const, poolId: 'pool', memberId: null },
  ...{ sentence: 'It was added.', details: {} },
});

test('events of before a gap are forgotten, and those of before a break that missed nothing stay', () => {
  const { store, draw } = open();
  const seqs = () => {
    draw();
    return store.get().events.map(({ seq }) => seq);
  };
  store.receive('event', { at, event: event(1) });
  store.receive('snapshot', { at, pools: [], eventsMissed: false, strips: null });
  store.receive('event', { at, event: event(2) });
  expect(seqs()).toEqual([1, 2]);
  store.receive('snapshot', { at, pools: [], eventsMissed: true, strips: null });
  store.receive('event', { at, event: event(900) });
  expect(seqs()).toEqual([900]);
});

test('of a member that was removed, of a pool that is gone and of what a snapshot no longer has nothing is kept', () => {
  const traffic = { version: '3.0', uptimeSeconds: 9, sessions: 7, sessionRate: 0, requestRate: 1, ageMs: 300 };
  const two = (...ids: string[]) => pool({ status: { members: ids.map((id) => member(id, { traffic })) } });
  const other = { ...pool({ status: { members: [member('nyc', { traffic })] } }), id: 'other' };
  const { store, draw } = open();
  const known = () => {
    draw();
    const { heard, traffic: read, strips } = store.get();
    return [heard, read, strips].map((map) => [...map.keys()].join(' '));
  };
  store.receive('snapshot', { at, pools: [two('fra', 'ams'), other], eventsMissed: false, strips: null });
  store.receive('beats', beats({ fra: 1, ams: 1, nyc: 1 }));
  expect(known()).toEqual(Array.from({ length: 3 }, () => 'fra ams nyc'));
  store.receive('pool', { at, pool: two('fra') });
  expect(known()).toEqual(Array.from({ length: 3 }, () => 'fra nyc'));
  store.receive('gone', { at, poolId: 'other' });
  expect(known()).toEqual(Array.from({ length: 3 }, () => 'fra'));
  store.receive('snapshot', { at, pools: [], eventsMissed: false, strips: null });
  expect(known()).toEqual(Array.from({ length: 3 }, () => ''));
});
