import { expect, test } from 'vitest';
import { member, pool } from '../../lib/testing/pools.ts';
import { clientsBackWith, moveLines, movesNowFrom, stopsOf } from './failover-words.ts';

const lost = member('fra', { role: 'active', health: 'heartbeat-lost' });
const withLost = (otherwise: Parameters<typeof pool>[0] = {}) =>
  pool({ ...otherwise, status: { members: [lost, member('ams')] } });

test('a lost active member is moved away from at once, and from no other', () => {
  expect(movesNowFrom(withLost())?.id).toBe('fra');
  expect(movesNowFrom(pool())).toBeNull();
});

test.each([
  ['paused', withLost({ paused: { because: 'person', sentence: 'x', since: '2026-11-24T08:20:00.000Z' } })],
  ['held', withLost({ held: true })],
  ['in maintenance', withLost({ maintenance: { until: '2026-11-24T09:00:00.000Z', over: false, reason: null } })],
  ['alone', pool({ status: { members: [lost] } })],
] as const)('%s: nothing moves, and the reason is said', (_what, view) => {
  expect(movesNowFrom(view)).toBeNull();
  expect(stopsOf(view)).toHaveLength(1);
});

test('the preview names the record as it is and as it will be, with whose address it is', () => {
  const view = pool({ status: { members: [lost, member('ams', { address: '198.51.100.24' })] } });
  expect(moveLines(view, 'ams.example.com')).toEqual([
    { sign: '-', text: 'lb.example.com. 30 IN A 192.0.2.11', note: 'fra.example.com' },
    { sign: '+', text: 'lb.example.com. 30 IN A 198.51.100.24', note: 'ams.example.com' },
  ]);
  expect(moveLines(pool(), null)).toEqual([]);
});

test('clients wait as much longer as the delay is longer', () => {
  expect(clientsBackWith(pool(), 20)).toBe(50);
});
