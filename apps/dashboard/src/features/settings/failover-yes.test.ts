import { expect, test } from 'vitest';
import { Failure } from '../../lib/failure.ts';
import { member, pool } from '../../lib/testing/pools.ts';
import { isYesTo, patchOf, refusalOf, targetOf } from './failover-yes.ts';

const lost = member('fra', { role: 'active', health: 'heartbeat-lost' });
const withLost = (nextInLine: string | null) =>
  pool({ automaticFailover: false, status: { members: [lost, member('ams'), member('lon')], nextInLine } });

test('a yes to one member is none to another, nor to whoever is ready first', () => {
  const yes = targetOf(withLost('ams'), null);
  expect(isYesTo(yes, targetOf(withLost('ams'), null))).toBe(true);
  expect(isYesTo(yes, targetOf(withLost('lon'), null))).toBe(false);
  expect(isYesTo(yes, targetOf(withLost(null), null))).toBe(false);
  expect(isYesTo(targetOf(withLost(null), null), targetOf(withLost('ams'), null))).toBe(false);
  expect(isYesTo(null, targetOf(withLost('ams'), null))).toBe(false);
});

test('the server is told who was named in the yes, and without one nothing is confirmed', () => {
  expect(patchOf(true, { to: 'ams.example.com' })).toEqual({
    automaticFailover: true,
    confirmMove: true,
    expectNext: 'ams.example.com',
  });
  expect(patchOf(true, { to: null })).toEqual({ automaticFailover: true, confirmMove: true });
  expect(patchOf(true, null)).toEqual({ automaticFailover: true });
  expect(patchOf(false, { to: 'ams.example.com' })).toEqual({ automaticFailover: false });
});

test('what the server refused with says where it would go, until the page knows something newer', () => {
  const asked = withLost('ams');
  const said = (code: string, details: Failure['details']) =>
    refusalOf(new Failure({ code, message: 'm', remedy: 'r', details, requestId: '' }, 409), asked);
  const refusal = said('failover_would_move_now', { to: 'lon.example.com' });
  expect(targetOf(asked, refusal)?.to).toBe('lon.example.com');
  expect(targetOf(withLost(null), refusal)).toEqual({ to: null });
  expect(targetOf(pool(), refusal)).toBeNull();
  expect(said('pool_changed', { next: null })?.to).toBeNull();
  expect(said('pool_not_found', {})).toBeNull();
});
