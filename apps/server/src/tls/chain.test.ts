import { type KeyObject, sign, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { systemRandom as random } from '../platform/random.ts';
import { type Issuer, issueCa, issueServer, newKey } from './certificate.ts';
import { isIssuedBy, leadsTo } from './chain.ts';
import * as der from './der.ts';

const issuing = { random, now: new Date('2026-11-22T10:00:00Z') };
const root = newCa();
const middle = newCa(root);
const low = newCa(middle);
const stranger = newCa();
const server = issueServer(newKey(), low, ['cp.example.com'], issuing);

function newCa(above?: Issuer): Issuer {
  const key = newKey();
  const own = issueCa(key, issuing);
  return { key, certificate: above === undefined ? own : issuedBelow(own, above) };
}

/** The CA with another's name as its issuer, which is as long as its own, and that one's signature. */
function issuedBelow({ raw, subject }: X509Certificate, above: { certificate: X509Certificate; key: KeyObject }) {
  const toBeSigned = Buffer.from(raw.subarray(4, 8 + raw.readUInt16BE(6)));
  toBeSigned.write(above.certificate.subject.slice('CN='.length), toBeSigned.indexOf(subject.slice('CN='.length)));
  const algorithm = der.sequence(der.objectId('1.2.840.10045.4.3.2'));
  const signature = der.bitString(sign('sha256', toBeSigned, above.key));
  return new X509Certificate(der.sequence(toBeSigned, algorithm, signature));
}

const cas = ({ certificate }: Issuer) => [certificate];

/*
 *   root → middle → low → server          stranger
 */
test.each([
  ['whole', [middle, low], cas(root), true],
  ['whole, the other way round', [low, middle], cas(root), true],
  ['whole with its root', [low, middle, root], cas(root), true],
  ['to a CA in the middle', [low], cas(middle), true],
  ['further than it must', [low, middle, stranger], cas(middle), true],
  ['that ends at the CA itself', [low, middle], [stranger.certificate, middle.certificate], true],
  ['with a gap', [low], cas(root), false],
  ['of one', [], cas(root), false],
  ['to another root', [low, middle, root], cas(stranger), false],
  ['with a server in place of a CA', [{ certificate: server }], cas(root), false],
])('a chain %s: %#', (_name, others, trusted, leads) => {
  expect(leadsTo([server, ...others.map(({ certificate }) => certificate)], trusted)).toBe(leads);
});

test('a CA issued what bears its name and its signature, not one of them', () => {
  expect(isIssuedBy(server, low.certificate)).toBe(true);
  const sameName = issuedBelow(issueCa(low.key, issuing), { certificate: root.certificate, key: stranger.key });
  expect(sameName.checkIssued(root.certificate)).toBe(true);
  expect(isIssuedBy(sameName, root.certificate)).toBe(false);
  const sameKey = issueCa(low.key, issuing);
  expect(server.verify(sameKey.publicKey)).toBe(true);
  expect(isIssuedBy(server, sameKey)).toBe(false);
});
