import { AppError } from '@serverctl/core';
import { readWhole } from './platform/read-whole.ts';

/** Far more than any secret, an address or a link; a wrong file is told before it fills the memory. */
const mostBytes = 1_048_576;

/**
 * A secret from the file that an option names, or from standard input (`-`), without the line end. Of a key file of a name server, as
 * tsig-keygen writes it, the secret of its one key. Throws `file_unreadable`, also for a file without a secret.
 */
export function readSecret(option: string, file: string): string {
  const text = readNamed(option, file).trim();
  if (text === '') throw new AppError('file_unreadable', { option, file, because: 'it is empty' });
  if (!/^key\s+"?[^\s"{]+"?\s*\{/m.test(text)) return text;
  const [secret, ...others] = [...text.matchAll(/\bsecret\s+"([^"]*)"\s*;/g)].map(([, quoted = '']) => quoted);
  if (secret !== undefined && others.length === 0) return secret;
  const because = `it is a key file with ${others.length === 0 ? 'no secret' : 'several keys'}: give one secret alone`;
  throw new AppError('file_unreadable', { option, file, because });
}

/** Certificates from the file that an option names: no secret is among them. Throws `file_unreadable`. */
export function readCertificates(option: string, file: string): string {
  const found = readNamed(option, file).match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g);
  if (found !== null) return found.join('\n');
  throw new AppError('file_unreadable', { option, file, because: 'it holds no certificate in PEM form' });
}

/** The same line by line: a password may have spaces around it. */
export function readLines(option: string, file: string): readonly string[] {
  return readNamed(option, file).split(/\r?\n/);
}

function readNamed(option: string, file: string): string {
  let text: string | null;
  try {
    text = readWhole(file, mostBytes);
  } catch (cause) {
    const because = String((cause as NodeJS.ErrnoException).code);
    throw new AppError('file_unreadable', { option, file, because }, cause);
  }
  if (text !== null) return text;
  throw new AppError('file_unreadable', { option, file, because: 'it is longer than 1 MiB, which no secret is' });
}
