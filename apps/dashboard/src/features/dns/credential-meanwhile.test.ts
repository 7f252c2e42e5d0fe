import type { CredentialView, WhmSettings } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { draftOf, patchOf } from './credential-draft.ts';
import { changedMeanwhile, keptMine, takenTheirs } from './credential-meanwhile.ts';
import { pairsText } from './panel-draft.ts';

const [pin, theirPin, myPin] = ['A'.repeat(64), 'B'.repeat(64), 'C'.repeat(64)];
const settings: WhmSettings = {
  ...{ provider: 'whm', host: 'panel.example.com', port: 2087, user: 'root' },
  ...{ serverName: null, ca: null, pin },
};
const opened: CredentialView = {
  ...{ id: 'panel', name: 'cluster', provider: 'whm', settings, usedBy: [], limit: null },
  createdAt: '2026-11-24T08:20:00.000Z',
};
const stored = (change: Partial<WhmSettings>) => ({ ...opened, settings: { ...settings, ...change } });
const draft = draftOf(opened);

test('what is stored otherwise since the form was opened is told by field, and what is only tried anew is not', () => {
  expect(changedMeanwhile(opened, { ...opened, usedBy: ['a.test'] })).toEqual([]);
  expect(changedMeanwhile(opened, { ...stored({ host: 'other.example.com', pin: theirPin }), name: 'two' })).toEqual([
    'name: two',
    'server: other.example.com',
    `fingerprint: ${pairsText(theirPin)}`,
  ]);
  expect(changedMeanwhile(opened, stored({ pin: null }))).toEqual([
    'certificate: believed by public authorities',
    'fingerprint: none',
  ]);
});

test('kept, what was not touched becomes theirs, so that no old pin, host or user is sent back', () => {
  const now = stored({ host: 'other.example.com', user: 'reseller', pin: theirPin });
  const mine = keptMine(opened, now, { ...draft, name: 'mine' });
  expect(patchOf(now, mine, false)).toEqual({ name: 'mine' });
});

test('kept, a pin that was written stays, with the way to believe that goes with it', () => {
  const mine = { ...draft, pin: pairsText(myPin) };
  expect(patchOf(stored({ pin: theirPin }), keptMine(opened, stored({ pin: theirPin }), mine), false).settings).toEqual(
    {
      pin: myPin,
    },
  );
  const now = stored({ pin: null, ca: 'PEM' });
  expect(patchOf(now, keptMine(opened, now, mine), false).settings).toEqual({ pin: myPin, ca: null });
});

test('a token that was typed for one place is not kept for another', () => {
  const mine = { ...draft, secret: 'a-token', name: 'mine' };
  expect(keptMine(opened, { ...opened, name: 'two' }, mine).secret).toBe('a-token');
  expect(keptMine(opened, stored({ host: 'other.example.com' }), mine).secret).toBe('');
});

test('taken, the form is as it is stored now, and tries what it was to try', () => {
  const now = stored({ pin: theirPin });
  const taken = takenTheirs(now, {
    ...draft,
    name: 'mine',
    secret: 'a-token',
    testZone: 'a.test',
    testName: 'b.a.test',
  });
  expect(taken).toEqual({ ...draftOf(now), testZone: 'a.test', testName: 'b.a.test' });
});
