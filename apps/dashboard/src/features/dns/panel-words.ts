import type { PanelCertificate, PanelCertificateInput } from '@serverctl/contract';
import type { PanelKind } from './panel-draft.ts';

/*
 * What is said of a panel’s certificate and of its token. Sentences about what failed are the server’s.
 */

/** By the codes of the control plane’s runtime, and ours for another certificate than the pinned one. */
const reasons: ReadonlyMap<string, string> = new Map([
  ['not-the-pinned-certificate', 'It is another certificate than the pinned one.'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'It is signed by itself.'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'The authority that signed it is not publicly known.'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'The authority that signed it is not publicly known.'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'The authority that signed it is not publicly known.'],
  [
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'The authority that signed it is not known, or the panel does not send the certificates in between.',
  ],
  ['CERT_HAS_EXPIRED', 'Its time is over.'],
  ['CERT_NOT_YET_VALID', 'Its time has not begun.'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'It is for another name than the one that was asked for.'],
]);

/** Why a certificate proves nothing, in a sentence; a code that has none is shown as it is. */
export const certificateReason = (code: string): string => reasons.get(code) ?? `It proves nothing: ${code}.`;

/** Null = public authorities vouch for it. A self-signed one that is over too is told both. */
export function problemText({ problem, isExpired, isSelfSigned }: PanelCertificate): string | null {
  if (problem === null) return null;
  const sentences = [
    certificateReason(problem),
    ...(isSelfSigned && problem !== 'DEPTH_ZERO_SELF_SIGNED_CERT' ? ['It is signed by itself.'] : []),
    ...(isExpired && problem !== 'CERT_HAS_EXPIRED' ? ['Its time is over.'] : []),
  ];
  return sentences.join(' ');
}

/** A name that may stand in a shell’s line as it is; an address is never asked for by name. */
const isPlainName = (name: string): boolean => /^(?=.*[a-z])[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(name);

/** On the panel’s own server nobody stands in between: it asks itself, as it was asked from here. */
export function compareCommand({ host, port, serverName }: PanelCertificateInput): string {
  const name = serverName ?? host;
  const asked = isPlainName(name) ? ` -servername ${name}` : '';
  return `openssl s_client -connect 127.0.0.1:${port}${asked} </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256`;
}

/** "C=DE\nO=Example\nCN=server" in one line. */
export const oneLine = (parts: string): string => parts.split('\n').join(', ');

/** Where a token is made, and with what rights. */
export const tokenHints: Readonly<Record<PanelKind, string>> = {
  cpanel:
    'In cPanel: Security, Manage API Tokens, Create. It may do whatever the account may, so use an account of its own for DNS where you can.',
  whm: 'In WHM: Development, Manage API Tokens, Generate Token. Give it the one right to edit DNS zones (edit-dns) and no other.',
};

export const userHints: Readonly<Record<PanelKind, string>> = {
  cpanel: 'The account that the token belongs to.',
  whm: 'root, or the reseller that the token belongs to.',
};
