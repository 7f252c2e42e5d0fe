import type { MemberId } from '@serverctl/core';
import { expect, test } from 'vitest';
import type { RegisteredMember } from '../../services/agent-session/registry.ts';
import { refusalOf } from './refusal.ts';

const member = (): RegisteredMember => ({
  id: '0123456789ab' as MemberId,
  keyId: 'k',
  publicKey: null,
  hostname: 'lb2.example.com',
  previousHostname: 'lb1.example.com',
  previousHostnameUntil: 600_000,
  allowedEgress: ['198.51.100.0/24', '2001:db8::/48'],
  lastBoot: 1,
  allowedPeer: null,
  replyToNew: '{}',
  replyToOld: '{}',
});

test.each([
  ['198.51.100.7', 'lb2.example.com', 0, null],
  ['2001:db8::9', 'LB2.Example.COM', 0, null],
  ['198.51.101.7', 'lb2.example.com', 0, { because: 'ip', seen: '198.51.101.7' }],
  ['', 'lb2.example.com', 0, { because: 'ip', seen: '' }],
  ['198.51.101.7', 'other.example.com', 0, { because: 'ip', seen: '198.51.101.7' }],
  ['198.51.100.7', 'other.example.com', 0, { because: 'hostname', seen: 'other.example.com' }],
  ['198.51.100.7', 'lb1.example.com', 599_999, null],
  ['198.51.100.7', 'lb1.example.com', 600_000, { because: 'hostname', seen: 'lb1.example.com' }],
])('from %s as %s at %i: %o (R5, R36)', (peer, hostname, now, expected) => {
  expect(refusalOf(member(), peer, hostname, now)).toEqual(expected);
});

test('a peer found allowed stays so without a second look, another one is looked at', () => {
  const known = member();
  expect(refusalOf(known, '198.51.100.7', 'lb2.example.com', 0)).toBeNull();
  expect(known.allowedPeer).toBe('198.51.100.7');
  expect(refusalOf(known, '203.0.113.1', 'lb2.example.com', 0)).toMatchObject({ because: 'ip' });
  expect(known.allowedPeer).toBe('198.51.100.7');
});
