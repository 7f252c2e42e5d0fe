import type { AuthoritativeAnswer, DnsName, RecordType } from '@serverctl/core';
import { expect, test } from 'vitest';
import { connect } from './network.ts';
import { createWallClock, ProcessClock } from './process-clock.ts';
import { createStreams } from './random.ts';
import { createSimResolver } from './resolver.ts';
import { WorldClock } from './world-clock.ts';
import { recordKey, Zone } from './zone.ts';

const name = 'lb.example' as DnsName;
const server = { name: 'ns1.example', address: '198.51.100.1', lagMs: 0, silent: false, answers: new Map() };

/** What the zone's server says of the name, when these records are there. */
async function ask(types: readonly RecordType[], asked: RecordType): Promise<AuthoritativeAnswer | null> {
  const clock = new WorldClock();
  const zone = new Zone(clock, [{ ...server, answers: new Map() }]);
  for (const type of types)
    zone.put(recordKey({ name, type }), { addresses: [`of ${type}`], ttlSeconds: 30, text: null });
  const ways = connect(clock, createStreams(1)('network'), 1, 2);
  const process = new ProcessClock(clock, { startMs: 0, wall: createWallClock(clock, 0) });
  const resolver = createSimResolver({ clock: process, zoneOf: () => zone, waysTo: () => ways });
  const { signal } = new AbortController();
  let answer: AuthoritativeAnswer | null = null;
  void resolver.authoritativeServers('example', signal).then(async ([first]) => {
    if (first !== undefined) answer = await resolver.ask(first, name, asked, signal);
  });
  await clock.run(1_000);
  return answer;
}

test('a server answers by type', async () => {
  expect(await ask(['A', 'AAAA'], 'A')).toMatchObject({ addresses: ['of A'], ttlSeconds: 30, rcode: 'NOERROR' });
  expect(await ask(['A', 'AAAA'], 'AAAA')).toMatchObject({ addresses: ['of AAAA'], rcode: 'NOERROR' });
});

test('a name that has the other type alone is there, and empty; one that has none does not exist', async () => {
  expect(await ask(['A'], 'AAAA')).toMatchObject({ addresses: [], ttlSeconds: null, rcode: 'NOERROR' });
  expect(await ask(['AAAA'], 'A')).toMatchObject({ addresses: [], ttlSeconds: null, rcode: 'NOERROR' });
  expect(await ask([], 'A')).toMatchObject({ addresses: [], rcode: 'NXDOMAIN' });
});
