import { createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemRandom as random } from '../platform/random.ts';
import { issueCa, issueServer, newKey, publicKeyPin } from './certificate.ts';
import { integer, objectId, time } from './der.ts';
import { covers } from './names.ts';

const now = new Date('2026-11-22T10:00:00Z');
const dayMs = 86_400_000;

function house(hosts: readonly string[]) {
  const caKey = newKey();
  const ca = issueCa(caKey, { random, now });
  const key = newKey();
  const server = issueServer(key, { certificate: ca, key: caKey }, hosts, { random, now });
  return { ca, caKey, key, server };
}

test('the CA signs servers only, for ten years, and was valid yesterday', () => {
  const { ca, caKey } = house(['localhost']);
  expect(ca.ca).toBe(true);
  expect(ca.verify(createPublicKey(caKey))).toBe(true);
  expect(ca.checkIssued(ca)).toBe(true);
  expect(ca.validFromDate).toEqual(new Date('2026-11-21T10:00:00Z'));
  expect(ca.validToDate.getUTCFullYear()).toBe(2036);
  expect(ca.toLegacyObject().ext_key_usage).toBeUndefined();
});

test('a server certificate names its hosts, is for servers, and lasts less than 398 days', () => {
  const hosts = ['control.example.com', 'under_score.example.com', 'localhost', '127.0.0.1', '::1', '2001:db8::7'];
  const { ca, key, server } = house(hosts);
  expect(server.ca).toBe(false);
  expect(server.checkIssued(ca)).toBe(true);
  expect(server.verify(ca.publicKey)).toBe(true);
  expect(server.checkPrivateKey(key)).toBe(true);
  expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(covers(server, hosts)).toBe(true);
  expect(covers(server, hosts.slice(1))).toBe(false);
  expect(covers(server, [...hosts, 'other.example.com'])).toBe(false);
  expect(server.validToDate.getTime() - server.validFromDate.getTime()).toBeLessThan(398 * dayMs);
  expect(server.validFromDate.getTime()).toBe(now.getTime() - dayMs);
});

test('a server certificate ends with its CA at the latest', () => {
  const caKey = newKey();
  const ca = issueCa(caKey, { random, now });
  const late = new Date(ca.validToDate.getTime() - 5 * dayMs);
  const server = issueServer(newKey(), { certificate: ca, key: caKey }, ['localhost'], { random, now: late });
  expect(server.validToDate).toEqual(ca.validToDate);
});

test('the pin stays with the key, whatever the certificate', () => {
  const caKey = newKey();
  const key = newKey();
  const issuer = { certificate: issueCa(caKey, { random, now }), key: caKey };
  const [one, two] = [['a.example.com'], ['b.example.com']].map((hosts) =>
    issueServer(key, issuer, hosts, { random, now }),
  );
  expect(publicKeyPin(one!)).toBe(publicKeyPin(two!));
  expect(publicKeyPin(one!)).not.toBe(publicKeyPin(issuer.certificate));
  expect(one!.serialNumber).not.toBe(two!.serialNumber);
});

test('DER: numbers are never negative and never padded without need (X.690, 8.3)', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 130n }), fc.nat(4), (value, zeros) => {
      const hex = value.toString(16);
      const bytes = Buffer.from('00'.repeat(zeros) + hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
      const [tag, length, ...content] = integer(bytes);
      expect([tag, length]).toEqual([2, content.length]);
      expect(BigInt(`0x${Buffer.from(content).toString('hex')}`)).toBe(value);
      expect(content[0]! < 0x80).toBe(true);
      expect(content.length > 1 && content[0] === 0 && content[1]! < 0x80).toBe(false);
    }),
  );
});

test('DER: object ids and both forms of time', () => {
  expect(objectId('1.2.840.10045.4.3.2').toString('hex')).toBe('06082a8648ce3d040302');
  expect(time(new Date('2049-12-31T23:59:59Z')).toString('latin1')).toBe('\x17\x0d491231235959Z');
  expect(time(new Date('2050-01-01T00:00:00Z')).toString('latin1')).toBe('\x18\x0f20500101000000Z');
});
