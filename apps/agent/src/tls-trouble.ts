/** Codes of OpenSSL and BoringSSL, the same in both runtimes, for a chain that does not end at a CA that is trusted. */
const notFromTheCa: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_CHAIN_TOO_LONG',
  'INVALID_CA',
  'INVALID_PURPOSE',
]);

const clocks = 'Check the clocks of this host and of the control plane; if both are right';

/** What is wrong with a control plane's certificate, and what to do; null when it is not the certificate. No full stop at the end. */
export function certificateTrouble(code: string, url: string, remedy: string): string | null {
  const { hostname } = new URL(url);
  if (notFromTheCa.has(code)) return `its certificate is not from the expected CA. ${remedy}`;
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'HOSTNAME_MISMATCH':
    case 'IP_ADDRESS_MISMATCH':
      return `its certificate is not for ${hostname}. Use an address that the certificate names, or give the control plane a certificate with this one`;
    case 'CERT_HAS_EXPIRED':
      return `its certificate has expired. ${clocks}, the control plane needs a new certificate`;
    case 'CERT_NOT_YET_VALID':
      return `its certificate is not valid yet. ${clocks}, the control plane needs another certificate`;
    default:
      return null;
  }
}

/** Words for what else ends a connection before there is a reply. */
export function networkTrouble(code: string): string {
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO')
    return `${code}: what answers there does not speak TLS; check the port`;
  return code;
}
