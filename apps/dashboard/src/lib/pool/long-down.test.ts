import type { MemberStatus } from '@serverctl/contract';
import { durationText } from '@serverctl/core';
import { expect, test } from 'vitest';
import { member, pool } from '../testing/pools.ts';
import { longDownOf, longDownText } from './long-down.ts';

const minuteMs = 60_000;
const withStandby = (otherwise: Partial<MemberStatus>, changes: Parameters<typeof pool>[0] = {}) =>
  pool({
    ...changes,
    status: { members: [member('fra', { role: 'active' }), member('ams', { ready: false, ...otherwise })] },
  });
const count = (...given: Parameters<typeof withStandby>) => longDownOf(withStandby(...given)).length;
const inactive = (ms: number) =>
  ({
    health: 'haproxy-inactive',
    healthSentence: `HAProxy has been inactive for ${durationText(ms)} (haproxy.service: failed).`,
  }) as const;

test('a standby that is silent counts from five minutes on', () => {
  expect(count({ health: 'heartbeat-lost', heartbeatAgeMs: 5 * minuteMs - 1 })).toBe(0);
  expect(count({ health: 'heartbeat-lost', heartbeatAgeMs: 5 * minuteMs })).toBe(1);
  expect(count({ health: 'unheard', heartbeatAgeMs: 60 * minuteMs })).toBe(1);
});

test('one whose HAProxy is inactive counts from five minutes on, as long as its sentence says', () => {
  for (const ms of [8_000, 59_000, 4.9 * minuteMs]) expect(count(inactive(ms)), durationText(ms)).toBe(0);
  for (const ms of [5, 34, 61, 60 * 49].map((minutes) => minutes * minuteMs))
    expect(count(inactive(ms)), durationText(ms)).toBe(1);
});

test('one that a person has to let in again counts at once', () => {
  expect(count({ health: 'quarantined' })).toBe(1);
  expect(count({ health: 'refused' })).toBe(1);
});

test('one whose HAProxy or service does not answer counts as soon as it is not ready, and not before', () => {
  for (const health of ['haproxy-unresponsive', 'service-unreachable'] as const) {
    expect(count({ health }), health).toBe(1);
    expect(count({ health, ready: true }), health).toBe(0);
    expect(longDownText(longDownOf(withStandby({ health })))).toBe('ams.example.com cannot take over');
  }
});

test('none counts in a maintenance or a pause, and not while it is being set up', () => {
  const long = { health: 'heartbeat-lost', heartbeatAgeMs: 60 * minuteMs } as const;
  const until = '2026-11-24T09:00:00.000Z';
  expect(count({ ...long, health: 'maintenance', alsoHealth: ['heartbeat-lost'] })).toBe(0);
  expect(count(long, { maintenance: { until, over: false, reason: null } })).toBe(0);
  expect(count(long, { paused: { because: 'person', sentence: 'x', since: until } })).toBe(0);
  expect(count({ health: 'unknown', heartbeatAgeMs: null })).toBe(0);
  expect(count({ health: 'drained' })).toBe(0);
});

test('one is told by name, more by their number', () => {
  expect(longDownText([member('ams')])).toBe('ams.example.com cannot take over');
  expect(longDownText([member('ams'), member('lon')])).toBe('2 standbys cannot take over');
});
