import { AppError, type AuthoritativeServer, type RecordRef, type Resolver } from '@serverctl/core';
import { expect, test } from 'vitest';
import { askServers, zoneStateOf } from './ask-servers.ts';

const ref = { zone: 'example.com', name: 'lb.example.com', type: 'A' } as RecordRef;
const at = (name: string): AuthoritativeServer => ({ name, address: '192.0.2.53', port: 53 });
const answer = { authoritative: true, addresses: ['192.0.2.1'], ttlSeconds: 60, rcode: 'NOERROR' };
const soa = (serial: number | null, authoritative = true) => ({ authoritative, serial, rcode: 'NOERROR' });

test.each([
  ['the same', soa(7), 7, 'same'],
  ['one before', soa(6), 7, 'behind'],
  ['one after', soa(8), 7, 'ahead'],
  ['one before, around the circle of 32 bits', soa(2 ** 32 - 1), 0, 'behind'],
  ['one after, around the circle', soa(0), 2 ** 32 - 1, 'ahead'],
  ['none', soa(null), 7, 'unknown'],
  ['one, and the provider tells none', soa(7), null, 'unknown'],
  ['one of a zone that it does not serve', soa(7, false), 7, 'not-served'],
  ['no answer', null, 7, 'unknown'],
])('a server whose serial is %s', (_what, told, held, state) => {
  expect(zoneStateOf(told, held)).toBe(state);
});

test('each server is told by itself: what it answers, and how far it is; one that is silent does not hide the others', async () => {
  const resolver: Resolver = {
    authoritativeServers: async () => ['ns1', 'ns2', 'ns3', 'ns4'].map(at),
    async ask({ name }) {
      if (name === 'ns3') throw new AppError('dns_unreachable');
      return name === 'ns4' ? { ...answer, authoritative: false, addresses: [], rcode: 'REFUSED' } : answer;
    },
    async askZone({ name }) {
      if (name === 'ns3') throw new AppError('dns_unreachable');
      return name === 'ns2' ? soa(6) : soa(7);
    },
  };
  const told = await askServers(resolver, ref, 7, new AbortController().signal);
  expect(told).toEqual([
    { server: 'ns1 (192.0.2.53)', addresses: ['192.0.2.1'], error: null, serial: 7, zone: 'same' },
    { server: 'ns2 (192.0.2.53)', addresses: ['192.0.2.1'], error: null, serial: 6, zone: 'behind' },
    { server: 'ns3 (192.0.2.53)', addresses: [], error: expect.any(String), serial: null, zone: 'unknown' },
    {
      ...{ server: 'ns4 (192.0.2.53)', addresses: [], error: 'not authoritative (REFUSED)' },
      ...{ serial: 7, zone: 'not-served' },
    },
  ]);
});
