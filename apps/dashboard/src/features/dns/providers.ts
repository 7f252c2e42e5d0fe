import type { CredentialLimit, ProviderKind, ProviderSettings } from '@serverctl/contract';
import { countText, numberText } from '../../lib/words.ts';

/** Total: of a new kind of provider this does not compile before the page has a word for it. */
export const providerWords: Readonly<Record<ProviderKind, string>> = {
  rfc2136: 'RFC 2136 (BIND, Knot, PowerDNS)',
  cloudflare: 'Cloudflare',
  cpanel: 'cPanel',
  whm: 'WHM',
};

export const providerChoices = (['rfc2136', 'cloudflare', 'cpanel', 'whm'] as const).map((value) => ({
  value,
  word: providerWords[value],
}));

const proxies: Readonly<Record<ProviderKind, boolean>> = {
  rfc2136: false,
  cloudflare: true,
  cpanel: false,
  whm: false,
};

/** Whether its edge can answer in place of the member. */
export const hasProxy = (provider: ProviderKind): boolean => proxies[provider];

/** What stands before its address. */
export const placeWords: Readonly<Record<ProviderKind, string>> = {
  rfc2136: 'Server',
  cloudflare: 'API',
  cpanel: 'Panel',
  whm: 'Panel',
};

/** Where a credential’s calls go. */
export function placeOf(settings: ProviderSettings): string {
  switch (settings.provider) {
    case 'cloudflare':
      return settings.apiBase.replace(/^https:\/\//, '');
    case 'rfc2136':
    case 'cpanel':
    case 'whm':
      return `${settings.host}:${settings.port}`;
  }
}

/** What else it is set up with; never a secret, since settings hold none. */
export function settingsFacts(settings: ProviderSettings): readonly (readonly [name: string, value: string])[] {
  switch (settings.provider) {
    case 'cloudflare':
      return [
        ['Plan', settings.plan],
        ['Zone ids', zonesText(settings.zoneIds)],
      ];
    case 'rfc2136':
      return [
        ['Transport', settings.transport],
        ['Key', `${settings.keyName}, ${settings.algorithm}`],
      ];
    case 'cpanel':
    case 'whm':
      return [
        ['User', settings.user],
        ...(settings.serverName === null ? [] : [['Asked for as', settings.serverName] as const]),
      ];
  }
}

function zonesText(ids: Readonly<Record<string, string>>): string {
  const zones = Object.keys(ids);
  return zones.length === 0 ? 'looked up by name' : zones.join(', ');
}

/** "1,000 calls in 5 min, of which 75 % are for failovers alone" (R22). */
export function limitText(limit: CredentialLimit | null): string {
  if (limit === null) return 'none that is known';
  const { calls, perSeconds, reservePercent } = limit;
  return `${countText(calls, 'call')} in ${perSeconds / 60} min, of which ${reservePercent} % are for failovers alone`;
}

export function ceilingText({ promotionsBeforeWaiting }: CredentialLimit): string {
  return `${numberText(promotionsBeforeWaiting)} names moved one by one before the next one waits; names of one zone that move at once share calls, and are more`;
}
