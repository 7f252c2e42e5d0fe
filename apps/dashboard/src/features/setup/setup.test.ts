import type { CredentialView } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { binding, pool } from '../../lib/testing/pools.ts';
import { isBannerShown, mayPutAway } from './put-away.ts';
import { dnsNoteOf } from './queries.ts';

test('the banner can be put away where automatic failover alone is missing, and comes back with anything else', () => {
  expect(mayPutAway(['automatic-failover'])).toBe(true);
  expect(mayPutAway(['first-publish', 'automatic-failover'])).toBe(false);
  expect(isBannerShown([], false)).toBe(false);
  expect(isBannerShown(['automatic-failover'], false)).toBe(true);
  expect(isBannerShown(['automatic-failover'], true)).toBe(false);
  expect(isBannerShown(['dns', 'hostname', 'automatic-failover'], true)).toBe(true);
});

const preflight = { zone: 'example.com', state: 'ok', message: null, checkedAt: '2026-11-24T08:20:00.000Z' };
const credential = (otherwise: object = {}) =>
  ({
    id: 'credential',
    name: 'knot-primary',
    preflight: [{ ...preflight, ...otherwise }],
  }) as unknown as CredentialView;
const clock = (at: string) => at.slice(11, 16);

test('of the credential its name is said, and when it was read last, or why it fails', () => {
  expect(dnsNoteOf(pool(), [credential()], clock)).toBe('credential “knot-primary”, read at 08:20');
  expect(dnsNoteOf(pool(), [credential({ state: 'failing', message: 'No answer.' })], clock)).toBe(
    'credential “knot-primary” fails: No answer.',
  );
  const elsewhere = pool({ status: { bindings: [binding({ zone: 'example.net' })] } });
  expect(dnsNoteOf(elsewhere, [credential()], clock)).toBe('credential “knot-primary”, zone example.net');
  expect(dnsNoteOf(pool(), [], clock)).toBeNull();
});
