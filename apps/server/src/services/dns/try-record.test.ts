import { AppError, type DnsProvider, type InstanceId, type RecordRef, type RecordView } from '@serverctl/core';
import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../../testkit/src/fake-clock.ts';
import type { ServiceDeps } from '../deps.ts';
import { recordRef, tryRecord } from './try-record.ts';
import type { TryContext } from './try-warnings.ts';

/* What a try says of a provider that is asked here by the test. */

const input = { zone: 'example.com', name: 'lb.example.com' };
const report = { canEdit: true, canMark: true, soaSerial: null, skewSeconds: null };
const resolver: ServiceDeps['resolver'] = {
  authoritativeServers: () => Promise.reject(new AppError('dns_unreachable')),
  ask: () => Promise.reject(new AppError('dns_unreachable')),
};

function trial(given: Partial<DnsProvider>, type = 'A', context: TryContext = {}) {
  const none = () => Promise.reject(new Error('not asked for'));
  const provider: DnsProvider = { probe: async () => report, read: none, replace: none, withdrawAaaa: none, ...given };
  const clock = createFakeClock();
  const ref = recordRef({ ...input, type });
  return { clock, tried: tryRecord({ clock, resolver }, provider, ref, 'aaaaaaaaaaaa' as InstanceId, context) };
}

test('a key that may not edit the AAAA is refused with that type', async () => {
  const { tried } = trial({ probe: async () => ({ ...report, canEdit: false }) }, 'AAAA');
  await expect(tried).rejects.toMatchObject({ code: 'dns_not_allowed', details: { type: 'AAAA' } });
});

test('a provider that is silent is told as that, with who was asked and how long was waited', async () => {
  const probe: DnsProvider['probe'] = (_ref, signal) =>
    new Promise((_, reject) => {
      const give = () =>
        reject(new AppError('dns_unreachable', { server: '192.0.2.53:53', because: 'no answer in time' }));
      signal.addEventListener('abort', give, { once: true });
    });
  const { clock, tried } = trial({ probe });
  const failed = expect(tried).rejects.toMatchObject({
    code: 'dns_unreachable',
    message: 'The DNS provider did not answer, or could not be reached; nothing was changed.',
    details: { server: '192.0.2.53:53', because: 'no answer in time', within: '10 s' },
  });
  await clock.advance(10_000);
  await failed;
});

const standing =
  (proxied: Readonly<Record<string, boolean>>) =>
  async ({ type }: RecordRef): Promise<RecordView> => {
    const isThere = Object.hasOwn(proxied, type);
    const rrset = isThere ? { addresses: ['198.51.100.11'], ttlSeconds: 60 } : null;
    return { rrset, mark: { kind: 'none' }, cname: false, proxied: proxied[type] ?? false };
  };
const on = { kind: 'cloudflare', wish: { ttlSeconds: 60, proxied: true } } as const;

test.each<[string, Record<string, boolean>, TryContext, boolean]>([
  ['the A alone is wished proxied', { A: false, AAAA: false }, on, true],
  [
    'the two differ, and are left so',
    { A: true, AAAA: false },
    { ...on, wish: { ttlSeconds: 60, proxied: null } },
    true,
  ],
  ['both are wished so at once', { A: false, AAAA: false }, { ...on, isWhole: true }, false],
  ['the other is so already', { A: false, AAAA: true }, on, false],
  ['there is no other', { A: false }, on, false],
  ['the provider has no proxy', { A: true, AAAA: false }, { ...on, kind: 'rfc2136' }, false],
])('of A and AAAA it is told that only one is proxied: %s', async (_case, proxied, context, isTold) => {
  const { test: tried } = await trial({ read: standing(proxied) }, 'A', context).tried;
  expect(tried.warnings.some((text) => text.includes('treats both'))).toBe(isTold);
});
