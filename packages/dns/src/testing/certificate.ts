import { generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';

/** A certificate with its key. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of its DER, upper-case hex in pairs with colons, as programs show it. */
  readonly sha256: string;
}

/** What it is for; by default a server's name and not the address that it is reached by, as such certificates are. */
export interface CertificateWishes {
  readonly names?: readonly string[];
  readonly ips?: readonly string[];
  /** ISO 8601, without a zone. */
  readonly from?: string;
  readonly until?: string;
}

/** Whom certificates can be signed by. */
export interface TestAuthority {
  /** Its own certificate, PEM. */
  readonly ca: string;
  issue(wishes?: CertificateWishes): TestCertificate;
}

/** Makes one that vouches for itself. */
export function makeCertificate(wishes: CertificateWishes = {}): TestCertificate {
  const pair = newPair();
  const name = (wishes.names ?? defaultNames)[0] ?? 'server';
  return certify({
    subject: name,
    issuer: name,
    pair,
    by: pair.privateKey,
    wishes,
    extensions: [nameExtension(wishes)],
  });
}

/** Makes an authority of its own; two of one name are two. */
export function makeAuthority(name: string): TestAuthority {
  const own = newPair();
  const signed = { issuer: name, by: own.privateKey };
  const { cert } = certify({ ...signed, subject: name, pair: own, wishes: {}, extensions: [mayIssue] });
  return {
    ca: cert,
    issue(wishes = {}) {
      return certify({ ...signed, subject: 'leaf', pair: newPair(), wishes, extensions: [nameExtension(wishes)] });
    },
  };
}

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

interface Certified {
  readonly issuer: string;
  readonly subject: string;
  readonly pair: KeyPair;
  /** The issuer's key. */
  readonly by: KeyObject;
  readonly wishes: CertificateWishes;
  readonly extensions: readonly Buffer[];
}

/** In DER by hand (RFC 5280, ECDSA P-256), so that no program is needed and one that is over can be made. */
function certify({ issuer, subject, pair, by, wishes, extensions }: Certified): TestCertificate {
  const { from = '2020-01-01T00:00:00', until = '2120-01-01T00:00:00' } = wishes;
  const body = sequence(
    ...[der(0xa0, der(0x02, Buffer.from([2]))), der(0x02, Buffer.from([1, ...randomBytes(8)]))],
    ...[ecdsaWithSha256, commonName(issuer), sequence(time(from), time(until)), commonName(subject)],
    ...[pair.publicKey.export({ type: 'spki', format: 'der' }), der(0xa3, sequence(...extensions))],
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, by));
  const whole = new X509Certificate(sequence(body, ecdsaWithSha256, signature));
  const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { cert: whole.toString(), key, sha256: whole.fingerprint256 };
}

const defaultNames = ['server.panel.test'];

function nameExtension({ names = defaultNames, ips = [] }: CertificateWishes): Buffer {
  const alternatives = [
    ...names.map((name) => der(0x82, Buffer.from(name))),
    ...ips.map((ip) => der(0x87, Buffer.from(ip.split('.').map(Number)))),
  ];
  return sequence(oid('551d11'), der(0x04, sequence(...alternatives)));
}

const newPair = (): KeyPair => generateKeyPairSync('ec', { namedCurve: 'P-256' });

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))));
}

function time(iso: string): Buffer {
  return der(0x18, Buffer.from(`${iso.replace(/\D/g, '').slice(0, 14)}Z`));
}

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const yes = der(0x01, Buffer.from([0xff]));
/** Basic constraints: may sign others (RFC 5280 section 4.2.1.9). */
const mayIssue = sequence(oid('551d13'), yes, der(0x04, sequence(yes)));
