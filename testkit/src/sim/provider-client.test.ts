import { type BindingId, type DnsName, type Ipv4, type PoolId, type RecordRef, secondMs } from '@serverctl/core';
import { expect, test } from 'vitest';
import { oneRequestEach } from '../../../apps/server/src/worker/budget-shares.ts';
import { id } from '../builders.ts';
import { connect } from './network.ts';
import type { DnsCall } from './observer.ts';
import { ProcessClock } from './process-clock.ts';
import { type Account, ProviderServer } from './provider.ts';
import { createProviderClient } from './provider-client.ts';
import { createStreams } from './random.ts';
import { instance } from './spec.ts';
import { WorldClock } from './world-clock.ts';
import { Zone } from './zone.ts';

const pool = id<PoolId>('p', 1);
const ref: RecordRef = { zone: 'example' as DnsName, name: 'lb.example' as DnsName, type: 'A' };
const call: DnsCall = {
  call: 1,
  replica: 'r1',
  verb: 'replace',
  bindingId: id<BindingId>('b', 1),
  poolId: pool,
  epoch: 1,
  address: null,
  fence: null,
  startedAt: 0,
  wish: null,
};
const never = new AbortController().signal;

test.each<[string, Pick<Account, 'flavour' | 'together'>]>([
  ['that compares itself', { flavour: 'conditional', together: null }],
  ['without a condition', { flavour: 'plain', together: null }],
  ['that carries many names', { flavour: 'plain', together: 2 }],
])('a provider %s counts as many calls as its adapter says that they are (R22)', async (_name, kind) => {
  const { client, clock, counted } = open(kind);
  const { read, write } = client.requestsPer ?? oneRequestEach;
  const reading = client.zoneCalls?.read([ref], never) ?? client.read(ref, never);
  await clock.run(secondMs);
  await reading;
  expect(counted()).toBe(read);
  const request = {
    ref,
    expected: { rrset: null, mark: { kind: 'none' }, cname: false },
    next: { address: '203.0.113.2' as Ipv4, ttlSeconds: 60 },
    mark: { instance, pool, epoch: 1 },
  } as const;
  const writing = client.zoneCalls?.write([request], never) ?? client.replace(request, never);
  await clock.run(2 * secondMs);
  await writing;
  expect(counted()).toBe(read + write);
});

class CountingServer extends ProviderServer {
  arrived = 0;

  override read(...given: Parameters<ProviderServer['read']>): void {
    this.arrived += 1;
    super.read(...given);
  }

  override write(...given: Parameters<ProviderServer['write']>): void {
    this.arrived += 1;
    super.write(...given);
  }
}

/** Its server, and how many calls that has counted. */
function open(kind: Pick<Account, 'flavour' | 'together'>) {
  const clock = new WorldClock();
  const random = createStreams(1)('provider');
  const account: Account = {
    credentialId: 'c',
    ...kind,
    zone: new Zone(clock, []),
    limit: null,
    workMs: 10,
    plan: null,
    revoked: false,
    down: false,
    exhausted: false,
  };
  const events = { applied: () => {}, rejected: () => {} };
  const server = new CountingServer(account, { clock, random, instance, events });
  const wall = { nowMs: () => clock.now() };
  const client = createProviderClient({
    server,
    clock: new ProcessClock(clock, { startMs: 0, wall }),
    ways: connect(clock, random, 1, 2),
    began: () => ({ call, ended: () => {} }),
    epochOf: () => null,
  });
  return { client, clock, counted: () => server.arrived };
}
