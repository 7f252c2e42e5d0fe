import type { X509Certificate } from 'node:crypto';

/** Whether this CA issued the certificate: its name stands there as the issuer's, and its key made the signature. */
export function isIssuedBy(certificate: X509Certificate, ca: X509Certificate): boolean {
  return ca.ca && certificate.checkIssued(ca) && certificate.verify(ca.publicKey);
}

/**
 * Whether the first certificate leads to one of these CAs, by way of the others. As TLS clients do it: the others in any order, and those
 * that the way does not need, such as a root signed once more by an older one, stop nothing.
 */
export function leadsTo(
  [certificate, ...others]: readonly [X509Certificate, ...X509Certificate[]],
  cas: readonly X509Certificate[],
): boolean {
  if (cas.some((ca) => ca.fingerprint256 === certificate.fingerprint256 || isIssuedBy(certificate, ca))) return true;
  return others.some(
    (issuer) => isIssuedBy(certificate, issuer) && leadsTo([issuer, ...others.filter((one) => one !== issuer)], cas),
  );
}
