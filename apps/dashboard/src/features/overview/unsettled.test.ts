import type { PoolView } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { member, pool } from '../../lib/testing/pools.ts';
import { answersOf } from './answers.ts';

const nowMs = Date.parse('2026-11-24T08:20:00.000Z');
const stopped = member('fra', {
  role: 'active',
  haproxy: 'inactive (dead)',
  healthSentence: 'Heard 0.4 s ago; haproxy.service has been inactive for 6.2 s, not long enough to count.',
});
const waiting: Partial<PoolView['status']> = {
  state: 'deciding',
  sentence: 'Wait 18.8 s: HAProxy on fra.example.com has been inactive for 6.2 s (haproxy.service: inactive), which …',
  members: [stopped, member('ams')],
};
const servingOf = (changes: Parameters<typeof pool>[0], laterMs = 0) =>
  answersOf(pool(changes), null, nowMs + laterMs).serving;

test('HAProxy of the active member is stopped: from the first moment it is probably not serving, since when, and what comes', () => {
  expect(servingOf({ status: waiting }, 1_000)).toMatchObject({
    ...{ shape: 'lost', answer: 'Probably not', line: 'HAProxy stopped 7 s ago; moved in 18 s' },
  });
  expect(answersOf(pool({ status: waiting }), null, nowMs).tinted).toEqual({ which: 'serving', tint: 'bad' });
});

test('a time is given only where the pool counts down to a move', () => {
  const line = (changes: Parameters<typeof pool>[0]) => servingOf({ status: waiting, ...changes }).line;
  expect(line({ automaticFailover: false })).toBe('HAProxy stopped 6 s ago; nothing is moved by itself');
  expect(line({ held: true })).toBe('HAProxy stopped 6 s ago; held, nothing is moved');
  expect(line({ status: { ...waiting, nextInLine: null } })).toBe('HAProxy stopped 6 s ago; nobody can take over');
  expect(servingOf({ status: waiting }, 20_000).line).toBe('HAProxy stopped 26 s ago; about to be moved');
});

test('a pool that does not judge HAProxy is served without it', () => {
  expect(servingOf({ preset: 'generic', status: { members: [stopped] } }).answer).toBe('Yes');
});

test('an active member that is silent within the delay: nobody knows, for how long, and what comes', () => {
  const silent = member('fra', { role: 'active', heartbeatAgeMs: 7_200 });
  const sentence = 'Wait 7.8 s: fra.example.com has sent no heartbeat for 7.2 s.';
  const members = [silent, member('ams')];
  expect(servingOf({ status: { state: 'deciding', sentence, members } })).toMatchObject({
    ...{ shape: 'unknown', answer: 'Not known', line: 'silent for 7 s; moved in 8 s' },
  });
});

test('a HAProxy between two states is not known to serve', () => {
  const starting = member('fra', { role: 'active', haproxy: 'activating (auto-restart)' });
  expect(servingOf({ status: { members: [starting] } }).answer).toBe('Not known');
});

test('whom the judgement of before the move names next is active by now: nobody is said to take over from itself', () => {
  const { answer, line, shape } = answersOf(pool({ activeMemberId: 'ams' }), null, nowMs).ifItFails;
  expect({ answer, line, shape }).toEqual({
    answer: 'Not known yet',
    line: 'it has just moved; the others are judged anew',
    shape: 'unknown',
  });
});

test('while a decision is not written, what name servers answered before is no yes', () => {
  const view = { epoch: 2 };
  expect(servingOf(view)).toMatchObject({ answer: 'Moving', shape: 'running', line: 'the record is being written' });
  const since = '2026-11-24T08:19:00.000Z';
  expect(servingOf({ ...view, paused: { because: 'person', sentence: '', since } }).answer).toBe('Not certain');
});
