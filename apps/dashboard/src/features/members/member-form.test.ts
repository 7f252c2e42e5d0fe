import type { MemberView } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { Failure } from '../../lib/failure.ts';
import { member, pool } from '../../lib/testing/pools.ts';
import {
  emptyForm,
  formOf,
  inputOf,
  lackIn,
  listsChanged,
  type MemberForm,
  patchOf,
  refusalIn,
} from './member-form.ts';

const view: MemberView = {
  id: 'fra',
  poolId: 'pool',
  hostname: 'fra.example.com',
  allowedEgress: ['198.51.100.7'],
  publicIpv4: '192.0.2.11',
  publicIpv6: null,
  template: 'haproxy-balancer',
  monitored: true,
  units: ['haproxy.service'],
  priority: 10,
  zone: 'rack-1',
  warnings: [],
  enrolled: true,
  previousHostname: null,
  createdAt: '2026-11-24T08:20:00.000Z',
  status: member('fra'),
};
const formWith = (otherwise: Partial<MemberForm>) => ({ ...formOf(view), ...otherwise });

const refusal = (code: string, details: Record<string, unknown>) =>
  new Failure({ code, message: 'It is wrong.', remedy: 'Mend it.', details, requestId: '' } as never, 400);

test('addresses may stand in lines, beside each other or after commas; what is left empty is not set', () => {
  const form = { ...emptyForm(pool()), hostname: ' lb3.example.com ', egress: '198.51.100.7, 2001:db8::/48\n10.0.0.1' };
  expect(inputOf(form)).toEqual({
    hostname: 'lb3.example.com',
    allowedEgress: ['198.51.100.7', '2001:db8::/48', '10.0.0.1'],
    publicIpv4: null,
    publicIpv6: null,
    template: 'haproxy-balancer',
    monitored: true,
    units: ['haproxy.service'],
    priority: 30,
  });
});

test('a refused value is told at its field with the value, whatever belongs to none is not', () => {
  expect(refusalIn(refusal('egress_invalid', { field: 'allowedEgress', value: '300.1.1.1' }))).toEqual({
    field: 'egress',
    words: '300.1.1.1: It is wrong. Mend it.',
  });
  expect(refusalIn(refusal('member_hostname_taken', { pool: 'other' }))?.field).toBe('hostname');
  expect(refusalIn(refusal('request_invalid', { field: 'allowedEgress.0' }))?.field).toBe('egress');
  expect(refusalIn(refusal('agent_files_missing', {}))).toBeNull();
  expect(refusalIn(new Error('else'))).toBeNull();
});

test('only what was changed is sent, and a field that was emptied is what its hint says of an empty one', () => {
  expect(patchOf(view, formWith({}))).toEqual({});
  expect(patchOf(view, formWith({ zone: ' ' }))).toEqual({ zone: 'unlabelled' });
  expect(patchOf(view, formWith({ ipv4: '', units: '' }))).toEqual({ publicIpv4: null, units: [] });
  expect(inputOf(formWith({ units: '' })).units).toEqual([]);
});

test('a priority that was emptied is no change, and is asked for', () => {
  expect(Object.keys(patchOf(view, formWith({ priority: ' ' })))).toEqual([]);
  expect(lackIn(formWith({ priority: '' }))).toBe('It needs a priority: 1 to 9999.');
  expect(lackIn(formWith({}))).toBeNull();
});

test('a list that somebody else changed meanwhile is named with what it is now, where it would be overwritten', () => {
  const now = { ...view, allowedEgress: ['198.51.100.7', '203.0.113.9'] };
  expect(listsChanged({ allowedEgress: ['192.0.2.1'] }, view, now)).toEqual([
    'May call from: 198.51.100.7, 203.0.113.9',
  ]);
  expect(listsChanged({ zone: 'rack-2' }, view, now)).toEqual([]);
  expect(listsChanged({ allowedEgress: [] }, view, view)).toEqual([]);
});
