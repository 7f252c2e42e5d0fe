import type { CredentialView } from '@serverctl/contract';
import { expect, test } from 'vitest';
import {
  draftOf,
  emptyDraft,
  inputOf,
  isChange,
  isMoved,
  patchOf,
  problemsOf,
  savedOf,
  storedText,
} from './credential-draft.ts';

const stored: CredentialView = {
  id: 'ns',
  name: 'ns1',
  provider: 'rfc2136',
  settings: {
    provider: 'rfc2136',
    host: 'ns1.example.com',
    port: 53,
    transport: 'tcp',
    keyName: 'serverctl',
    algorithm: 'hmac-sha256',
  },
  usedBy: ['lb.example.com'],
  limit: null,
  createdAt: '2026-11-24T08:20:00.000Z',
};
const [one, two] = ['0123456789abcdef0123456789abcdef', 'f'.repeat(32)];
const cloudflare: CredentialView = {
  ...stored,
  provider: 'cloudflare',
  settings: { provider: 'cloudflare', apiBase: 'https://api.example.com', plan: 'free', zoneIds: { 'a.test': one } },
};

test('an empty form says what each field needs, and nothing of the other kind of provider', () => {
  expect(Object.keys(problemsOf(emptyDraft, null))).toEqual(['name', 'host', 'keyName', 'secret']);
  expect(Object.keys(problemsOf({ ...emptyDraft, provider: 'cloudflare' }, null))).toEqual(['name', 'secret']);
});

test('a stored secret is asked for again where it would be sent elsewhere, and only there', () => {
  const draft = draftOf(stored);
  expect([problemsOf(draft, stored), isMoved(stored, { ...draft, keyName: 'other' })]).toEqual([{}, false]);
  for (const moved of [{ host: 'ns2.example.com' }, { port: '5353' }])
    expect(problemsOf({ ...draft, ...moved }, stored)).toMatchObject({ secret: expect.stringContaining('again') });
  const moved = { ...draftOf(cloudflare), apiBase: 'https://gateway.example.com' };
  expect(problemsOf(moved, cloudflare)).toMatchObject({ secret: expect.stringContaining('token again') });
});

test('a change names what differs and nothing else', () => {
  const draft = draftOf(stored);
  expect(isChange(patchOf(stored, draft, false))).toBe(false);
  expect(patchOf(stored, { ...draft, transport: 'udp', secret: ' c2VjcmV0 ' }, false)).toEqual({
    settings: { transport: 'udp', secret: 'c2VjcmV0' },
  });
  const zones = { ...draftOf(cloudflare), zoneIds: `b.test=${two}` };
  expect(patchOf(cloudflare, zones, true)).toEqual({
    settings: { zoneIds: { 'b.test': two, 'a.test': null } },
    untested: true,
  });
});

test('a zone and a name to try it on go together, and go with what is stored', () => {
  const half = { ...emptyDraft, testZone: 'example.com' };
  expect(problemsOf(half, null)).toMatchObject({ testName: 'Zone and name go together.' });
  expect(inputOf({ ...half, testName: ' lb.example.com ' })).toMatchObject({
    test: { zone: 'example.com', name: 'lb.example.com' },
  });
});

test('a line of zone ids that is none is told, others are taken in any form', () => {
  const draft = { ...emptyDraft, provider: 'cloudflare' as const, zoneIds: `a.test=${one}, b.test=${two}\nc.test` };
  expect(problemsOf(draft, null)).toMatchObject({ zoneIds: expect.stringContaining('“c.test”') });
  const right = { ...draft, zoneIds: `a.test=${one}, b.test=${two}` };
  expect(inputOf(right).settings).toMatchObject({ zoneIds: { 'a.test': one, 'b.test': two } });
});

test('of what was stored the secret is kept nowhere', () => {
  const draft = { ...emptyDraft, name: 'ns1', secret: 'c2VjcmV0', testZone: 'example.com', testName: 'lb.example.com' };
  const saved = savedOf({ credential: stored, test: null, tried: [] }, draft, 12);
  expect(saved.triedOn).toEqual({ testZone: 'example.com', testName: 'lb.example.com' });
  expect(JSON.stringify(saved)).not.toContain('c2VjcmV0');
});

test('who closed the dialog is told whether it was tried, and of what the trial warned', () => {
  const told = (otherwise: object) =>
    storedText(savedOf({ credential: stored, test: null, tried: [], ...otherwise }, emptyDraft, 12));
  expect(told({})).toBe('It was stored untested; look at its card.');
  expect(told({ tried: [{ zone: 'example.com', name: 'lb.example.com', type: 'A' }] })).toBe(
    'It was tried and stored; look at its card.',
  );
  expect(told({ test: { warnings: ['The TTL is raised to 60 s.'] } })).toBe(
    'It was tried and stored; look at its card. The TTL is raised to 60 s.',
  );
});
