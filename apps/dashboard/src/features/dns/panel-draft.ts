import type {
  CpanelSettings,
  CredentialInput,
  CredentialPatch,
  PanelCertificateInput,
  ProviderKind,
  ProviderSettings,
  WhmSettings,
} from '@serverctl/contract';

/*
 * What a form of cPanel or WHM holds. The three ways to believe its certificate are one choice here and two settings there: `pin`, `ca`, or
 * neither. What is typed for the way that is not chosen stays in the form and goes nowhere.
 */

export type PanelKind = 'cpanel' | 'whm';
export type PanelSettings = CpanelSettings | WhmSettings;
export type Trust = 'public' | 'pin' | 'ca';

/** The panel’s own part of what stands in the form. */
export interface PanelDraft {
  readonly user: string;
  /** The name that the certificate is for; empty = the host. */
  readonly serverName: string;
  readonly trust: Trust;
  /** SHA-256 fingerprint. */
  readonly pin: string;
  /** PEM. */
  readonly ca: string;
}

type Placed = PanelDraft & { readonly host: string; readonly port: string };

export const isPanelKind = (provider: ProviderKind): provider is PanelKind =>
  provider === 'cpanel' || provider === 'whm';

export const isPanel = (settings: ProviderSettings): settings is PanelSettings => isPanelKind(settings.provider);

export const emptyPanel: PanelDraft = { user: '', serverName: '', trust: 'public', pin: '', ca: '' };

export function panelDraftOf({ user, serverName, pin, ca }: PanelSettings): PanelDraft {
  const trust = pin !== null ? 'pin' : ca !== null ? 'ca' : 'public';
  return { user, serverName: serverName ?? '', trust, pin: pin === null ? '' : pairsText(pin), ca: ca ?? '' };
}

/** As the server keeps it: upper case without colons; out of openssl’s whole line too ("sha256 Fingerprint=0A:1B…"). */
export const pinOf = (text: string): string => text.replace(/^.*=/, '').replace(/[\s:]/g, '').toUpperCase();

export const isPin = (text: string): boolean => /^[0-9A-F]{64}$/.test(pinOf(text));

/** The fingerprint that the form would pin; null = it pins none. */
export const formPin = ({ trust, pin }: PanelDraft): string | null =>
  trust === 'pin' && isPin(pin) ? pinOf(pin) : null;

/** As openssl prints it, so that the two can be compared: "0A:1B:2C". */
export const pairsText = (sha256: string): string => (pinOf(sha256).match(/../g) ?? []).join(':');

/** Rows that fit a telephone: eight pairs each, the colon at their end. */
export function fingerprintRows(sha256: string): readonly string[] {
  const pairs = pinOf(sha256).match(/../g) ?? [];
  const rows = Array.from({ length: Math.ceil(pairs.length / 8) }, (_, row) => pairs.slice(row * 8, row * 8 + 8));
  return rows.map((row, at) => `${row.join(':')}${at === rows.length - 1 ? '' : ':'}`);
}

/** To tell one from another at a glance; never to compare by. */
export const shortPin = (sha256: string): string => `${pairsText(sha256).slice(0, 11)}…`;

/** By field, what is missing or cannot be right. */
export function panelProblems({ host, user, trust, pin, ca }: Placed): Partial<Record<keyof Placed, string>> {
  return {
    ...(host.trim() === '' && { host: 'Give the panel’s server.' }),
    ...(user.trim() === '' && { user: 'Give the user that the token belongs to.' }),
    ...(trust === 'pin' &&
      !isPin(pin) && {
        pin: 'A fingerprint has 64 hexadecimal digits. Look at the certificate, or paste what you read.',
      }),
    ...(trust === 'ca' && !ca.includes('BEGIN CERTIFICATE') && { ca: 'Paste the authority’s certificate, PEM.' }),
  };
}

/** What is stored of the form, but for the token: `pin` and `ca` never both. */
function fieldsOf({ host, port, user, serverName, trust, pin, ca }: Placed) {
  return {
    host: host.trim(),
    port: Number(port),
    user: user.trim(),
    serverName: serverName.trim() === '' ? null : serverName.trim(),
    ca: trust === 'ca' ? ca.trim() : null,
    pin: trust === 'pin' ? pinOf(pin) : null,
  };
}

export function panelInput(provider: PanelKind, draft: Placed, token: string): CredentialInput['settings'] {
  return { provider, ...fieldsOf(draft), token };
}

/** Only what differs. Names and certificates are compared as the server writes them, so that another spelling is no change. */
export function panelChanges(before: PanelSettings, draft: Placed): NonNullable<CredentialPatch['settings']> {
  const now = fieldsOf(draft);
  const isSame = {
    host: now.host.toLowerCase().replace(/\.$/, '') === before.host,
    port: now.port === before.port,
    user: now.user === before.user,
    serverName: (now.serverName?.toLowerCase() ?? null) === before.serverName,
    ca: (now.ca ?? '') === (before.ca ?? '').trim(),
    pin: now.pin === before.pin,
  };
  return Object.fromEntries(Object.entries(now).filter(([field]) => !isSame[field as keyof typeof isSame]));
}

/** Whose certificate to look at; null while that is not said. */
export function panelPlace({ host, port, serverName }: Placed): PanelCertificateInput | null {
  const isPort = /^\d{1,5}$/.test(port.trim()) && Number(port) >= 1 && Number(port) <= 65_535;
  if (host.trim() === '' || !isPort) return null;
  return { host: host.trim(), port: Number(port), serverName: serverName.trim() === '' ? null : serverName.trim() };
}
