import { CredentialInput, type CredentialPatch, cloudflareMostZones } from '@serverctl/contract';
import { isAppError } from '@serverctl/core';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { patchSettings, splitSettings } from './credential-settings.ts';

const [one, two] = ['0123456789abcdef'.repeat(2), 'fedcba9876543210'.repeat(2)];
const split = (settings: z.input<typeof CredentialInput>['settings']) =>
  splitSettings(CredentialInput.parse({ name: 'x', settings }).settings);
const cloudflare = (changes: object = {}) => split({ provider: 'cloudflare', token: 't', ...changes }).settings;
const rfc2136 = split({ provider: 'rfc2136', host: 'ns1', port: 54, keyName: 'k', secret: 's' }).settings;
type Patch = NonNullable<z.output<typeof CredentialPatch>['settings']>;
const patched = (before: typeof rfc2136, patch: Patch) => patchSettings('mine', before, patch);
const refusal = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return isAppError(error) ? [error.code, error.details] : error;
  }
  return 'taken';
};

test('whatever the provider calls it, the write-only part is parted from the settings', () => {
  expect(split({ provider: 'cloudflare', token: 'canary' })).toMatchObject({ secret: 'canary' });
  const tsig = split({ provider: 'rfc2136', host: 'ns1', keyName: 'k', secret: 'canary' });
  expect(tsig).toMatchObject({ secret: 'canary', settings: { provider: 'rfc2136', host: 'ns1' } });
  const panel = split({ provider: 'whm', host: 'panel.test', token: 'canary' });
  expect(panel).toMatchObject({ secret: 'canary', settings: { provider: 'whm', port: 2087, user: 'root', pin: null } });
  expect(JSON.stringify([cloudflare({ token: 'canary' }), tsig.settings, panel.settings])).not.toContain('canary');
});

test('zones are kept as they are looked for, bases without their final slashes', () => {
  const settings = cloudflare({
    apiBase: 'https://Gateway.test:443/cf/v4//',
    zoneIds: { 'Example.COM.': one.toUpperCase() },
  });
  expect(settings).toMatchObject({ apiBase: 'https://gateway.test/cf/v4', zoneIds: { 'example.com': one } });
});

test.each([
  [
    'a zone that is no name',
    { zoneIds: { 'a..b': one } },
    'dns_name_invalid',
    { field: 'settings.zoneIds', value: 'a..b' },
  ],
  ['a base that is no address', { apiBase: 'cloudflare' }, 'url_invalid', {}],
  ['a base with a password', { apiBase: 'https://u:p@gateway.test' }, 'url_invalid', {}],
  ['a base with a query', { apiBase: 'https://gateway.test/?v=4' }, 'url_invalid', {}],
])('%s is refused, when it is added and when it is changed', (_what, change, code, details) => {
  const expected = [code, expect.objectContaining(details)];
  expect(refusal(() => cloudflare(change))).toEqual(expected);
  expect(refusal(() => patched(cloudflare(), change))).toEqual(expected);
});

test('a patch changes what it names, and nothing else', () => {
  const before = cloudflare({ apiBase: 'https://gateway.test', zoneIds: { 'a.test': one }, plan: 'paid' });
  expect(patched(before, {})).toEqual({ settings: before, secret: undefined, isMoved: false });
  expect(patched(before, { plan: 'enterprise' }).settings).toEqual({ ...before, plan: 'enterprise' });
  expect(patched(before, { token: 'new' })).toEqual({ settings: before, secret: 'new', isMoved: false });
  expect(patched(rfc2136, { algorithm: 'hmac-sha512' }).settings).toEqual({ ...rfc2136, algorithm: 'hmac-sha512' });
});

test('zones that a patch does not name stay, and null takes one away', () => {
  const before = cloudflare({ zoneIds: { 'a.test': one, 'b.test': one } });
  const after = patched(before, { zoneIds: { 'B.test': two, 'c.test': two } }).settings;
  expect(after).toMatchObject({ zoneIds: { 'a.test': one, 'b.test': two, 'c.test': two } });
  expect(patched(after, { zoneIds: { 'b.test': null } }).settings).toEqual({
    ...before,
    zoneIds: { 'a.test': one, 'c.test': two },
  });
});

test('a patch cannot bring a credential above its most zones, since it could not be read again', () => {
  const ids = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, place) => [`z${place}.test`, one]));
  const full = cloudflare({ zoneIds: ids(cloudflareMostZones) });
  expect(patched(full, { zoneIds: { 'z0.test': two } }).isMoved).toBe(false);
  expect(refusal(() => patched(full, { zoneIds: { 'one-more.test': two } }))).toMatchObject(['request_invalid', {}]);
});

test.each([
  ['another base', () => patched(cloudflare(), { apiBase: 'https://gateway.test' }), true],
  [
    'http in place of https',
    () => patched(cloudflare({ apiBase: 'https://g.test' }), { apiBase: 'http://g.test' }),
    true,
  ],
  [
    'the same base, written otherwise',
    () => patched(cloudflare({ apiBase: 'https://g.test' }), { apiBase: 'https://G.test:443/' }),
    false,
  ],
  ['another host', () => patched(rfc2136, { host: 'ns2' }), true],
  ['another port', () => patched(rfc2136, { port: 53 }), true],
  ['the same host and port', () => patched(rfc2136, { host: 'ns1', port: 54 }), false],
])('%s: whether the secret would be sent elsewhere', (_what, act, isMoved) => {
  expect(act().isMoved).toBe(isMoved);
});

test.each([
  ['another kind', rfc2136, { provider: 'cloudflare' }, 'rfc2136', ['provider']],
  ['another kind with its settings', rfc2136, { provider: 'cloudflare', token: 't' }, 'rfc2136', ['provider', 'token']],
  ['a setting of another kind', cloudflare(), { host: 'ns1', plan: 'paid' }, 'cloudflare', ['host']],
  ['the secret of another kind', cloudflare(), { secret: 's' }, 'cloudflare', ['secret']],
] as const)('%s is refused, and named', (_what, before, patch, provider, settings) => {
  expect(refusal(() => patched(before, patch))).toEqual([
    'credential_kind_differs',
    { credential: 'mine', provider, settings },
  ]);
});

test('a patch may name the kind that it is', () => {
  expect(patched(cloudflare(), { provider: 'cloudflare', plan: 'paid' }).settings).toMatchObject({ plan: 'paid' });
});
