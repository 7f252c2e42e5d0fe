import { AppError, type MemberId } from '@serverctl/core';
import { expect, test, vi } from 'vitest';
import { createFakeClock } from '../../../../../testkit/src/index.ts';
import type { MemberRow } from './ports.ts';
import { MemberRegistry } from './registry.ts';

const row: MemberRow = {
  id: 'm1' as MemberId,
  keyId: 'k1',
  publicKey: null,
  hostname: 'lb1.example.com',
  previousHostname: null,
  previousHostnameLeftMs: null,
  allowedEgress: ['192.0.2.7'],
  template: 'haproxy-balancer',
  monitored: true,
  units: [],
  lastBoot: 1,
  activeMemberId: null,
  epoch: 0,
};
const away = () => Promise.reject(new AppError('database_unavailable'));
const hangs = () => new Promise<readonly MemberRow[]>(() => {});

/** Each read is answered by the next of `reads`, the last of them for ever. */
function starting(...reads: (() => Promise<readonly MemberRow[]>)[]) {
  const clock = createFakeClock();
  const read = vi.fn(() => (reads.length > 1 ? reads.shift() : reads[0])?.() ?? away());
  const onFailure = vi.fn();
  const members = { read, onChange: () => () => {} };
  const registry = new MemberRegistry({ members, clock, onLoad: () => {}, onFailure, onForgottenBoot: () => {} });
  const outcome = { is: 'starting' };
  registry.start().then(
    () => Object.assign(outcome, { is: 'started' }),
    () => Object.assign(outcome, { is: 'failed' }),
  );
  return { clock, registry, read, onFailure, outcome };
}

test('a first load that fails, or is never answered, is tried again: the process may lead already', async () => {
  const { clock, registry, read, onFailure, outcome } = starting(away, hangs, async () => [row]);
  await clock.advance(1_500);
  expect([outcome.is, read.mock.calls.length, onFailure.mock.calls.length]).toEqual(['starting', 2, 1]);
  await clock.advance(7_000);
  expect([outcome.is, read.mock.calls.length]).toEqual(['started', 3]);
  expect(registry.get('m1')?.hostname).toBe('lb1.example.com');
});

test('a minute of it ends the start', async () => {
  const { clock, outcome } = starting(away);
  await clock.advance(59_000);
  expect(outcome.is).toBe('starting');
  await clock.advance(3_000);
  expect(outcome.is).toBe('failed');
});

test('and so does a stop', async () => {
  const { clock, registry, read, outcome } = starting(away);
  await clock.advance(1_500);
  await registry.stop();
  const before = read.mock.calls.length;
  await clock.advance(60_000);
  expect([outcome.is, read.mock.calls.length - before]).toEqual(['failed', 1]);
});

test('a later load that is never answered leaves the old copy, and the next one is not held up', async () => {
  const { clock, registry, read, onFailure, outcome } = starting(async () => [row], hangs);
  await clock.advance(10_000);
  expect([outcome.is, read.mock.calls.length]).toEqual(['started', 2]);
  await clock.advance(16_000);
  expect([onFailure.mock.calls.length, read.mock.calls.length]).toEqual([1, 3]);
  expect(registry.get('m1')).toBeDefined();
});
