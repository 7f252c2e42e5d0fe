import type { DnsName, ProbeReport, RecordView } from '@serverctl/core';
import { describe, expect, test } from 'vitest';
import { id } from '../../../../testkit/src/index.ts';
import { findingsOf } from './preflight-findings.ts';
import type { PreflightName } from './preflight-ports.ts';

const name: PreflightName = {
  bindingId: id('b', 1),
  name: 'lb.example.com' as DnsName,
  type: 'A',
  ttlSeconds: 60,
  proxied: null,
  state: 'published',
  isPublished: true,
};
const report: ProbeReport = { canEdit: true, canMark: true, soaSerial: 1, skewSeconds: 0 };
const view: RecordView = {
  rrset: { addresses: ['192.0.2.1'], ttlSeconds: 60 },
  mark: { kind: 'none' },
  cname: false,
};
const two = { addresses: ['192.0.2.1', '192.0.2.2'], ttlSeconds: 60 };

interface Found {
  readonly name?: Partial<PreflightName>;
  readonly report?: Partial<ProbeReport>;
  readonly view?: Partial<RecordView>;
}

const codes = (found: Found, effectiveTtl?: (seconds: number, proxied: boolean) => number) =>
  findingsOf(
    { ...name, ...found.name },
    effectiveTtl === undefined ? {} : { effectiveTtl },
    { ...report, ...found.report },
    { ...view, ...found.view },
  ).map(({ code }) => code);

describe('what a look finds where the credential works (R23)', () => {
  test.each<[string, Found, string[]]>([
    ['nothing', {}, []],
    ['a mark that cannot be written (R18)', { report: { canMark: false } }, ['value-only']],
    ['a clock that is a minute off', { report: { skewSeconds: 60 } }, ['clock-skew']],
    ['a clock that is a minute behind', { report: { skewSeconds: -60 } }, ['clock-skew']],
    ['a clock that is nearly a minute off', { report: { skewSeconds: 59 } }, []],
    ['a clock that nobody told of', { report: { skewSeconds: null } }, []],
    ['a CNAME', { view: { cname: true, rrset: null } }, ['cname']],
    ['two records', { view: { rrset: two } }, ['several-records']],
    ['two records that are not ours yet', { view: { rrset: two }, name: { isPublished: false } }, []],
    ['another TTL', { name: { ttlSeconds: 30 } }, ['ttl-differs']],
    ['another TTL of a record that is not ours yet', { name: { ttlSeconds: 30, isPublished: false } }, []],
    ['no record at all: that is drift, which the publisher mends', { view: { rrset: null } }, []],
    ['proxied as it is, where nothing is wished', { view: { proxied: true } }, []],
    ['proxied, against the wish', { view: { proxied: true }, name: { proxied: false } }, ['proxied-differs']],
    ['not proxied, against the wish', { name: { proxied: true } }, ['proxied-differs']],
    ['a proxied record’s own TTL', { view: { proxied: true }, name: { proxied: true, ttlSeconds: 30 } }, []],
  ])('%s', (_what, found, expected) => {
    expect(codes(found)).toEqual(expected);
  });

  test('a TTL is compared with what the wish comes to at the provider', () => {
    const floor = (seconds: number) => Math.max(60, seconds);
    expect(codes({ name: { ttlSeconds: 30 } }, floor)).toEqual([]);
    expect(codes({ name: { ttlSeconds: 120 } }, floor)).toEqual(['ttl-differs']);
  });

  test('each names its record, and says what to do', () => {
    const [finding] = findingsOf(name, {}, { ...report, canMark: false }, view);
    expect(finding).toMatchObject({
      name: 'lb.example.com',
      type: 'A',
      message: expect.stringContaining('lb.example.com'),
    });
    expect(finding?.remedy).toMatch(/^Give the credential/);
  });
});
