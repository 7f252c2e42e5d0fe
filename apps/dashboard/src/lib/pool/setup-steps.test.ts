import { expect, test } from 'vitest';
import { binding, member, pool } from '../testing/pools.ts';
import { doneText, nextItem, setupItems } from './setup-steps.ts';

const fresh = (otherwise: Parameters<typeof pool>[0] = {}) =>
  pool({ activeMemberId: null, automaticFailover: false, epoch: 0, ...otherwise });
const all = ['dns', 'hostname', 'member', 'heartbeat', 'first-publish', 'automatic-failover'] as const;

test('a pool that is new misses all six, and DNS comes first', () => {
  const items = setupItems(fresh({ status: { members: [], bindings: [], setupMissing: [...all] } }));
  expect(doneText(items)).toBe('0 of 6 done');
  expect(nextItem(items)).toMatchObject({ step: 'dns', act: 'add-name', note: 'a credential that may write the zone' });
});

test('what is done says what is known of it', () => {
  const items = setupItems(
    fresh({ status: { setupMissing: ['first-publish', 'automatic-failover'] } }),
    'credential “knot-primary”, read at 09:20',
  );
  expect(doneText(items)).toBe('4 of 6 done');
  expect(items.map(({ note }) => note)).toEqual([
    'credential “knot-primary”, read at 09:20',
    'lb.example.com, TTL 30 s',
    'fra.example.com and 1 more',
    '2 of 2 members heard',
    'a person confirms it; until then no record is written',
    'after two members are ready',
  ]);
});

test('a name that the edge answers has no TTL that a client sees', () => {
  const bindings = [binding({ proxied: null, edge: 'answers' })];
  expect(setupItems(fresh({ status: { bindings } }))[1]?.note).toBe('lb.example.com, proxied');
});

test('a member that was never heard is added and not enrolled; its install line is what is next', () => {
  const waiting = member('fra', { role: 'none', heartbeatAgeMs: null, health: 'unknown', ready: false });
  const setupMissing = all.slice(3);
  const items = setupItems(fresh({ status: { members: [waiting], setupMissing } }));
  expect(items[2]?.title).toBe('Member added');
  expect(nextItem(items)).toMatchObject({ step: 'heartbeat', act: 'enrol-member', member: 'fra' });
});

test('after the first publish the switch is the last one, and nothing is left when it is on', () => {
  const items = setupItems(pool({ automaticFailover: false, status: { setupMissing: ['automatic-failover'] } }));
  expect(nextItem(items)).toMatchObject({ act: 'failover', note: 'off: a person moves the record' });
  expect(nextItem(setupItems(pool()))).toBeNull();
});
