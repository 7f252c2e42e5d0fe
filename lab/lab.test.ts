import { expect, test } from 'vitest';
import { egressRules } from './egress.ts';
import { lossRules } from './loss.ts';
import { haproxyConfiguration, hostsFile } from './member-files.ts';
import { makeKeys, renderNamedConf, renderZone } from './named-conf.ts';
import { hostsOf, planLab } from './plan.ts';
import { fingerprintOf } from './root-recipe.ts';

test('every host of a plan has an address, a hardware address and a namespace of its own', () => {
  const hosts = hostsOf(planLab('ab12', 9));
  for (const property of ['address', 'hardwareAddress', 'namespace', 'port'] as const) {
    expect(new Set(hosts.map((host) => host[property])).size).toBe(hosts.length);
  }
});

test('interface names fit the kernel even for the longest host name', () => {
  for (const { port } of hostsOf(planLab('zzzz', 40))) expect(port.length).toBeLessThanOrEqual(15);
});

test('a plan refuses run ids and sizes that cannot be', () => {
  for (const runId of ['', 'abcde', 'A', '../x', 'a b']) expect(() => planLab(runId, 1)).toThrow(RangeError);
  for (const members of [-1, 1.5, 41, Number.NaN]) expect(() => planLab('a', members)).toThrow(RangeError);
});

test('the keys of a run have fresh secrets and the three algorithms', () => {
  const [one, other] = [makeKeys(), makeKeys()];
  expect(one.serverctl.secret).not.toBe(other.serverctl.secret);
  expect(new Set(Object.values(one).map((key) => key.algorithm))).toEqual(
    new Set(['hmac-sha256', 'hmac-sha384', 'hmac-sha512']),
  );
});

test('named.conf grants each key its rights and no more', () => {
  const settings = { directory: '/tmp/x', address: '127.0.0.1', port: 5300, zone: 'lab.test', keys: makeKeys() };
  const conf = renderNamedConf(settings);
  expect(conf).toContain('grant serverctl-key zonesub A AAAA TXT;');
  expect(conf).toContain('grant narrow-key name other.lab.test A;');
  expect(conf.match(/grant other-zone-key/g)).toHaveLength(1);
  expect(conf).toContain('listen-on port 5300 { 127.0.0.1; };');
});

test('the zone names its server and forgets negative answers after a second', () => {
  const zone = renderZone('lab.test', '127.0.0.1', ['www IN A 192.0.2.1']);
  expect(zone).toContain('ns1.lab.test. IN A 127.0.0.1');
  expect(zone).toMatch(/SOA .* 1$/m);
  expect(zone).toContain('www IN A 192.0.2.1');
});

test('a member finds every host by its full name, the name server as ns1', () => {
  const hosts = hostsFile(planLab('a', 2), 'lab.test');
  expect(hosts).toContain('10.77.0.12 m2.lab.test m2\n');
  expect(hosts).toContain('10.77.0.3 ns1.lab.test ns1\n');
});

test('HAProxy answers with the member’s name and has an admin socket', () => {
  const configuration = haproxyConfiguration('m7');
  expect(configuration).toContain('string "m7\\n"');
  expect(configuration).toContain('level admin');
});

test('another list of packages is another root', () => {
  expect(fingerprintOf('bookworm', ['a', 'b'])).toBe(fingerprintOf('bookworm', ['b', 'a']));
  expect(fingerprintOf('bookworm', ['a'])).not.toBe(fingerprintOf('bookworm', ['a', 'b']));
});

test('loss is a percentage, and none of it leaves no rule', () => {
  expect(lossRules('bridge loss_m1', 'sct-a-m1', 0)).toEqual([]);
  expect(lossRules('bridge loss_m1', 'sct-a-m1', 30).join('\n')).toContain(
    'iifname "sct-a-m1" numgen random mod 100 < 30',
  );
  for (const percent of [-1, 101, 0.5, Number.NaN]) expect(() => lossRules('t', 'p', percent)).toThrow(RangeError);
});

test('loss may be one way only, as the host sees it', () => {
  expect(lossRules('t', 'p', 100, 'sent').filter((rule) => rule.includes('ifname'))).toEqual([
    'add rule t passing iifname "p" drop', // nft knows no chance of 100 in 100
  ]);
  expect(lossRules('t', 'p', 100, 'received').filter((rule) => rule.includes('ifname'))).toEqual([
    'add rule t passing oifname "p" drop',
  ]);
});

test('another egress address loses what still comes from the host’s own, on the way to the control plane only', () => {
  expect(egressRules('t', { port: 'p', address: '10.77.0.11' }, '10.77.0.2')).toContain(
    'add rule t passing iifname "p" ip saddr 10.77.0.11 ip daddr 10.77.0.2 drop',
  );
});
