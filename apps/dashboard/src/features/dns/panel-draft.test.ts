import type { CredentialView, WhmSettings } from '@serverctl/contract';
import { expect, test } from 'vitest';
import {
  draftOf,
  emptyDraft,
  inputOf,
  isChange,
  isMoved,
  kindChange,
  patchOf,
  problemsOf,
} from './credential-draft.ts';
import { fingerprintRows, pairsText, panelPlace, pinOf, shortPin } from './panel-draft.ts';

const pin = '0A1B2C3D4E5F6071'.repeat(4);
const other = 'F'.repeat(64);
const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const settings: WhmSettings = {
  ...{ provider: 'whm', host: 'panel.example.com', port: 2087, user: 'root' },
  ...{ serverName: null, ca: null, pin },
};
const stored: CredentialView = {
  ...{ id: 'panel', name: 'cluster', provider: 'whm', settings, usedBy: [], limit: null },
  createdAt: '2026-11-24T08:20:00.000Z',
};
const draft = draftOf(stored);
const whm = { ...emptyDraft, ...kindChange('whm') };
const changes = (change: object) => patchOf(stored, { ...draft, ...change }, false).settings;

test('each kind of panel has its port, WHM has root, and a secret never goes with a change of kind', () => {
  expect([whm.port, whm.user]).toEqual(['2087', 'root']);
  const cpanel = { ...whm, secret: 'a-token', ...kindChange('cpanel') };
  expect([cpanel.port, cpanel.user, cpanel.secret]).toEqual(['2083', '', '']);
  expect(Object.keys(problemsOf(cpanel, null))).toEqual(['name', 'host', 'user', 'secret']);
  expect({ ...cpanel, ...kindChange('rfc2136') }.port).toBe('53');
});

test('what is believed of the certificate is asked for only in the way that is chosen, and sent only so', () => {
  const typed = { ...whm, name: 'cluster', host: 'panel.example.com', secret: 'a-token', pin: 'none', ca: pem };
  const chosen = (trust: 'public' | 'pin' | 'ca') => problemsOf({ ...typed, trust }, null);
  expect([chosen('public'), chosen('ca')]).toEqual([{}, {}]);
  expect(chosen('pin')).toEqual({ pin: expect.stringContaining('64 hexadecimal digits') });
  expect(problemsOf({ ...typed, trust: 'ca', ca: 'no certificate' }, null)).toEqual({ ca: expect.any(String) });
  expect(inputOf({ ...typed, trust: 'pin', pin: pairsText(pin).toLowerCase() }).settings).toMatchObject({
    pin,
    ca: null,
  });
  expect(inputOf({ ...typed, trust: 'ca' }).settings).toMatchObject({ pin: null, ca: pem.trim() });
  expect(inputOf({ ...typed, trust: 'public' }).settings).toMatchObject({ pin: null, ca: null, serverName: null });
});

test('a form that was opened and not touched changes nothing, whatever the way to believe', () => {
  for (const way of [{ pin }, { pin: null, ca: pem }, { pin: null, serverName: 'server.example.com' }]) {
    const before = { ...stored, settings: { ...settings, ...way } };
    expect(isChange(patchOf(before, draftOf(before), false))).toBe(false);
    expect(isMoved(before, draftOf(before))).toBe(false);
  }
  expect(changes({ host: 'PANEL.example.com.', pin: pin.toLowerCase() })).toBeUndefined();
});

test('another way to believe names the one that comes and the one that goes, and needs the token again', () => {
  expect(changes({ trust: 'ca', ca: pem })).toEqual({ ca: pem.trim(), pin: null });
  expect(changes({ trust: 'public' })).toEqual({ pin: null });
  expect(changes({ pin: other })).toEqual({ pin: other });
  for (const change of [
    { pin: other },
    { trust: 'public' as const },
    { user: 'reseller' },
    { serverName: 'a.example' },
  ])
    expect(problemsOf({ ...draft, ...change }, stored)).toMatchObject({
      secret: expect.stringContaining('token again'),
    });
  expect(problemsOf({ ...draft, name: 'another' }, stored)).toEqual({});
});

test('a fingerprint is taken as openssl prints it, and shown so in rows that fit', () => {
  const pairs = pairsText(pin);
  expect(pinOf(`sha256 Fingerprint=${pairs}\n`)).toBe(pin);
  expect(pairs.startsWith('0A:1B:2C:3D:4E')).toBe(true);
  expect(fingerprintRows(pin).join('')).toBe(pairs);
  expect(fingerprintRows(pin).map(({ length }) => length)).toEqual([24, 24, 24, 23]);
  expect(shortPin(pin)).toBe('0A:1B:2C:3D…');
});

test('a certificate is looked at where the form says, and nowhere while it does not say it', () => {
  expect(panelPlace({ ...whm, host: ' panel.example.com ' })).toEqual({
    ...{ host: 'panel.example.com', port: 2087, serverName: null },
  });
  for (const port of ['', '0', '65536', '20 87']) expect(panelPlace({ ...whm, host: 'a.example', port })).toBe(null);
  expect(panelPlace(whm)).toBe(null);
});
