import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { AppError, minuteMs } from '@serverctl/core';
import { leadsTo } from './chain.ts';
import { material, readCertificates, readKey, type TlsMaterial, type TlsSource } from './material.ts';
import { hostOf, namesHost } from './names.ts';

/** Files of the operator's: SERVERCTL_TLS_CERT_FILE and its two companions. */
export interface OwnFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string | null;
  /** Where agents look for us. */
  readonly publicUrls: readonly string[];
}

/**
 * Certificates that somebody else renews. Read again once a minute: their content says whether they changed, since a renewal may keep the time
 * or swap a directory above. Throws `setting_invalid` in words; while running the present certificate then stays in use.
 */
export async function openOwnFiles(files: OwnFiles): Promise<TlsSource> {
  let current = await readOwnFiles(files);
  return {
    current: () => current,
    async refresh() {
      const next = await readOwnFiles(files);
      const isSame = (['certificatePem', 'keyPem', 'caPem'] as const).every((part) => next[part] === current[part]);
      const lost = lostHosts(current, next, files.publicUrls);
      if (lost.length > 0)
        throw wrong(
          'SERVERCTL_TLS_CERT_FILE',
          files.certFile,
          `it no longer names ${lost.join(' and ')}, where agents look for this control plane`,
        );
      current = next;
      return !isSame;
    },
    everyMs: minuteMs,
    madeCaPath: null,
  };
}

/** What a renewal must not lose. A host that the present certificate does not name either was warned of at the start (warnings.ts). */
function lostHosts(present: TlsMaterial, next: TlsMaterial, publicUrls: readonly string[]): readonly string[] {
  const before = new X509Certificate(present.certificatePem);
  const after = new X509Certificate(next.certificatePem);
  return publicUrls.map(hostOf).filter((host) => namesHost(before, host) && !namesHost(after, host));
}

/** The certificates of a CA file, as PEM. Throws `setting_invalid`. */
export async function readCaFile(path: string): Promise<readonly X509Certificate[]> {
  const certificates = parseCertificates('SERVERCTL_TLS_CA_FILE', path, await read('SERVERCTL_TLS_CA_FILE', path));
  if (!certificates.every(({ ca }) => ca))
    throw wrong('SERVERCTL_TLS_CA_FILE', path, 'it holds a certificate of no CA');
  return certificates;
}

async function readOwnFiles({ certFile, keyFile, caFile }: OwnFiles): Promise<TlsMaterial> {
  const certText = await read('SERVERCTL_TLS_CERT_FILE', certFile);
  const keyText = await read('SERVERCTL_TLS_KEY_FILE', keyFile);
  const chain = parseCertificates('SERVERCTL_TLS_CERT_FILE', certFile, certText);
  const ca = caFile === null ? [] : await readCaFile(caFile);
  const key = parseKey(keyFile, keyText);
  if (!chain[0].checkPrivateKey(key))
    throw wrong('SERVERCTL_TLS_KEY_FILE', keyFile, `it is not the key of the first certificate in ${certFile}`);
  if (caFile !== null && !leadsTo(chain, ca))
    throw wrong(
      'SERVERCTL_TLS_CERT_FILE',
      certFile,
      `it does not lead to a CA in ${caFile} (SERVERCTL_TLS_CA_FILE), so no agent would trust it; the certificates between the two belong behind the first`,
    );
  const made = material(chain, keyText, ca);
  try {
    // What OpenSSL does not take for a server is found here, not by the first client.
    createSecureContext({ cert: made.certificatePem, key: made.keyPem });
  } catch (cause) {
    throw wrong('SERVERCTL_TLS_CERT_FILE', certFile, 'TLS does not take it for a server', cause);
  }
  return made;
}

function parseCertificates(
  setting: string,
  path: string,
  text: string,
): readonly [X509Certificate, ...X509Certificate[]] {
  try {
    const [first, ...others] = readCertificates(text);
    if (first !== undefined) return [first, ...others];
  } catch (cause) {
    throw wrong(setting, path, 'a certificate in it cannot be read', cause);
  }
  throw wrong(setting, path, 'it holds no certificate in PEM form');
}

function parseKey(path: string, text: string) {
  try {
    return readKey(text);
  } catch (cause) {
    throw wrong('SERVERCTL_TLS_KEY_FILE', path, 'it holds no private key in PEM form without a passphrase', cause);
  }
}

async function read(setting: string, path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw wrong(setting, path, `the file cannot be read (${cause.code})`, cause);
  });
}

function wrong(setting: string, path: string, because: string, cause?: unknown): AppError {
  return new AppError('setting_invalid', { fields: [`${setting}: ${path}: ${because}`] }, cause);
}
