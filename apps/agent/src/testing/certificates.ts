import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/*
 * Certificates for tests, written in DER by hand (RFC 5280, ECDSA P-256): so that an agent's tests need neither a program on the
 * machine nor a package, and certificates that are over or not yet begun can be made.
 */
export interface TestAuthority {
  /** The CA's certificate, PEM. */
  readonly ca: string;
  issue(wishes?: LeafWishes): { readonly cert: string; readonly key: string };
}

export interface LeafWishes {
  readonly names?: readonly string[];
  readonly ips?: readonly string[];
  readonly from?: string;
  readonly until?: string;
}

const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const size = body.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: readonly Buffer[]) => der(0x30, ...parts);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const octets = (content: Buffer) => der(0x04, content);
const bits = (content: Buffer) => der(0x03, Buffer.from([0]), content);
const yes = der(0x01, Buffer.from([0xff]));
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const commonName = (name: string) => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))));
const time = (iso: string) => der(0x18, Buffer.from(`${iso.replace(/[-:T]/g, '').slice(0, 14)}Z`));

interface Certificate {
  readonly issuer: string;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly from: string;
  readonly until: string;
  readonly extensions: readonly Buffer[];
}

function certificatePem(of: Certificate, signedBy: KeyObject): string {
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    commonName(of.issuer),
    sequence(time(of.from), time(of.until)),
    commonName(of.subject),
    of.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...of.extensions)),
  );
  const whole = sequence(body, ecdsaWithSha256, bits(sign('sha256', body, signedBy)));
  const lines = whole.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const longAgo = '2020-01-01T00:00:00';
const farOff = '2120-01-01T00:00:00';

/** A private CA, and certificates of it for loopback unless another name is wished. */
export function createTestAuthority(name = 'Test CA'): TestAuthority {
  const authority = newKey();
  const mayIssue = sequence(oid('551d13'), yes, octets(sequence(yes)));
  const ca = certificatePem(
    {
      ...{ issuer: name, subject: name, publicKey: authority.publicKey, from: longAgo, until: farOff },
      extensions: [mayIssue],
    },
    authority.privateKey,
  );
  return {
    ca,
    issue({ names = [], ips = names.length === 0 ? ['127.0.0.1'] : [], from = longAgo, until = farOff } = {}) {
      const leaf = newKey();
      const alternatives = [
        ...names.map((text) => der(0x82, Buffer.from(text))),
        ...ips.map((text) => der(0x87, Buffer.from(text.split('.').map(Number)))),
      ];
      const extensions = [sequence(oid('551d11'), octets(sequence(...alternatives)))];
      const of = { issuer: name, subject: 'leaf', publicKey: leaf.publicKey, from, until, extensions };
      const key = leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      return { cert: certificatePem(of, authority.privateKey), key };
    },
  };
}
