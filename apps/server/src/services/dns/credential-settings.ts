import {
  type CredentialInput,
  type CredentialPatch,
  cloudflareMostZones,
  type ProviderKind,
} from '@serverctl/contract';
import { AppError, parseZoneName } from '@serverctl/core';
import type { z } from 'zod';
import type { SettingsOf } from '../dns-providers/kind.ts';
import { patchPanel, storedPanel } from '../dns-providers/panel-settings.ts';
import { parseApiBase } from '../outbound-api.ts';

type Settings = SettingsOf<ProviderKind>;
type Patch = NonNullable<z.output<typeof CredentialPatch>['settings']>;

/** What a credential is set up with, and what of it is write-only, whatever the provider calls it. */
export interface Split {
  readonly settings: Settings;
  readonly secret: string;
}

/** New settings in the form in which they are stored. Throws `dns_name_invalid` for a zone, `url_invalid` for an API base, `dns_panel_trust_invalid`. */
export function splitSettings(input: z.output<typeof CredentialInput>['settings']): Split {
  if (input.provider === 'rfc2136') {
    const { secret, ...settings } = input;
    return { settings, secret };
  }
  if (input.provider !== 'cloudflare') {
    const { token, ...settings } = input;
    return { settings: storedPanel(settings), secret: token };
  }
  const { token, apiBase, zoneIds, ...settings } = input;
  const ids = mergedZones({}, zoneIds);
  return { settings: { ...settings, apiBase: parseApiBase(apiBase), zoneIds: ids }, secret: token };
}

/** Settings after a patch; `secret` only when the patch brings one. */
export interface Patched {
  readonly settings: Settings;
  readonly secret: string | undefined;
  /** The secret would be sent elsewhere: it is never given to a server that it was not entered for. */
  readonly isMoved: boolean;
}

/** Throws as `splitSettings` does, and `credential_kind_differs` for what the kind has not. What is not named stays. */
export function patchSettings(credential: string, before: Settings, patch: Patch): Patched {
  requireKind(credential, before.provider, patch);
  switch (before.provider) {
    case 'cloudflare':
      return patchCloudflare(before, patch);
    case 'rfc2136':
      return patchRfc2136(before, patch);
    case 'cpanel':
    case 'whm':
      return patchPanel(before, patch);
  }
}

const panelFields = ['host', 'port', 'user', 'serverName', 'ca', 'pin', 'token'];

/** Total: of a new kind this does not compile before its settings are listed. */
const fieldsOf: Readonly<Record<ProviderKind, readonly string[]>> = {
  cloudflare: ['apiBase', 'zoneIds', 'plan', 'token'],
  rfc2136: ['host', 'port', 'transport', 'keyName', 'algorithm', 'secret'],
  cpanel: panelFields,
  whm: panelFields,
};

function requireKind(credential: string, provider: ProviderKind, patch: Patch): void {
  const known = fieldsOf[provider];
  const named = Object.entries(patch).flatMap(([field, value]) => (value === undefined ? [] : [field]));
  const foreign = named.filter((field) => field !== 'provider' && !known.includes(field));
  const isOther = patch.provider !== undefined && patch.provider !== provider;
  if (!isOther && foreign.length === 0) return;
  const settings = isOther ? ['provider', ...foreign] : foreign;
  throw new AppError('credential_kind_differs', { credential, provider, settings });
}

function patchRfc2136(before: SettingsOf<'rfc2136'>, patch: Patch): Patched {
  const settings = {
    provider: before.provider,
    host: patch.host ?? before.host,
    port: patch.port ?? before.port,
    transport: patch.transport ?? before.transport,
    keyName: patch.keyName ?? before.keyName,
    algorithm: patch.algorithm ?? before.algorithm,
  };
  const isMoved = settings.host !== before.host || settings.port !== before.port;
  return { settings, secret: patch.secret, isMoved };
}

function patchCloudflare(before: SettingsOf<'cloudflare'>, patch: Patch): Patched {
  const settings = {
    provider: before.provider,
    apiBase: patch.apiBase === undefined ? before.apiBase : parseApiBase(patch.apiBase),
    zoneIds: mergedZones(before.zoneIds, patch.zoneIds ?? {}),
    plan: patch.plan ?? before.plan,
  };
  return { settings, secret: patch.token, isMoved: settings.apiBase !== before.apiBase };
}

/** By canonical name, as they are looked for; null takes one away. */
function mergedZones(
  before: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const merged = new Map(Object.entries(before));
  for (const [text, id] of Object.entries(changes)) {
    const zone = parseZoneName(text);
    if (zone === null) throw new AppError('dns_name_invalid', { field: 'settings.zoneIds', value: text });
    if (id === null) merged.delete(zone);
    else merged.set(zone, id.toLowerCase());
  }
  if (merged.size > cloudflareMostZones) {
    const because = `a credential holds the ids of at most ${cloudflareMostZones} zones`;
    throw new AppError('request_invalid', { because });
  }
  return Object.fromEntries([...merged].sort(([one], [other]) => (one < other ? -1 : 1)));
}
