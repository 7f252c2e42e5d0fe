import type { MemberStatus } from '@serverctl/contract';
import { memberStatus } from '@serverctl/contract/testing';
import { expect, test } from 'vitest';
import { memberTable } from './member.ts';
import { openSessions, trafficText } from './traffic.ts';

const day = 86_400;
const reading = { version: '2.6.12', uptimeSeconds: 3 * day, sessions: 12, sessionRate: 4, requestRate: 30 };
const member = (traffic: MemberStatus['traffic']) => memberStatus({ traffic });

test('the last reading is told with its age', () => {
  expect(trafficText(member({ ...reading, ageMs: 3_000 }))).toBe(
    'HAProxy 2.6.12, up 3 d 0 h; 12 sessions, 4/s, 30 requests/s; 3.0 s ago',
  );
  expect(trafficText(member({ ...reading, sessions: 1, ageMs: 3_000 }))).toContain('; 1 session, ');
});

test('a reading that two others should have followed is old, and no count of now', () => {
  expect(openSessions(member({ ...reading, ageMs: 15_000 }))).toBe('12');
  const old = member({ ...reading, ageMs: 15_001 });
  expect(trafficText(old)).toMatch(/ago \(old\)$/);
  expect(openSessions(old)).toBe('-');
});

test('a host whose HAProxy never said anything has no figures', () => {
  expect(trafficText(member(null))).toBe('not reported');
  expect(openSessions(member(null))).toBe('-');
});

test('what a host reports as its version is text, never control sequences (R45)', () => {
  expect(trafficText(member({ ...reading, version: '\u001b[2J2.6', ageMs: 0 }))).toContain('HAProxy 2.6, ');
});

test('the table of members has a column of sessions', () => {
  const [head = '', row = ''] = memberTable([member({ ...reading, ageMs: 0 })], false).split('\n');
  expect(row.slice(head.indexOf('SESSIONS')).trimEnd()).toMatch(/^12 +1$/);
});
