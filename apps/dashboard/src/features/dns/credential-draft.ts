import type {
  CredentialInput,
  CredentialPatch,
  CredentialSaved,
  CredentialView,
  ProviderKind,
  TestInput,
} from '@serverctl/contract';
import {
  emptyPanel,
  isPanel,
  isPanelKind,
  type PanelDraft,
  panelChanges,
  panelDraftOf,
  panelInput,
  panelProblems,
} from './panel-draft.ts';

/** What stands in the form of a credential. */
export interface CredentialDraft extends PanelDraft {
  readonly provider: ProviderKind;
  readonly name: string;
  readonly host: string;
  readonly port: string;
  readonly transport: 'tcp' | 'udp';
  readonly keyName: string;
  readonly algorithm: string;
  readonly apiBase: string;
  readonly plan: 'free' | 'paid' | 'enterprise';
  /** A line each: zone=id. */
  readonly zoneIds: string;
  /** TSIG secret or API token. Never filled in: nobody gets it back. */
  readonly secret: string;
  readonly testZone: string;
  readonly testName: string;
}

/** What was stored, what it was tried on, and how long that took. */
export interface SavedCredential {
  readonly saved: CredentialSaved;
  readonly triedOn: Pick<CredentialDraft, 'testZone' | 'testName'>;
  readonly tookMs: number;
}

/** Without the secret: once it is stored, the page has it nowhere. */
export const savedOf = (
  saved: CredentialSaved,
  { testZone, testName }: CredentialDraft,
  tookMs: number,
): SavedCredential => ({ saved, triedOn: { testZone, testName }, tookMs });

/** What its trial found, for whoever closed the dialog before. */
export function storedText({ saved: { test, tried } }: SavedCredential): string {
  const isTried = test !== null || tried.length > 0;
  const stored = isTried ? 'It was tried and stored; look at its card.' : 'It was stored untested; look at its card.';
  return [stored, ...(test?.warnings ?? [])].join(' ');
}

export type DraftField = keyof CredentialDraft;
export type Problems = Readonly<Partial<Record<DraftField, string>>>;

export const emptyDraft: CredentialDraft = {
  ...emptyPanel,
  provider: 'rfc2136',
  name: '',
  host: '',
  port: '53',
  transport: 'tcp',
  keyName: '',
  algorithm: 'hmac-sha256',
  apiBase: '',
  plan: 'free',
  zoneIds: '',
  secret: '',
  testZone: '',
  testName: '',
};

/** Total: of a new kind this does not compile before its form has an empty state. What is of the other kinds stays; a secret never does. */
const firstOf: Readonly<Record<ProviderKind, Partial<CredentialDraft>>> = {
  rfc2136: { port: '53' },
  cloudflare: {},
  cpanel: { port: '2083', user: '' },
  whm: { port: '2087', user: 'root' },
};

/** What changes in the form with the kind of provider. */
export const kindChange = (provider: ProviderKind): Partial<CredentialDraft> => ({
  ...firstOf[provider],
  provider,
  secret: '',
});

export function draftOf({ name, settings }: CredentialView): CredentialDraft {
  if (settings.provider === 'rfc2136') return { ...emptyDraft, ...settings, name, port: String(settings.port) };
  if (isPanel(settings)) {
    const { provider, host, port } = settings;
    return { ...emptyDraft, ...panelDraftOf(settings), provider, name, host, port: String(port) };
  }
  const zoneIds = Object.entries(settings.zoneIds).map(([zone, id]) => `${zone}=${id}`);
  return { ...emptyDraft, ...settings, name, zoneIds: zoneIds.join('\n') };
}

/** Whether the secret would be sent elsewhere than where it was entered for, or to whom else it is believed to be: then it is needed again. */
export function isMoved(before: CredentialView, draft: CredentialDraft): boolean {
  const { settings } = before;
  if (isPanel(settings)) return Object.keys(panelChanges(settings, draft)).length > 0;
  if (settings.provider === 'rfc2136')
    return draft.host.trim() !== settings.host || Number(draft.port) !== settings.port;
  return draft.apiBase.trim() !== '' && draft.apiBase.trim() !== settings.apiBase;
}

/** What is missing or cannot be right, by field; the server judges the rest. `before` = the credential that is changed, null for a new one. */
export function problemsOf(draft: CredentialDraft, before: CredentialView | null): Problems {
  const { provider, name, host, port, keyName, secret, testZone, testName } = draft;
  const isRfc = provider === 'rfc2136';
  const isCloudflare = provider === 'cloudflare';
  const isSecretNeeded = before === null || isMoved(before, draft);
  const portNumber = Number(port);
  const isPort = /^\d+$/.test(port.trim()) && portNumber >= 1 && portNumber <= 65_535;
  const wrongLine = isCloudflare ? zoneLines(draft.zoneIds).find((line) => zoneLine.exec(line) === null) : undefined;
  return {
    ...(name.trim() === '' && { name: 'Give it a name.' }),
    ...(isRfc && host.trim() === '' && { host: 'Give the zone’s primary name server.' }),
    ...(isPanelKind(provider) && panelProblems(draft)),
    ...(!isCloudflare && !isPort && { port: 'A port is a number from 1 to 65535.' }),
    ...(isRfc && keyName.trim() === '' && { keyName: 'Give the name of the key.' }),
    ...(wrongLine !== undefined && { zoneIds: `“${wrongLine}” is no zone=id with 32 hexadecimal digits.` }),
    ...(isSecretNeeded && secret.trim() === '' && { secret: neededSecret(before, provider) }),
    ...(testZone.trim() === '' && testName.trim() !== '' && { testZone: 'Zone and name go together.' }),
    ...(testZone.trim() !== '' && testName.trim() === '' && { testName: 'Zone and name go together.' }),
  };
}

function neededSecret(before: CredentialView | null, provider: ProviderKind): string {
  const what = provider === 'rfc2136' ? 'secret' : 'token';
  if (before === null) return `Give the ${what}.`;
  if (isPanelKind(provider))
    return 'Where it is sent, for whom, or who is believed to be the panel has changed: give the token again.';
  return `It would be sent to another server than it was entered for: give the ${what} again.`;
}

export function inputOf(draft: CredentialDraft): CredentialInput {
  return { name: draft.name.trim(), settings: newSettings(draft), ...triedOn(draft) };
}

function newSettings(draft: CredentialDraft): CredentialInput['settings'] {
  const { apiBase, plan, secret } = draft;
  if (draft.provider === 'rfc2136') return { provider: 'rfc2136', ...rfcFields(draft), secret: secret.trim() };
  if (isPanelKind(draft.provider)) return panelInput(draft.provider, draft, secret.trim());
  const base = apiBase.trim() === '' ? {} : { apiBase: apiBase.trim() };
  return { provider: 'cloudflare', plan, zoneIds: zoneIdsOf(draft), token: secret.trim(), ...base };
}

function rfcFields({ host, port, transport, keyName, algorithm }: CredentialDraft) {
  return { host: host.trim(), port: Number(port), transport, keyName: keyName.trim(), algorithm };
}

function cloudflareFields({ plan, apiBase }: CredentialDraft) {
  return { plan, apiBase: apiBase.trim() };
}

/** Only what differs, so that nothing is reset that somebody else changed meanwhile. */
export function patchOf(before: CredentialView, draft: CredentialDraft, untested: boolean): CredentialPatch {
  const secret = draft.secret.trim();
  const settings: NonNullable<CredentialPatch['settings']> = {
    ...settingChanges(before, draft),
    ...(secret !== '' && (draft.provider === 'rfc2136' ? { secret } : { token: secret })),
  };
  return {
    ...(draft.name.trim() !== before.name && { name: draft.name.trim() }),
    ...(Object.keys(settings).length > 0 && { settings }),
    ...triedOn(draft),
    ...(untested && { untested }),
  };
}

function settingChanges(before: CredentialView, draft: CredentialDraft): NonNullable<CredentialPatch['settings']> {
  if (isPanel(before.settings)) return panelChanges(before.settings, draft);
  const was = draftOf(before);
  const isOther = (field: DraftField) => draft[field] !== was[field];
  const fields = draft.provider === 'rfc2136' ? rfcFields(draft) : cloudflareFields(draft);
  const changed = Object.entries(fields).filter(([field, value]) => value !== '' && isOther(field as DraftField));
  return {
    ...Object.fromEntries(changed),
    ...(draft.provider === 'cloudflare' && isOther('zoneIds') && { zoneIds: zoneChanges(was, draft) }),
  };
}

/** Whether anything is to be stored. */
export const isChange = ({ name, settings }: CredentialPatch): boolean => name !== undefined || settings !== undefined;

function triedOn({ testZone, testName }: CredentialDraft): { test?: TestInput } {
  const [zone, name] = [testZone.trim(), testName.trim()];
  return zone === '' || name === '' ? {} : { test: { zone, name } };
}

const zoneLine = /^([^=\s]+)=([0-9a-f]{32})$/i;
const zoneLines = (text: string): readonly string[] => text.split(/[\s,]+/).filter((line) => line !== '');

function zoneIdsOf({ zoneIds }: Pick<CredentialDraft, 'zoneIds'>): Record<string, string> {
  const pairs = zoneLines(zoneIds).flatMap((line) => {
    const [, zone = '', id = ''] = zoneLine.exec(line) ?? [];
    return zone === '' ? [] : [[zone, id] as const];
  });
  return Object.fromEntries(pairs);
}

/** Null takes a zone’s id away. */
function zoneChanges(was: CredentialDraft, draft: CredentialDraft): Record<string, string | null> {
  const [before, after] = [zoneIdsOf(was), zoneIdsOf(draft)];
  const gone = Object.keys(before).filter((zone) => after[zone] === undefined);
  const set = Object.entries(after).filter(([zone, id]) => before[zone] !== id);
  return { ...Object.fromEntries(set), ...Object.fromEntries(gone.map((zone) => [zone, null])) };
}
