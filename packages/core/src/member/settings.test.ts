import { describe, expect, it } from 'vitest';
import type { MemberSettings } from './member.ts';
import { checkMemberSettings, defaultMemberSettings, zoneOf } from './settings.ts';

const settings = (changes: Partial<MemberSettings> = {}): MemberSettings => {
  const base = { hostname: 'lb1.example.com', allowedEgress: ['198.51.100.7'], publicIpv4: null, publicIpv6: null };
  return { ...base, ...defaultMemberSettings('haproxy-balancer'), ...changes };
};

describe('checkMemberSettings', () => {
  it.each([
    [{}, null],
    [{ hostname: 'lb1' }, 'hostname_invalid'],
    [{ hostname: 'lb_1.example.com' }, 'hostname_invalid'],
    [{ template: 'router' as 'linux-server' }, 'request_invalid'],
    [{ priority: -1 }, 'priority_out_of_range'],
    [{ priority: 1.5 }, 'priority_out_of_range'],
    [{ allowedEgress: [] }, 'egress_invalid'],
    [{ allowedEgress: ['198.51.100.0/24', '2001:db8::/48'] }, null],
    [{ allowedEgress: ['198.51.100.7', 'nat.example.com'] }, 'egress_invalid'],
    [{ publicIpv4: '10.77.0.11' }, null],
    [{ publicIpv4: '224.0.0.1' }, 'public_address_invalid'],
    [{ publicIpv4: '2001:db8::1' }, 'public_address_invalid'],
    [{ publicIpv6: '2001:db8::1' }, null],
    [{ publicIpv6: 'fd00::1' }, null],
    [{ publicIpv6: 'fe80::1' }, 'public_address_invalid'],
    [{ publicIpv6: '2001:db8::1%eth0' }, 'public_address_invalid'],
    [{ publicIpv6: 'ff02::1' }, 'public_address_invalid'],
    [{ publicIpv6: '::ffff:198.51.100.7' }, 'public_address_invalid'],
    [{ publicIpv6: '198.51.100.7' }, 'public_address_invalid'],
    [{ units: ['haproxy@edge.service'] }, null],
    [{ units: [] }, 'unit_invalid'],
    [{ units: [], monitored: false }, null],
    [{ units: ['haproxy'] }, 'unit_invalid'],
    [{ units: ['--help.service'] }, 'unit_invalid'],
    [{ units: ['../x.service'] }, 'unit_invalid'],
    [{ units: ['a.service', 'a.service'] }, 'unit_invalid'],
    [{ zone: 'eu-west-1a' }, null],
    [{ zone: 'fra_1.rack-2' }, null],
    [{ zone: 'z'.repeat(64) }, null],
    [{ zone: 'z'.repeat(65) }, 'zone_invalid'],
    [{ zone: '' }, 'zone_invalid'],
    [{ zone: 'EU' }, 'zone_invalid'],
    [{ zone: 'rack 1' }, 'zone_invalid'],
  ] as const)('%o', (changes, code) => {
    const error = checkMemberSettings(settings(changes));
    expect(error?.code ?? null).toBe(code);
    if (error !== null) expect(error.details['field']).toEqual(expect.any(String));
  });

  it('a zone is stored in lower case, and is `unlabelled` until a person names one (R9)', () => {
    expect(zoneOf(' EU-West-1a ')).toBe('eu-west-1a');
    expect(defaultMemberSettings('linux-server').zone).toBe('unlabelled');
  });

  it('a balancer is monitored by default, another host is not', () => {
    expect(defaultMemberSettings('haproxy-balancer').monitored).toBe(true);
    expect(defaultMemberSettings('linux-server').monitored).toBe(false);
  });
});
