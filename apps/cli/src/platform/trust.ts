import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { AppError } from '@serverctl/core';
import type { CliConfig } from '../config.ts';

/**
 * Trusts the control plane's own authority beside the system's and the runtime's, for every connection of this process: `fetch` has no
 * option of its own for it. Throws `file_unreadable` when the file holds no certificate.
 */
export function trust({ url, ca }: Pick<CliConfig, 'url' | 'ca'>): void {
  if (new URL(url).protocol !== 'https:') return;
  const known = new Set([...getCACertificates('default'), ...getCACertificates('system')]);
  if (ca !== null) known.add(ca.pem);
  try {
    setDefaultCACertificates([...known]);
  } catch (cause) {
    if (ca === null) throw cause;
    throw new AppError('file_unreadable', { file: ca.file, because: 'it holds no certificate in PEM form' }, cause);
  }
}
