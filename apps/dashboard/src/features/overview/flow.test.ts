import { expect, test } from 'vitest';
import { member, pool } from '../../lib/testing/pools.ts';
import { flowOf, heightOf, middleOf } from './flow.ts';

const reading = {
  version: '3.0',
  uptimeSeconds: 1,
  sessions: 611,
  sessionRate: 0,
  requestRate: 96,
  ageMs: 0,
  readAtMs: 0,
};
const nowMs = Date.parse('2026-11-24T08:20:13.000Z');
const moved = { fromMemberId: 'ams', decidedAt: '2026-11-24T08:20:00.000Z' } as Parameters<typeof flowOf>[2];

test('whoever was active before drains while it has sessions, and not an hour later', () => {
  const traffic = new Map([['ams', reading]]);
  const roles = (at: number) => flowOf(pool(), traffic, moved, at).members.map(({ role }) => role);
  expect(roles(nowMs)).toEqual(['active', 'draining']);
  expect(roles(nowMs + 3_600_000)).toEqual(['active', 'standby']);
  expect(flowOf(pool(), new Map(), moved, nowMs).members[1]?.role).toBe('standby');
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

test('rows are drawn around the middle', () => {
  expect(middleOf(1, 3)).toBe(heightOf(3) / 2);
  expect(middleOf(0, 1)).toBe(heightOf(1) / 2);
});
