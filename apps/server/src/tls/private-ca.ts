import type { KeyObject, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, hourMs } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import { replaceFile, takePlace, takePlaceOfDirectory } from './ca-files.ts';
import { type Issuer, issueCa, issueServer, newKey } from './certificate.ts';
import { isIssuedBy } from './chain.ts';
import { material, readCertificates, readKey, type TlsMaterial, type TlsSource, toPem } from './material.ts';
import { certificateNames, covers } from './names.ts';

/*
 * The control plane's own certificate authority (R37), in `<dataDir>/tls/`:
 *
 *   nothing there        → a CA and a server's certificate are made, all four files at once
 *   CA, no server files  → a server's key and certificate are made: so a second control plane gets the first one's CA, or a lost key is replaced
 *   key, no certificate  → a certificate is made for it
 *   names changed, or less than 30 days left → a new certificate for the same key, so that a pin in an install line stays right
 *   anything else that does not fit together → `tls_files_unusable`, never a new CA: agents trust the old one alone
 */

const caFile = 'ca.pem';
const caKeyFile = 'ca-key.pem';
const serverFile = 'server.pem';
const serverKeyFile = 'server-key.pem';

const dayMs = 24 * hourMs;
const renewBeforeMs = 30 * dayMs;

export interface PrivateCaOptions {
  readonly dataDir: string;
  /** Names and addresses that the server's certificate shall hold. */
  readonly hosts: readonly string[];
  readonly clock: Pick<Clock, 'wallTime'>;
  readonly random: Random;
}

/** Opens the CA, or makes it at the first start. Throws `tls_files_unusable` in words. */
export async function openPrivateCa(options: PrivateCaOptions): Promise<TlsSource> {
  const directory = join(options.dataDir, 'tls');
  const isNew = (await read(join(directory, caFile))) === null && (await makeAll(directory, options));
  let current = await freshMaterial(directory, options);
  return {
    current: () => current,
    async refresh() {
      const next = await freshMaterial(directory, options);
      const changed = next.certificatePem !== current.certificatePem;
      current = next;
      return changed;
    },
    everyMs: dayMs,
    madeCaPath: isNew ? join(directory, caFile) : null,
  };
}

/** False when another process was first, or something is there already, which is then judged as it is. */
async function makeAll(directory: string, { hosts, clock, random }: PrivateCaOptions): Promise<boolean> {
  const issuing = { random, now: clock.wallTime() };
  const caKey = newKey();
  const certificate = issueCa(caKey, issuing);
  const key = newKey();
  const server = issueServer(key, { certificate, key: caKey }, certificateNames(hosts), issuing);
  return takePlaceOfDirectory(directory, {
    [caKeyFile]: { text: keyPem(caKey), mode: 0o600 },
    [serverKeyFile]: { text: keyPem(key), mode: 0o600 },
    [serverFile]: { text: server.toString(), mode: 0o644 },
    [caFile]: { text: certificate.toString(), mode: 0o644 },
  });
}

/** What the files hold, after whatever may be made anew was made anew. */
async function freshMaterial(directory: string, options: PrivateCaOptions): Promise<TlsMaterial> {
  const ca = await readCa(directory);
  const serverPath = join(directory, serverFile);
  const keyPath = join(directory, serverKeyFile);
  if ((await read(keyPath)) === null) {
    if ((await read(serverPath)) !== null) throw unusable(keyPath, 'it is missing');
    await takePlace(keyPath, { text: keyPem(newKey()), mode: 0o600 });
  }
  const { key, text: keyText } = await readKeyFile(keyPath);
  const present = await readServer(serverPath, ca, key);
  if (present !== null && !isDue(present, options)) return material([present], keyText, [ca.certificate]);
  const issuing = { random: options.random, now: options.clock.wallTime() };
  const next = issueServer(key, ca, certificateNames(options.hosts), issuing);
  if (!isIssuedBy(next, ca.certificate))
    throw unusable(join(directory, caFile), 'it is a CA of another kind than the control plane makes');
  await replaceFile(serverPath, { text: toPem([next]), mode: 0o644 });
  return material([next], keyText, [ca.certificate]);
}

function isDue(certificate: X509Certificate, { hosts, clock }: PrivateCaOptions): boolean {
  const leftMs = certificate.validToDate.getTime() - clock.wallTime().getTime();
  return leftMs < renewBeforeMs || !covers(certificate, certificateNames(hosts));
}

async function readCa(directory: string): Promise<Issuer> {
  const path = join(directory, caFile);
  const [certificate, ...others] = await readCertificateFile(path);
  if (certificate === undefined || others.length > 0 || !certificate.ca) throw unusable(path, 'it holds no CA');
  const { key } = await readKeyFile(join(directory, caKeyFile));
  if (!certificate.checkPrivateKey(key)) throw unusable(join(directory, caKeyFile), 'it is not the key of ca.pem');
  return { certificate, key };
}

async function readServer(path: string, ca: Issuer, key: KeyObject): Promise<X509Certificate | null> {
  if ((await read(path)) === null) return null;
  const [certificate] = await readCertificateFile(path);
  if (certificate === undefined) throw unusable(path, 'it holds no certificate');
  if (!certificate.checkPrivateKey(key)) throw unusable(path, 'it does not belong to server-key.pem');
  if (!isIssuedBy(certificate, ca.certificate)) throw unusable(path, 'it was not issued and signed by ca.pem');
  return certificate;
}

async function readCertificateFile(path: string): Promise<readonly X509Certificate[]> {
  const text = await read(path);
  if (text === null) throw unusable(path, 'it is missing');
  try {
    return readCertificates(text);
  } catch (cause) {
    throw unusable(path, 'it cannot be read as a certificate', cause);
  }
}

async function readKeyFile(path: string): Promise<{ readonly key: KeyObject; readonly text: string }> {
  const text = await read(path);
  if (text === null) throw unusable(path, 'it is missing');
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) throw unusable(path, 'others may read it; make its mode 0600');
  try {
    return { key: readKey(text), text };
  } catch (cause) {
    throw unusable(path, 'it cannot be read as a private key', cause);
  }
}

async function read(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null;
    throw unusable(path, `it cannot be read (${cause.code})`, cause);
  });
}

function keyPem(key: KeyObject): string {
  return String(key.export({ type: 'pkcs8', format: 'pem' }));
}

function unusable(path: string, because: string, cause?: unknown): AppError {
  return new AppError('tls_files_unusable', { path, because }, cause);
}
