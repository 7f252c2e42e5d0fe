import type { Caller } from './deps.ts';

/**
 * Who did it, as a sentence ends with it: `ann@example.com`, `the token deploy of ann@example.com`, `the host`. By the address with which the
 * audit log names them too: display names are not unique. Whoever reads what happened to a pool, a viewer as well, is told who did it, as
 * with its promotions and a release of the brakes; from where is for the audit log alone.
 */
export function byWhom({ actor }: Pick<Caller, 'actor'>): string {
  const [, kind, name = ''] = /^(user|token):(.+)$/s.exec(actor) ?? [];
  if (kind === 'user') return name;
  if (kind === 'token') return `the token ${name.replace(/ of host$/, ' of the host')}`;
  return actor === 'host' ? 'the host' : actor;
}
