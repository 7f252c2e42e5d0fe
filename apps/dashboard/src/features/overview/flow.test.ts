import { expect, test } from 'vitest';
import { member, pool } from '../../lib/testing/pools.ts';
import { carriedBy, flowOf, heightOf, middleOf, shareLeft } from './flow.ts';
import type { LeftBehind } from './left-behind.ts';

const nowMs = 1_000_000;
const left = (otherwise: Partial<LeftBehind>): LeftBehind => ({
  member: member('ams'),
  sessions: { kind: 'gone', because: 'none' },
  cachedUntilMs: null,
  isUnwritten: false,
  ...otherwise,
});
const roles = (old: LeftBehind | null) => flowOf(pool(), new Map(), old, nowMs).members.map(({ role }) => role);

test('whoever was active before drains while caches lead there or sessions may be there, and not after', () => {
  expect(roles(left({ cachedUntilMs: nowMs + 1 }))).toEqual(['active', 'draining']);
  expect(roles(left({ sessions: { kind: 'left', count: 1 } }))).toEqual(['active', 'draining']);
  const silent = { kind: 'unknown', last: { count: 611, readAtMs: 0 } } as const;
  expect(roles(left({ sessions: silent }))).toEqual(['active', 'draining']);
  expect(roles(left({ cachedUntilMs: nowMs }))).toEqual(['active', 'standby']);
  expect(roles(left({ isUnwritten: true }))).toEqual(['active', 'draining']);
  expect(roles(null)).toEqual(['active', 'standby']);
});

test('an active member that does not serve is drawn as failing', () => {
  const lost = member('fra', { role: 'active', health: 'heartbeat-lost' });
  const { members } = flowOf(pool({ status: { members: [lost, member('ams')] } }), new Map(), null, nowMs);
  expect(members.map(({ role }) => role)).toEqual(['failing', 'standby']);
});

test('a HAProxy that stopped within its grace: its member fails, and carries nothing that is counted', () => {
  const stopped = member('fra', { role: 'active', haproxy: 'inactive (dead)' });
  const said = { version: '3.0', uptimeSeconds: 9, sessionRate: 1, requestRate: 18, ageMs: 0, readAtMs: nowMs };
  const traffic = new Map([
    ['fra', { ...said, sessions: 16 }],
    ['ams', { ...said, sessions: 0, requestRate: 0 }],
  ]);
  const flow = flowOf(pool({ status: { members: [stopped, member('ams')] } }), traffic, null, nowMs);
  expect(flow.members.map(({ role }) => role)).toEqual(['failing', 'standby']);
  const carried = carriedBy(flow, null, { pageMs: nowMs, serverMs: nowMs }, 'fra');
  expect(carried).toMatchObject({ sessions: 0, requestRate: 0, known: 2 });
});

test('of many the active one and the next two are drawn, in the pool’s order, and the rest is counted', () => {
  const standbys = Array.from({ length: 199 }, (_, index) =>
    member(`m${index}`, { place: index + 1, ready: index < 190 }),
  );
  const active = member('fra', { role: 'active', place: null });
  const many = pool({ status: { members: [...standbys.slice(0, 100), active, ...standbys.slice(100)] } });
  const { members, rest } = flowOf(many, new Map(), null, nowMs);
  expect(members.map(({ member: { id } }) => id)).toEqual(['m0', 'm1', 'fra']);
  expect(rest).toEqual({ count: 197, ready: 188 });
});

test('of many where nobody is active or could be, the first are drawn and not nobody', () => {
  const unready = Array.from({ length: 9 }, (_, index) => member(`m${index}`, { place: null, ready: false }));
  const none = pool({ activeMemberId: null, status: { members: unready } });
  expect(flowOf(none, new Map(), null, nowMs).members).toHaveLength(5);
});

test('rows are drawn around the middle, and what is left is a share of the most', () => {
  expect(middleOf(1, 3)).toBe(heightOf(3) / 2);
  expect(middleOf(0, 1)).toBe(heightOf(1) / 2);
  expect([shareLeft(350, 1_400), shareLeft(0, 0), shareLeft(9, 3)]).toEqual([0.25, 0, 1]);
});

test('what is carried is summed over all members, and how much has moved is said only of two that both say so', () => {
  const reading = (sessions: number, readAtMs = nowMs) => ({
    ...{ version: '3.0', uptimeSeconds: 9, sessionRate: 0, requestRate: 1, ageMs: 0 },
    ...{ sessions, readAtMs },
  });
  const ids = ['fra', 'ams', 'nyc', 'sfo', 'lhr', 'cdg'];
  const members = ids.map((id, index) => member(id, { place: index }));
  const many = pool({ status: { members } });
  const draining = left({ sessions: { kind: 'left', count: 25 } });
  const carried = (traffic: Record<string, ReturnType<typeof reading>>) => {
    const flow = flowOf(many, new Map(Object.entries(traffic)), draining, nowMs);
    return carriedBy(flow, draining, { pageMs: nowMs, serverMs: nowMs }, 'fra');
  };
  expect(carried({ fra: reading(70), ams: reading(25), cdg: reading(5) })).toEqual({
    ...{ sessions: 100, requestRate: 3, known: 3, movedPercent: 75 },
  });
  expect(carried({ ams: reading(25) })).toMatchObject({ sessions: 25, known: 1, movedPercent: null });
  expect(carried({ fra: reading(70, nowMs - 60_000), ams: reading(25) })?.movedPercent).toBeNull();
  expect(carried({})).toBeNull();
});
