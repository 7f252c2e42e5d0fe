import type { InstanceId, PoolId, RecordView } from '@serverctl/core';
import { expect, test } from 'vitest';
import type { Joining } from './joining.ts';
import { oldTtlWarning } from './old-ttl.ts';

const members = new Map([
  ['198.51.100.11', 'lb1.example.com'],
  ['198.51.100.12', 'lb2.example.com'],
]);
const active: Joining = { id: 'pool00000001', name: 'edge', isActive: true, desired: '198.51.100.11', members };
const setUp: Joining = { ...active, isActive: false, desired: null };
const mark = { instance: 'aaaaaaaaaaaa' as InstanceId, pool: 'pool00000001' as PoolId, epoch: 4 };
const view = (address: string, change: Partial<RecordView> = {}): RecordView => ({
  rrset: { addresses: [address], ttlSeconds: 86_400 },
  mark: { kind: 'none' },
  cname: false,
  ...change,
});

/* The case table of old-ttl.ts, line by line (PRODUCT.md section 4: existing record with TTL 86400). */

test.each([
  ['is below 300 s', view('203.0.113.9', { rrset: { addresses: ['203.0.113.9'], ttlSeconds: 299 } }), 60],
  ['is no longer than wished', view('203.0.113.9'), 86_400],
  ['is that of a proxied name, which clients do not see', view('203.0.113.9', { proxied: true }), 60],
  ['is of no record', view('', { rrset: null }), 60],
])('nothing is said of a TTL that %s', (_what, held, wish) => {
  expect(oldTtlWarning(held, wish, active)).toBeNull();
});

test('a record that bears our mark falls with the next write', () => {
  expect(oldTtlWarning(view('203.0.113.9', { mark: { kind: 'ours', mark } }), 60, active)).toMatch(
    /present TTL is 86400 s: .* With the next write its TTL falls from 86400 s to 60 s: wait 86400 s before the next switchover\.$/,
  );
});

test('one that holds the active member’s address keeps it, and its TTL falls when it is taken over', () => {
  expect(oldTtlWarning(view('198.51.100.11'), 60, active)).toMatch(
    /It keeps its present address, and its TTL falls from 86400 s to 60 s .*: wait 86400 s before the next switchover\.$/,
  );
});

test('while nobody is active, one that names a member is taken over by its first publish, as it is', () => {
  expect(oldTtlWarning(view('198.51.100.12'), 60, setUp)).toMatch(
    /Take it over now with its present address \(serverctl pool publish edge lb2\.example\.com\): its TTL falls from 86400 s to 60 s\. Wait 86400 s before the first switchover\.$/,
  );
  const foreign = { ...mark, instance: 'cccccccccccc' as InstanceId };
  expect(oldTtlWarning(view('198.51.100.12', { mark: { kind: 'foreign', mark: foreign } }), 60, setUp)).toContain(
    '(serverctl pool publish edge lb2.example.com --take-over)',
  );
});

test.each([
  ['another member’s address, in a pool with an active one', view('198.51.100.12'), active],
  ['no member’s address', view('203.0.113.9'), setUp],
  [
    'several addresses',
    view('', { rrset: { addresses: ['198.51.100.11', '198.51.100.12'], ttlSeconds: 86_400 } }),
    setUp,
  ],
])('what holds %s cannot keep it, so it is lowered at the provider (R20)', (_what, held, pool) => {
  expect(oldTtlWarning(held, 60, pool)).toMatch(
    /Lower it at the provider to 60 s first, and wait 86400 s before it is published here/,
  );
});

test('a credential that is tried on a name knows no pool and no wish', () => {
  expect(oldTtlWarning(view('203.0.113.9'), null)).toMatch(/Lower it now, and wait that long\.$/);
});

test('what is replaced at once by a person’s yes speaks of no lowering; what keeps its address falls as it always does', () => {
  expect(oldTtlWarning(view('203.0.113.9'), 60, active, true)).toBe(
    'The record’s TTL was 86400 s: it is replaced at once, and clients may still hold what stood there before for so long from now on.',
  );
  expect(oldTtlWarning(view('198.51.100.11'), 60, active, true)).toMatch(
    /: wait 86400 s before the next switchover\.$/,
  );
});
