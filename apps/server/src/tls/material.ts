import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { publicKeyPin } from './certificate.ts';

/** What a server shows and proves, and what agents need to check it. */
export interface TlsMaterial {
  /** The server's certificate and the chain below a root, as PEM. */
  readonly certificatePem: string;
  readonly keyPem: string;
  /** The CA that agents shall trust for it, as PEM; null when hosts know one already. */
  readonly caPem: string | null;
  /** SHA-256 of the server's public key, as `curl --pinnedpubkey` wants it. */
  readonly pin: string;
  /** When the server's certificate ends. */
  readonly validTo: Date;
}

/** A source of certificates that is asked again and again while the server runs. */
export interface TlsSource {
  /** What is in use now. */
  current(): TlsMaterial;
  /** Looks again; true when `current()` is another one now. Throws in words and keeps the present one. */
  refresh(): Promise<boolean>;
  readonly everyMs: number;
  /** Where the private CA is, when it was made at this start. */
  readonly madeCaPath: string | null;
}

const block = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Every certificate in the text, in its order. Throws OpenSSL's error when one cannot be read. */
export function readCertificates(text: string): readonly X509Certificate[] {
  return (text.match(block) ?? []).map((pem) => new X509Certificate(pem));
}

/** The certificates alone, as PEM: whatever else stood in a file goes no further. */
export function toPem(certificates: readonly X509Certificate[]): string {
  return certificates.map((certificate) => certificate.toString()).join('');
}

export function readKey(text: string): KeyObject {
  return createPrivateKey(text);
}

export function material(
  chain: readonly [X509Certificate, ...X509Certificate[]],
  keyPem: string,
  ca: readonly X509Certificate[],
): TlsMaterial {
  return {
    certificatePem: toPem(chain),
    keyPem,
    caPem: ca.length === 0 ? null : toPem(ca),
    pin: publicKeyPin(chain[0]),
    validTo: chain[0].validToDate,
  };
}
