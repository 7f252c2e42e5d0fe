import { Failure } from '../../lib/failure.ts';
import { pairsText } from './panel-draft.ts';
import { certificateReason } from './panel-words.ts';

/*
 * What a refusal says beside its sentence and its remedy, which name "the details": what was tried, and what the provider said to it.
 */

/** A panel whose certificate is not believed, also where it was found out while a change was tried. */
export function isUntrusted(error: unknown): boolean {
  if (!(error instanceof Failure)) return false;
  const { code, details } = error;
  return (
    code === 'dns_panel_untrusted' || (code === 'credential_try_failed' && details['code'] === 'dns_panel_untrusted')
  );
}

export function failureDetails(error: unknown): readonly string[] {
  if (!(error instanceof Failure)) return [];
  const { zone, name, because, said, sha256 } = error.details;
  const where =
    error.code === 'credential_try_failed' && typeof name === 'string' ? `${name} in ${String(zone)}: ` : '';
  return [
    ...(typeof because === 'string' && !error.message.includes(because.replace(/[.!?]$/, ''))
      ? [`${where}${becauseText(error.code, because)}`]
      : []),
    ...(typeof sha256 === 'string' && sha256 !== '' ? [`SHA-256 of what was shown: ${pairsText(sha256)}`] : []),
    ...(typeof said === 'string' ? [`The provider’s words: “${said}”`] : []),
  ];
}

function becauseText(code: string, because: string): string {
  if (code === 'dns_panel_untrusted') return certificateReason(because);
  return code === 'dns_panel_page' ? pageText(because) : because;
}

/** "page: cPanel Login", "redirect", "HTTP 404". */
function pageText(because: string): string {
  if (because === 'redirect') return 'It was a redirect.';
  const [, title] = /^page: (.+)$/.exec(because) ?? [];
  if (title !== undefined) return `The page’s title: “${title}”`;
  return because === 'page' ? 'The page has no title.' : `It came with ${because}.`;
}
