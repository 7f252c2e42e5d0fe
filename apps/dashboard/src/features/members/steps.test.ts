import type { EnrolmentProgress, EventView } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { isThere, refusalOfLine, spokenOf, stepsOf } from './steps.ts';

const at = '2026-11-24T08:20:00.000Z';
const from = '198.51.100.7';
const nothing: EnrolmentProgress = {
  memberId: 'm',
  line: { madeAt: at, expiresAt: at, usedAt: null },
  script: null,
  agent: null,
  key: null,
  heard: null,
};
const key = { enrolledAt: at, fingerprint: '9f3c71aa', sinceLine: true };
const statesOf = (seen: Partial<EnrolmentProgress>) => stepsOf({ ...nothing, ...seen }).map(({ state }) => state);

test.each([
  ['nothing yet', {}, ['now', 'next', 'next', 'next']],
  ['the script', { script: { at, from } }, ['done', 'now', 'next', 'next']],
  ['enrolled, the downloads unseen', { key }, ['passed', 'passed', 'done', 'now']],
  ['a key of an earlier line', { key: { ...key, sinceLine: false } }, ['now', 'next', 'next', 'next']],
  [
    'an earlier key that is heard',
    { key: { ...key, sinceLine: false }, heard: { from, agentVersion: '1' } },
    ['now', 'next', 'next', 'next'],
  ],
  ['heard', { key, heard: { from, agentVersion: '1' } }, ['passed', 'passed', 'done', 'done']],
] as const)('%s', (_case, seen, states) => expect(statesOf(seen)).toEqual(states));

test('only a heartbeat under the new key ends the waiting', () => {
  expect(isThere({ ...nothing, key })).toBe(false);
  expect(isThere({ ...nothing, key, heard: { from, agentVersion: '1' } })).toBe(true);
});

test('the step that was seen last is spoken, and nothing before that', () => {
  expect(spokenOf(stepsOf(nothing))).toBe('');
  expect(spokenOf(stepsOf({ ...nothing, script: { at, from } }))).toBe('Install script fetched');
  expect(spokenOf(stepsOf({ ...nothing, key }))).toBe('Enrolled, key 9f3c71aa');
});

const event = (kind: string, when: string, memberId = 'm'): EventView => ({
  ...{ seq: 1, severity: 'info', poolId: 'pool', sentence: kind, details: {} },
  ...{ kind, at: when, memberId },
});

test('a refusal of an earlier line is not told beside a new one, nor one after which the host came in', () => {
  const [earlier, later] = ['2026-11-24T08:19:00.000Z', '2026-11-24T08:21:00.000Z'];
  const refused = event('enrolment.refused', later);
  expect(refusalOfLine([event('enrolment.refused', earlier)], 'm', at)).toBeNull();
  expect(refusalOfLine([refused], 'm', at)).toBe(refused);
  expect(refusalOfLine([refused], 'other', at)).toBeNull();
  expect(refusalOfLine([refused, event('member.enrol', later)], 'm', at)).toBeNull();
  expect(refusalOfLine([refused], 'm', null)).toBeNull();
});
