import { X509Certificate } from 'node:crypto';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { AppError } from '@serverctl/core';
import type { CliConfig } from '../config.ts';

/**
 * Trusts the control plane's own authority beside the system's and the runtime's, for every connection of this process: `fetch` has no
 * option of its own for it. Throws `file_unreadable` when the file holds no certificate.
 */
export function trust({ url, ca }: Pick<CliConfig, 'url' | 'ca'>): void {
  if (new URL(url).protocol !== 'https:') return;
  const own = ca === null ? [] : certificatesIn(ca.file, ca.pem);
  setDefaultCACertificates([...new Set([...getCACertificates('default'), ...getCACertificates('system'), ...own])]);
}

/** Each certificate of a PEM file; Node passes over what is none, and the connection would fail without saying why. */
function certificatesIn(file: string, pem: string): readonly string[] {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  try {
    if (found.length > 0) return found.map((one) => new X509Certificate(one).toString());
  } catch (cause) {
    throw new AppError('file_unreadable', { file, because: 'a certificate in it is damaged' }, cause);
  }
  throw new AppError('file_unreadable', { file, because: 'it holds no certificate in PEM form' });
}
