import type { ProviderKind, ProviderSettings } from '@serverctl/contract';
import type { DnsProvider } from '@serverctl/core';
import type { Kysely } from 'kysely';
import { credentialsById, getCredential } from '../db/repositories/credentials.ts';
import type { Database } from '../db/schema.ts';
import { together } from '../db/together.ts';
import type { SecretBox } from '../platform/secrets.ts';
import type { DnsProviders } from '../worker/ports.ts';
import { type CreateCloudflare, cloudflareKind } from './dns-providers/cloudflare.ts';
import type { Kind, KindPorts, SettingsOf } from './dns-providers/kind.ts';
import { callLimits, strictestLimit } from './dns-providers/limits.ts';
import { type CreatePanel, panelKind } from './dns-providers/panel.ts';
import { type CreateRfc2136, rfc2136Kind } from './dns-providers/rfc2136.ts';
import { openSecret, settingsOf } from './dns-providers/stored.ts';

/** Providers by stored credential, and for settings that are only being tried. */
export interface ProviderDesk extends DnsProviders {
  /** A provider for settings that are not stored yet. Throws `tsig_secret_invalid` and the like, before anything is asked. */
  forSettings(settings: ProviderSettings, secret: string): DnsProvider;
  /** Throws where settings lead to what must not be asked, or not be told a secret (R40). */
  check(settings: ProviderSettings): Promise<void>;
}

export interface ProviderDeskOptions extends KindPorts {
  readonly db: Kysely<Database>;
  readonly secrets: SecretBox;
  /** Counts a provider's calls; left out, nobody does. */
  readonly counted?: (kind: ProviderKind, provider: DnsProvider) => DnsProvider;
  /** The adapters; tests give their own. */
  readonly create?: {
    readonly cloudflare?: CreateCloudflare;
    readonly panel?: CreatePanel;
    readonly rfc2136?: CreateRfc2136;
  };
}

/** Opens each credential's secret once per version: a changed credential is a new provider, an old one is dropped. */
export function createProviderDesk(options: ProviderDeskOptions): ProviderDesk {
  const { db, secrets, instance, create = {} } = options;
  const { counted = (_kind, provider) => provider } = options;
  /** Total: a kind without an adapter does not compile. */
  const kinds: { readonly [One in ProviderKind]: Kind<SettingsOf<One>> } = {
    cloudflare: cloudflareKind(options, create.cloudflare),
    cpanel: panelKind(options, create.panel),
    rfc2136: rfc2136Kind(options, create.rfc2136),
    whm: panelKind(options, create.panel),
  };
  const open = new Map<string, Opened>();
  const byId = together((ids: readonly string[]) => credentialsById(db, ids));
  /** A person's name for it. An id that is none any more was removed: its provider, and with it the secret, goes from memory. */
  const byName = (ref: string) => {
    open.delete(ref);
    return getCredential(db, ref);
  };

  /** The kind and its settings belong together: said once here, for the compiler. */
  function kindOf<One extends ProviderKind>({ provider }: { readonly provider: One }): Kind<SettingsOf<One>> {
    return kinds[provider];
  }
  const forSettings = (settings: ProviderSettings, secret: string) => kindOf(settings).open(settings, secret);

  return {
    instance,
    forSettings,
    async check(settings) {
      await kindOf(settings).check(settings);
    },
    limitOf(credentialId) {
      const known = open.get(credentialId);
      return known === undefined ? strictestLimit : callLimits[known.kind];
    },
    async forCredential(credentialId) {
      const row = (await byId(credentialId)) ?? (await byName(credentialId));
      const known = open.get(row.id);
      if (known?.version === row.version) return known.provider;
      const settings = settingsOf(row);
      const kind = settings.provider;
      const provider = counted(kind, forSettings(settings, openSecret(secrets, row)));
      open.set(row.id, { version: row.version, kind, provider });
      return provider;
    },
  };
}

interface Opened {
  readonly version: number;
  readonly kind: ProviderKind;
  readonly provider: DnsProvider;
}
