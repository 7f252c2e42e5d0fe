import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { AppError } from '@serverctl/core';
import { fingerprintOf, oldestTls, whyNotBelieved } from './trust.ts';

/** A certificate that a server shows, for a person who decides whether it is the panel's. */
export interface ShownCertificate {
  /** SHA-256 fingerprint, upper-case hexadecimal without colons: what a pin is compared with. */
  readonly sha256: string;
  readonly subject: string;
  readonly issuer: string;
  /** Names and addresses that it is for. */
  readonly names: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly isSelfSigned: boolean;
  /** Why it would not be believed without a CA and without a pin, by the runtime's code; null = it would. */
  readonly problem: string | null;
}

/** Who is connected to, and whom it shall prove to be. */
export interface LookedAt {
  readonly address: string;
  readonly port: number;
  /** Asked for in the handshake (SNI), and what the certificate must be for. An address is never asked for. */
  readonly name: string;
}

/** Of what a stranger shows. */
const longestText = 1_000;
const mostNames = 100;

/**
 * The certificate that is shown there. After the handshake the connection is closed: nothing but it is said, and nobody is believed by it.
 * Throws `dns_unreachable` for whom no handshake is made with, whatever it is that listens there.
 */
export function lookAtCertificate({ address, port, name }: LookedAt, signal: AbortSignal): Promise<ShownCertificate> {
  return new Promise((resolve, reject) => {
    const refuse = (because: string, cause?: unknown) =>
      reject(new AppError('dns_unreachable', { target: name, port, because }, cause));
    if (signal.aborted) return refuse('no answer in time', signal.reason);
    const socket = connect({
      ...{ host: address, port, minVersion: oldestTls, rejectUnauthorized: false },
      ...(isIP(name) === 0 && { servername: name }),
    });
    const onAbort = () => socket.destroy(new Error('no handshake in time'));
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('secureConnect', () => {
      try {
        resolve(shownBy(socket));
      } catch (error) {
        refuse('it shows no certificate that can be read', error);
      }
      socket.destroy();
    });
    socket.on('error', (error) => refuse(signal.aborted ? 'no answer in time' : 'no TLS handshake', error));
    socket.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      refuse('it closed the connection without a handshake'); // of no effect once it is known
    });
  });
}

function shownBy(socket: TLSSocket): ShownCertificate {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) throw new Error('no certificate');
  const { subject, issuer, validFrom, validTo } = certificate;
  return {
    sha256: fingerprintOf(certificate),
    subject: subject.slice(0, longestText),
    issuer: issuer.slice(0, longestText),
    names: namesIn(certificate),
    notBefore: new Date(validFrom),
    notAfter: new Date(validTo),
    isSelfSigned: certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey),
    problem: whyNotBelieved(socket),
  };
}

/** As OpenSSL lists them: `DNS:a.example, IP Address:192.0.2.1`, with quotes around what holds a comma. */
function namesIn({ subjectAltName }: X509Certificate): readonly string[] {
  const listed = [...(subjectAltName ?? '').matchAll(/(?:DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/g)];
  return listed.slice(0, mostNames).map(([, name = '']) => name.slice(0, longestText));
}
