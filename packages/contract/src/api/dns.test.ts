import { expect, test } from 'vitest';
import { CredentialInput, CredentialView } from './dns.ts';
import { cloudflareApiBase, cloudflareMostZones, ProviderSettings } from './dns-providers.ts';
import { DnsSnapshot, dnsSnapshotVersion } from './dns-snapshot.ts';

const zoneId = '0123456789abcdef0123456789abcdef';
const input = (settings: object) => CredentialInput.safeParse({ name: 'x', settings });
const issuesOf = (settings: object) =>
  input(settings).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

test('Cloudflare needs its token alone: the vendor’s own API, the free plan, zones by name', () => {
  expect(input({ provider: 'cloudflare', token: ' t0ken\n' }).data?.settings).toEqual({
    provider: 'cloudflare',
    apiBase: cloudflareApiBase,
    zoneIds: {},
    plan: 'free',
    token: 't0ken',
  });
});

test.each([
  ['no kind of provider', { token: 't' }, 'settings.provider'],
  ['an unknown kind', { provider: 'route53', token: 't' }, 'settings.provider'],
  ['no token', { provider: 'cloudflare' }, 'settings.token'],
  ['an empty token', { provider: 'cloudflare', token: ' ' }, 'settings.token'],
  ['a token too long', { provider: 'cloudflare', token: 't'.repeat(513) }, 'settings.token'],
  ['an unknown plan', { provider: 'cloudflare', token: 't', plan: 'pro' }, 'settings.plan'],
  ['a zone id that is a name', { provider: 'cloudflare', token: 't', zoneIds: { 'a.test': 'a.test' } }, 'zone id: 32'],
  ['a setting of the other kind', { provider: 'cloudflare', token: 't', host: 'ns' }, 'host'],
  ['a token for a name server', { provider: 'rfc2136', host: 'ns', keyName: 'k', secret: 's', token: 't' }, 'token'],
])('%s is refused, and says where', (_what, settings, where) => {
  expect(issuesOf(settings).join('; ')).toContain(where);
});

test('the ids of more zones than a credential holds are refused', () => {
  const ids = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, place) => [`z${place}.test`, zoneId]));
  expect(issuesOf({ provider: 'cloudflare', token: 't', zoneIds: ids(cloudflareMostZones) })).toEqual([]);
  expect(issuesOf({ provider: 'cloudflare', token: 't', zoneIds: ids(cloudflareMostZones + 1) })).toHaveLength(1);
});

test('settings let no write-only part pass, of no kind', () => {
  const cloudflare = { provider: 'cloudflare', apiBase: 'https://a.test', zoneIds: {}, plan: 'paid', token: 'canary' };
  const rfc2136 = { provider: 'rfc2136', host: 'ns', port: 53, transport: 'tcp', keyName: 'k', algorithm: 'a' };
  for (const settings of [cloudflare, { ...rfc2136, secret: 'canary' }]) {
    expect(JSON.stringify(ProviderSettings.parse(settings))).not.toContain('canary');
    const view = { id: 'i', name: 'n', provider: settings.provider, settings, usedBy: [], limit: null };
    const shown = CredentialView.parse({ ...view, createdAt: '2026-01-01T00:00:00.000Z' });
    expect(JSON.stringify(shown)).not.toContain('canary');
  }
});

/** As release 0.1 wrote it. */
const oldCopy = {
  version: 1,
  writtenAt: '2026-01-01T12:00:00.000Z',
  instance: 'aaaaaaaaaaaa',
  urls: ['https://plane.example.com'],
  pools: [
    {
      id: 'pool00000001',
      name: 'edge',
      epoch: 3,
      activeMemberId: 'member000001',
      paused: null,
      members: [{ id: 'member000001', hostname: 'lb1.example.com', address: '198.51.100.11' }],
      names: [
        {
          id: 'binding00001',
          name: 'lb.example.com',
          zone: 'example.com',
          type: 'A',
          ttlSeconds: 60,
          state: 'published',
          desiredAddress: '198.51.100.11',
          published: [{ server: 'ns1', addresses: ['198.51.100.11'], ok: true, error: null }],
          error: null,
          changedAt: null,
          acknowledged: { address: '198.51.100.11', epoch: 3, at: null },
          mark: 'v=1 cp=aaaaaaaaaaaa pool=pool00000001 epoch=3',
          settings: {
            provider: 'rfc2136',
            host: '192.0.2.53',
            port: 53,
            transport: 'tcp',
            keyName: 'edge-key',
            algorithm: 'hmac-sha256',
          },
          manualSteps: [{ text: 'Pause the pool first.', commands: [] }],
        },
      ],
    },
  ],
};

test('a copy of the records by the release before is still read; one by a later release is not', () => {
  const read = DnsSnapshot.parse(oldCopy);
  expect(read.pools[0]?.names[0]).toMatchObject({ name: 'lb.example.com', settings: { keyName: 'edge-key' } });
  expect(DnsSnapshot.safeParse({ ...oldCopy, version: dnsSnapshotVersion + 1 }).success).toBe(false);
});
