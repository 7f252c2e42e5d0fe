import { describe, expect, it } from 'vitest';
import { printOf } from './beat.ts';
import { beatOf, reportOf, trafficOf } from './testing/beats.ts';

const plain = beatOf('m', 3, 7, { traffic: trafficOf(12) });

describe('a beat’s print', () => {
  it('is the same for the copy that a network made, wherever that came from', () => {
    expect(
      printOf(structuredClone({ ...plain, seenIp: '203.0.113.9', refusal: { because: 'ip', seen: '203.0.113.9' } })),
    ).toBe(printOf(plain));
  });

  it.each([
    ['the token', { tokenExpiresAtMs: plain.tokenExpiresAtMs + 1 }],
    ['the token, by longer than 32 bits count', { tokenExpiresAtMs: plain.tokenExpiresAtMs + 2 ** 32 }],
    ['a unit', { report: reportOf('inactive') }],
    ['the package lock', { report: { ...plain.report, packageLock: true } }],
    ['the hostname', { hostname: 'lb2.example.com' }],
    ['the version', { agentVersion: '0.1.1' }],
    ['the declared address', { declaredIpv4: '203.0.113.1' }],
    ['the declared IPv6 address', { declaredIpv6: '2001:db8::1' }],
    ['the traffic', { traffic: trafficOf(13) }],
    ['no news of traffic', { traffic: null }],
  ])('tells hosts apart by %s', (_what, change) => {
    const print = printOf({ ...plain, ...change });
    expect(print).not.toBe(printOf(plain));
    expect(print).toBeGreaterThan(0);
    expect(print).toBeLessThan(2 ** 30);
  });
});
