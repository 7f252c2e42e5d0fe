import { generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';

/** A certificate that vouches for itself. */
export interface OwnCertificate {
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

/** Makes one in DER by hand (RFC 5280, ECDSA P-256), so that no program is needed and one that is over can be made. */
export function makeCertificate(wishes: CertificateWishes = {}): OwnCertificate {
  const { names = ['server.panel.test'], ips = [] } = wishes;
  const { from = '2020-01-01T00:00:00', until = '2120-01-01T00:00:00' } = wishes;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const who = sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(names[0] ?? 'server')))));
  const alternatives = [
    ...names.map((name) => der(0x82, Buffer.from(name))),
    ...ips.map((ip) => der(0x87, Buffer.from(ip.split('.').map(Number)))),
  ];
  const extensions = [sequence(oid('551d11'), der(0x04, sequence(...alternatives)))];
  const body = sequence(
    ...[der(0xa0, der(0x02, Buffer.from([2]))), der(0x02, Buffer.from([1, ...randomBytes(8)]))],
    ...[ecdsaWithSha256, who, sequence(time(from), time(until)), who],
    ...[publicKey.export({ type: 'spki', format: 'der' }), der(0xa3, sequence(...extensions))],
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, privateKey));
  const whole = new X509Certificate(sequence(body, ecdsaWithSha256, signature));
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { cert: whole.toString(), key, sha256: whole.fingerprint256 };
}

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

function time(iso: string): Buffer {
  return der(0x18, Buffer.from(`${iso.replace(/\D/g, '').slice(0, 14)}Z`));
}

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
