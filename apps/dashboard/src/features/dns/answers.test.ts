import { expect, test } from 'vitest';
import { binding } from '../../lib/testing/pools.ts';
import { answersOf } from './answers.ts';

const server = 'ns1.example.com';
const read = [
  { server, addresses: ['192.0.2.11'], error: null },
  { server: 'ns2.example.com', addresses: ['192.0.2.12'], error: null },
];

test('the publisher’s report is shown where it has answers, else what was read', () => {
  const report = binding();
  expect(answersOf(report, read)).toBe(report.published);
  expect(answersOf(binding({ state: 'drift', published: [] }), read).map(({ ok }) => ok)).toEqual([true, false]);
});

test('nothing is right or wrong before the first publish, and after a withdrawal no record is right', () => {
  const idle = binding({ state: 'idle', published: [], desiredAddress: null, publishedEpoch: 0 });
  expect(answersOf(idle, read).map(({ ok }) => ok)).toEqual([null, null]);
  const withdrawn = binding({ type: 'AAAA', published: [], desiredAddress: null, publishedEpoch: 3 });
  const [none] = answersOf(withdrawn, [{ server, addresses: [], error: null }]);
  expect([none?.ok, answersOf(withdrawn, read)[0]?.ok]).toEqual([true, false]);
});
