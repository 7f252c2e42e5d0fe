import { expect, test } from 'vitest';
import { Failure } from '../../lib/failure.ts';
import { pool } from '../../lib/testing/pools.ts';
import { emptyForm, inputOf, refusalIn } from './member-form.ts';

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
