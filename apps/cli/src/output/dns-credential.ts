import type { CredentialLimit, CredentialSaved, CredentialView, ProviderSettings } from '@serverctl/contract';
import { preflightPairs, preflightWord } from './dns-preflight.ts';
import { testText } from './dns-test.ts';
import { clean, facts, table } from './table.ts';
import { localTime } from './words.ts';

/** Where a credential's calls go, in a word. */
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

/** All of it on one line, for a person; never a secret, since settings hold none. */
export function settingsText(settings: ProviderSettings): string {
  const [place, ...others] = settingsPairs(settings);
  return clean([settings.provider, place?.[1], ...others.map((pair) => pair.join(' '))].join(', '));
}

/** The first is where it leads. */
function settingsPairs(settings: ProviderSettings): readonly (readonly [name: string, value: string])[] {
  switch (settings.provider) {
    case 'cloudflare':
      return [
        ['API', settings.apiBase],
        ['plan', settings.plan],
        ['zone ids', zonesText(settings.zoneIds)],
      ];
    case 'rfc2136':
      return [
        ['server', `${placeOf(settings)}, ${settings.transport}`],
        ['key', `${settings.keyName}, ${settings.algorithm}`],
      ];
    case 'cpanel':
    case 'whm':
      return [
        ['server', placeOf(settings)],
        ['user', settings.user],
        ['trusted by', trustText(settings)],
      ];
  }
}

type PanelSettings = Extract<ProviderSettings, { provider: 'cpanel' | 'whm' }>;

/** What the panel's certificate is held against. */
function trustText({ pin, ca, serverName }: PanelSettings): string {
  const name = serverName === null ? '' : `, for ${serverName}`;
  if (pin !== null)
    return `this certificate alone: SHA-256 ${pin}${serverName === null ? '' : `, asked for as ${serverName}`}`;
  return `${ca === null ? 'publicly known authorities' : 'a CA of its own'}${name}`;
}

function zonesText(ids: Readonly<Record<string, string>>): string {
  const known = Object.entries(ids).map(([zone, id]) => `${zone}=${id}`);
  return known.length === 0 ? 'looked up by name' : known.join(' ');
}

/** One credential, with what its provider allows and how far that goes in a failover (R22). */
export function credentialText(one: CredentialView): string {
  return facts([
    ['credential', `${clean(one.name)} (${one.id}), ${one.provider}`],
    ...settingsPairs(one.settings).map(([name, value]) => [name, clean(value)] as const),
    ...limitPairs(one.limit),
    ...preflightPairs(one),
    ['used by', usedText(one.usedBy, true)],
    ['since', localTime(one.createdAt)],
  ]);
}

function limitPairs(limit: CredentialLimit | null): readonly (readonly [string, string])[] {
  if (limit === null) return [['limit', 'none that is known']];
  const { calls, perSeconds, reservePercent, promotionsBeforeWaiting } = limit;
  return [
    ['limit', `${calls} calls in ${perSeconds / 60} min, of which ${reservePercent} % are for failovers alone`],
    [
      'ceiling',
      `${promotionsBeforeWaiting} names moved one by one before the next one waits; names of one zone that move at once share calls, and are more`,
    ],
  ];
}

/** One line each. */
export function credentialTable(credentials: readonly CredentialView[], wide: boolean): string {
  if (credentials.length === 0)
    return 'No credential yet. How to add one, of each kind of provider: serverctl dns credential add --help';
  const rows = credentials.map(({ id, name, settings, usedBy, preflight }) => [
    clean(name),
    settings.provider,
    clean(placeOf(settings)),
    preflightWord({ preflight, usedBy }),
    ...(wide ? [clean(detailOf(settings)), id] : []),
    usedText(usedBy, wide),
  ]);
  const head = ['name', 'provider', 'where', 'state', ...(wide ? ['set up', 'id'] : []), 'used by'];
  return table(head, rows, [], { wide, last: 24 });
}

function detailOf(settings: ProviderSettings): string {
  const [, ...others] = settingsPairs(settings);
  const detail = others.map((pair) => pair.join(' ')).join(', ');
  return settings.provider === 'rfc2136' ? `${detail}, ${settings.transport}` : detail;
}

function usedText(names: readonly string[], all: boolean): string {
  const [first, ...others] = names;
  if (first === undefined) return 'nothing';
  if (all) return names.join(', ');
  return others.length === 0 ? first : `${first} +${others.length}`;
}

/** What was saved, and what its trial found or how to try it. */
export function savedText({ credential, test, tried }: CredentialSaved, tested = ''): string {
  const { name } = credential;
  if (test === null && tried.length > 0) {
    const where = tried.map((one) => `${one.name} ${one.type} in ${one.zone}`);
    return `Credential ${clean(name)} is saved. Before that it was tried, and works: ${clean(where.join(', '))}.`;
  }
  return test === null
    ? `Credential ${clean(name)} is saved, untested. Try it: serverctl dns credential test ${typed(name)} --zone ZONE --name NAME`
    : `Credential ${clean(name)} is saved.\n\n${testText(tested, test)}`;
}

/** A name as it is typed in a shell. */
function typed(name: string): string {
  return /^[\w.:@%+=-]+$/.test(name) ? name : `'${clean(name).replaceAll("'", "'\\''")}'`;
}
