import { expect, test } from 'vitest';
import { pool } from '../../lib/testing/pools.ts';
import { faultsIn } from './member-faults.ts';
import { emptyForm, type MemberForm } from './member-form.ts';

const formWith = (part: Partial<MemberForm>): MemberForm => ({
  ...emptyForm(pool()),
  hostname: 'lb1.example.com',
  egress: '198.51.100.7',
  ...part,
});
const wrong = (part: Partial<MemberForm>) => [...faultsIn(formWith(part)).keys()];

test('all that is wrong with a form is told at once, each at its field with the value', () => {
  const hostname = `$(reboot);"x'.test`;
  const faults = faultsIn(formWith({ hostname, egress: '198.51.100.7\n300.1.2.3', ipv4: '999.1.1.1', priority: '0' }));
  expect([...faults.keys()]).toEqual(['hostname', 'egress', 'ipv4', 'priority']);
  expect(faults.get('hostname')).toContain(hostname);
  expect(faults.get('egress')).toMatch(/^300\.1\.2\.3: /);
});

test.each<Partial<MemberForm>>([
  {},
  { hostname: 'LB1.Example.com.' },
  { egress: '0.0.0.0/0, 2001:db8::/48\n::ffff:198.51.100.0/120' },
  { ipv4: ' 192.0.2.1 ', ipv6: '2001:DB8::7' },
  { zone: 'EU-West-1a', units: 'haproxy@edge.service, a\\x2db.service' },
  { units: '' },
])('what the server takes is no fault here: %o', (part) => {
  expect(wrong(part)).toEqual([]);
});

test.each<[keyof MemberForm, string]>([
  ['hostname', 'lb1'],
  ['hostname', 'a_b.example.com'],
  ['hostname', '192.0.2.1'],
  ['egress', '198.51.100.7/33'],
  ['egress', '198.51.100.7/24/1'],
  ['egress', '2001:db8::/129'],
  ['egress', 'nat.example.com'],
  ['ipv4', '2001:db8::7'],
  ['ipv4', '192.0.2.01'],
  ['ipv6', '192.0.2.1'],
  ['ipv6', '2001:db8:::7'],
  ['ipv6', 'fe80::1%eth0'],
  ['priority', '10000'],
  ['priority', '1.5'],
  ['zone', 'rack 1'],
  ['units', '--now'],
  ['units', '../x.service'],
])('%s "%s" is told before it is sent', (field, value) => {
  expect(wrong({ [field]: value })).toEqual([field]);
});
