import type { PreflightView } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { Failure } from '../../lib/failure.ts';
import { binding, pool } from '../../lib/testing/pools.ts';
import { readStands } from './take-over.tsx';
import { credentialState, edgeText, putOffText, recordsByName, shallAnswer, ttlText } from './words.ts';

const look = (state: PreflightView['state']) => ({ state }) as PreflightView; // nothing else of it is looked at

test('a credential does as in the zone where it does worst, and one that nothing uses does nothing', () => {
  const preflight = [look('ok'), look('failing'), look('limited')];
  expect(credentialState({ preflight, usedBy: ['lb.example.com'] }).word).toBe('Failing');
  expect(credentialState({ preflight: [], usedBy: ['lb.example.com'] }).word).toBe('Not tried yet');
  expect(credentialState({ preflight, usedBy: [] }).word).toBe('Not in use');
});

test('a look that is put off is said, for what it found is of before', () => {
  const [calm, busy] = [
    { ...look('ok'), putOffBy: null },
    { ...look('ok'), putOffBy: 'www.example.com' },
  ];
  expect(credentialState({ preflight: [calm, busy], usedBy: ['lb.example.com'] }).word).toBe('Works, look put off');
  expect(credentialState({ preflight: [calm], usedBy: ['lb.example.com'] }).word).toBe('Works');
  expect([putOffText(calm), putOffText(busy)]).toEqual([
    null,
    'www.example.com is being published or blocked since, which puts off the next look once.',
  ]);
});

test('a name’s A stands before its AAAA, and a withdrawn AAAA is no record that is still to come', () => {
  const aaaa = binding({ id: 'six', type: 'AAAA', desiredAddress: null });
  const bindings = [aaaa, binding(), binding({ id: 'www', name: 'www.example.com' })];
  const names = recordsByName(pool({ status: { bindings } }));
  expect(names.map(({ name, records }) => [name, records.map(({ type }) => type)])).toEqual([
    ['lb.example.com', ['A', 'AAAA']],
    ['www.example.com', ['A']],
  ]);
  expect([shallAnswer(aaaa), shallAnswer({ ...aaaa, publishedEpoch: 0 })]).toEqual([
    'no record: the active member has no IPv6 address',
    'nothing yet',
  ]);
});

test('a TTL says what the provider makes of it where that is not the wish', () => {
  const texts = [{}, { effectiveTtlSeconds: 60 }, { effectiveTtlSeconds: null }, { proxied: true }];
  expect(texts.map((one) => ttlText(binding(one)))).toEqual(['30 s', '60 s (30 s wished)', '30 s', '30 s, proxied']);
});

test('a record that is left as it is says so where the edge answers', () => {
  const left = binding({ proxied: null, edge: 'answers' });
  expect([ttlText(left), edgeText(left)]).toEqual(['30 s, proxied', 'as it is: the provider’s edge answers']);
  const own = binding({ proxied: null, edge: 'silent' });
  expect([ttlText(own), edgeText(own), edgeText({ ...left, proxied: true })]).toEqual(['30 s', 'as it is', 'on']);
});

test('only a refusal that showed what stands there can be said yes to, for the marks that it showed', () => {
  const refusal = (code: string, details: Failure['details']) =>
    new Failure({ code, message: '', remedy: '', details, requestId: 'r' }, 409);
  const details = { stands: ['It holds 203.0.113.9.'], mark: null, markAaaa: 'theirs' };
  expect(readStands(refusal('record_not_ours', details))).toEqual({
    sentences: details.stands,
    marks: { expectMark: null, expectMarkAaaa: 'theirs' },
  });
  expect(readStands(refusal('record_not_ours', {}))).toBe(null);
  expect(readStands(refusal('dns_cname_in_the_way', details))).toBe(null);
});
