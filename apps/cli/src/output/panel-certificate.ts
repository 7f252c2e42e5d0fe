import type { PanelCertificate } from '@serverctl/contract';
import { clean, facts } from './table.ts';
import { localTime } from './words.ts';

/** In plain words, by the runtime's code. */
const problemWords = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'it is signed by itself'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its CA is not publicly known'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'its CA is not publicly known'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its CA is not publicly known'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its CA is not known, or the panel does not send the certificates between'],
  ['CERT_HAS_EXPIRED', 'it has expired'],
  ['CERT_NOT_YET_VALID', 'its time has not begun'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'it is for another name'],
]);

/** What is shown there, why it is not believed by itself, and what to give to pin it. */
export function certificateText(shown: PanelCertificate): string {
  const { host, port, address, sha256, subject, issuer, names, notBefore, notAfter, isSelfSigned, problem } = shown;
  const who = facts([
    ['panel', clean(`${host}, port ${port}${address === host ? '' : ` (${address})`}`)],
    ['SHA-256', sha256],
    ['subject', oneLine(subject)],
    ['issuer', isSelfSigned ? 'itself' : oneLine(issuer)],
    ['for', clean(names.join(', ') || 'no name')],
    ['from', localTime(notBefore)],
    ['until', `${localTime(notAfter)}${shown.isExpired ? ': expired' : ''}`],
    [
      'believed',
      problem === null
        ? 'yes, as it is'
        : `no: ${problemWords.get(problem) ?? 'it proves nothing'} (${clean(problem)})`,
    ],
  ]);
  return `${who}\n${problem === null ? believed : pinText(sha256)}`;
}

const believed = 'It needs neither --pin nor --provider-ca-file.';

function pinText(sha256: string): string {
  return `Anybody in between could show one of their own: compare the fingerprint on the panel’s server first. Then: --pin ${sha256}`;
}

function oneLine(parts: string): string {
  return clean(parts.replaceAll('\n', ', '));
}
