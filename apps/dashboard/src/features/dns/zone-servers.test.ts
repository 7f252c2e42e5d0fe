import type { TestServer } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { binding } from '../../lib/testing/pools.ts';
import { laggingText, publishShape, readOf, serverText, zoneWordsOf } from './zone-servers.ts';

const one = (of: Partial<TestServer>): TestServer => ({
  ...{ server: 'ns1.example.com (192.0.2.53)', addresses: ['192.0.2.11'], error: null, serial: 7, zone: 'same' },
  ...of,
});

test('a server that is behind is told with both serials, one that is level with its own', () => {
  expect(serverText(one({}), 7)).toBe('answers 192.0.2.11; serial 7');
  expect(serverText(one({ zone: 'behind', addresses: [] }), 9)).toBe('answers no record; serial 7, the provider has 9');
  expect(serverText(one({ zone: 'not-served', serial: null, error: 'not authoritative (REFUSED)' }), 9)).toBe(
    'not authoritative (REFUSED)',
  );
});

test('a server that did not answer is told from one whose serial is not known', () => {
  expect(zoneWordsOf(one({ zone: 'unknown', error: 'It could not be asked.' })).word).toBe('No answer');
  expect(zoneWordsOf(one({ zone: 'unknown' })).word).toBe('Not known');
  expect(zoneWordsOf(one({ zone: 'not-served', error: 'not authoritative (REFUSED)' })).word).toBe(
    'Does not serve the zone',
  );
});

test('a partly published record names the servers that have not got the write', () => {
  const published = [
    { server: 'ns1', ok: true, addresses: ['192.0.2.11'], error: null },
    { server: 'ns2', ok: false, addresses: ['192.0.2.12'], error: null },
    { server: 'ns3', ok: false, addresses: [], error: 'REFUSED' },
    { server: 'ns4', ok: false, addresses: [], error: 'NXDOMAIN' },
    { server: 'ns5', ok: false, addresses: [], error: 'timeout' },
  ];
  expect(laggingText(binding({ published, state: 'partial' }))).toBe(
    '1 of 5 name servers answer 192.0.2.11. Not yet: ns2 answers 192.0.2.12; ns3 does not serve the zone; ns4 has no such name; ns5 (timeout).',
  );
  expect(laggingText(binding({ published: [] }))).toBe(null);
});

test('a server that refuses the zone is lost and not on its way, and of one that is silent nothing is known', () => {
  const shapeOf = (error: string | null) => publishShape({ ok: false, error });
  expect(publishShape({ ok: true, error: null })).toBe('healthy');
  expect([null, 'NXDOMAIN'].map(shapeOf)).toEqual(['running', 'running']);
  expect(['REFUSED', 'NOTAUTH', 'answers without authority'].map(shapeOf)).toEqual(['lost', 'lost', 'lost']);
  expect(shapeOf('timeout')).toBe('unknown');
});

test('the report’s server is found in the read, which names its address too', () => {
  const read = [one({ server: 'ns1.example.com.evil (192.0.2.9)' }), one({})];
  expect(readOf('ns1.example.com', read)).toBe(read[1]);
  expect(readOf('ns2.example.com', read)).toBe(null);
});
