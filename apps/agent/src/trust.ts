import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { AgentFailure } from './errors.ts';

/** Whom a control plane's certificate must come from. TLS verification is never off (R37). */
export interface Trust {
  /** PEM of the only CAs that count; undefined = those that the runtime brings. Asked again after a refusal: a host's bundle is updated. */
  readonly authorities: () => string | undefined;
  /** What there is to do about a certificate of another CA, as a sentence. */
  readonly remedy: string;
}

/** Where distributions keep the CAs that the host trusts: Debian, Ubuntu; RHEL, Fedora; SUSE; Alpine. */
const hostBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** The CA given at enrolment and no other; without one the host's own, so that a person who trusts a CA there has told us too. */
export function createTrust(ca: string | null, bundles: readonly string[] = hostBundles): Trust {
  if (ca !== null) {
    return {
      authorities: () => ca,
      remedy:
        'Only the CA given at enrolment is trusted. If the control plane has a new one, enrol again with a new install line; if not, somebody else answers at this address',
    };
  }
  return {
    authorities: () => firstBundle(bundles),
    remedy: 'This host does not know its CA. Name the CA certificate with --ca-file when enrolling',
  };
}

function firstBundle(bundles: readonly string[]): string | undefined {
  for (const path of bundles) {
    try {
      const text = readFileSync(path, 'utf8');
      if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
    } catch {
      // not this distribution
    }
  }
  return undefined;
}

const certificateBlock = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const longestCaFile = 256 * 1024;

/** The certificates of a PEM file and nothing else of it, for `--ca-file`. Throws AgentFailure `usage`. */
export async function readCaFile(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AgentFailure('usage', `--ca-file: ${path} cannot be read.`, { cause });
  });
  const ca = text.length > longestCaFile ? null : certificatesOf(text);
  if (ca === null) throw new AgentFailure('usage', `--ca-file: ${path} is not a CA certificate in PEM form.`);
  return ca;
}

/** The certificates in a text, one after the other, or null when there is none or one is damaged. */
export function certificatesOf(text: string): string | null {
  const blocks = text.match(certificateBlock) ?? [];
  if (blocks.length === 0) return null;
  try {
    for (const block of blocks) new X509Certificate(block);
  } catch {
    return null;
  }
  return `${blocks.join('\n')}\n`;
}
