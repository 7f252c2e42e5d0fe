import { join } from 'node:path';
import { mustRun } from '@serverctl/lab';

/** A certificate of one's own for the loopback; it is its own authority. */
export interface LoopbackCertificate {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** Made for receivers beside the control plane: TLS verification is never off (R37), so they need one that it can be told to trust. */
export async function makeLoopbackCertificate(directory: string): Promise<LoopbackCertificate> {
  const certificateFile = join(directory, 'loopback-cert.pem');
  const keyFile = join(directory, 'loopback-key.pem');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyFile];
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await mustRun(['openssl', 'req', '-x509', '-days', '2', ...key, ...names, '-out', certificateFile]);
  return { certificateFile, keyFile };
}
