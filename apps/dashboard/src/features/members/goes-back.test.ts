import { expect, test } from 'vitest';
import { pool } from '../../lib/testing/pools.ts';
import { goesBackBy, orderWords, withPriorities } from './goes-back.ts';

const members = [
  { id: 'fra', hostname: 'fra.example.com', priority: 10 },
  { id: 'ams', hostname: 'ams.example.com', priority: 20 },
  { id: 'lon', hostname: 'lon.example.com', priority: 30 },
];
const automatic = { policy: 'automatic', afterMinutes: 10, window: null } as const;
const put = (id: string, priority: number) => withPriorities(members, [{ id, priority }]);

test('with automatic failback, whoever is put before the active member gets its records: it is said in words', () => {
  const found = goesBackBy(pool({ failback: automatic }), members, put('ams', 5));
  expect(found?.to).toBe('ams');
  expect(found?.sentence).toBe(
    'Records go from fra.example.com to ams.example.com after 10 min of health from now: failback is automatic in this pool.',
  );
});

test('the active member moved down is the same, and a window is told', () => {
  const failback = { ...automatic, window: { from: '02:00', to: '04:00' } };
  expect(goesBackBy(pool({ failback }), members, put('fra', 25))?.sentence).toContain('between 02:00 and 04:00 UTC');
});

test.each([
  ['failback is by hand', { failback: { ...automatic, policy: 'manual' as const } }, put('ams', 5)],
  ['automatic failover is off', { failback: automatic, automaticFailover: false }, put('ams', 5)],
  ['nobody is active', { failback: automatic, activeMemberId: null }, put('ams', 5)],
  ['it comes level with the active one', { failback: automatic }, put('ams', 10)],
  ['the others change places', { failback: automatic }, put('lon', 15)],
])('nothing goes back where %s', (_case, otherwise, after) => {
  expect(goesBackBy(pool(otherwise), members, after)).toBeNull();
});

test('what was on its way back anyway is no news; another target is', () => {
  const ofLon = pool({ failback: automatic, activeMemberId: 'lon' });
  expect(goesBackBy(ofLon, members, put('ams', 15))).toBeNull();
  expect(goesBackBy(ofLon, members, put('ams', 5))?.to).toBe('ams');
});

test('the page says that the order moves nobody only where that is so', () => {
  expect(orderWords(pool())).toContain('it moves nobody now');
  expect(orderWords(pool({ failback: automatic }))).not.toContain('nobody');
  expect(orderWords(pool({ failback: automatic, automaticFailover: false }))).toContain(
    'while automatic failover is off',
  );
});
