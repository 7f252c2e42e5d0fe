import type { EnrolmentProgress } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { isThere, stepsOf } from './steps.ts';

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
