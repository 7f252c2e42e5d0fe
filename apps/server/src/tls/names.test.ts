import { expect, test } from 'vitest';
import { systemRandom as random } from '../platform/random.ts';
import { issueCa, issueServer, newKey } from './certificate.ts';
import { certificateNames, covers, namesHost } from './names.ts';

const issuing = { random, now: new Date('2026-11-22T10:00:00Z') };
const caKey = newKey();
const issuer = { certificate: issueCa(caKey, issuing), key: caKey };
const certificateFor = (names: readonly string[]) => issueServer(newKey(), issuer, names, issuing);

test.each([
  ['a name', 'CP.example.com.', ['cp.example.com']],
  ['a mapped address', '::ffff:192.0.2.7', ['192.0.2.7']],
  ['a mapped address as URLs write it', '::ffff:c000:207', ['192.0.2.7']],
  ['an address with a zone', 'fe80::1%eth0', []],
  ['every address', '::', []],
  ['every address, mapped', '::ffff:0.0.0.0', []],
  ['an IPv6 address', '2001:DB8::7', ['2001:db8::7']],
  ['what is no name', 'a b', []],
])('%s: the certificate made for it covers it at every later look (R36)', (_case, host, names) => {
  expect(certificateNames([host])).toEqual(names);
  const wanted = certificateNames([host, 'localhost', '127.0.0.1', '::ffff:127.0.0.1']);
  const certificate = certificateFor(wanted);
  expect(covers(certificate, wanted)).toBe(true);
  expect(namesHost(certificate, host)).toBe(names.length > 0);
});
