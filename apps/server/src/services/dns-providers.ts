import type { Rfc2136Settings } from '@serverctl/contract';
import type { DnsProvider, InstanceId } from '@serverctl/core';
import { createRfc2136Provider, type Rfc2136Options } from '@serverctl/dns';
import type { Kysely } from 'kysely';
import { type CredentialRow, getCredential } from '../db/repositories/credentials.ts';
import type { Database } from '../db/schema.ts';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import type { SecretBox } from '../platform/secrets.ts';
import type { DnsProviders } from '../worker/ports.ts';
import type { Outbound } from './outbound.ts';

/** Providers by stored credential, and for settings that are only being tried. */
export interface ProviderDesk extends DnsProviders {
  /** A provider for settings that are not stored yet. Throws `tsig_secret_invalid` and the like, before anything is asked. */
  forSettings(settings: Rfc2136Settings, secret: string): DnsProvider;
}

export interface ProviderDeskOptions {
  readonly db: Kysely<Database>;
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: SecretBox;
  readonly outbound: Outbound;
  readonly instance: InstanceId;
  /** Counts a provider's calls; left out, nobody does. */
  readonly counted?: (kind: string, provider: DnsProvider) => DnsProvider;
  /** The adapter; tests give their own. */
  readonly create?: (options: Rfc2136Options) => DnsProvider;
}

/** Opens each credential's secret once per version: a changed credential is a new provider, an old one is dropped. */
export function createProviderDesk(options: ProviderDeskOptions): ProviderDesk {
  const { db, clock, random, secrets, outbound, instance, create = createRfc2136Provider } = options;
  const { counted = (_kind, provider) => provider } = options;
  const open = new Map<string, { readonly version: number; readonly provider: DnsProvider }>();

  const forSettings = (settings: Rfc2136Settings, secret: string) =>
    create({
      host: settings.host,
      port: settings.port,
      transport: settings.transport,
      key: { name: settings.keyName, algorithm: settings.algorithm, secret },
      instance,
      wallClock: () => clock.wallTime().getTime(),
      randomId: () => Buffer.from(random.bytes(2)).readUInt16BE(),
      resolveHost: async (host, port) => (await outbound.check(host, port)).address, // R40
    });

  return {
    instance,
    forSettings,
    limitOf: () => null, // RFC 2136: the name server is the operator's own
    async forCredential(credentialId) {
      const row = await getCredential(db, credentialId);
      const known = open.get(row.id);
      if (known?.version === row.version) return known.provider;
      const provider = counted('rfc2136', forSettings(settingsOf(row), openSecret(secrets, row)));
      open.set(row.id, { version: row.version, provider });
      return provider;
    },
  };
}

/** A credential's settings without its secret, as stored. */
export function settingsOf(row: CredentialRow): Rfc2136Settings {
  return row.settings as Rfc2136Settings;
}

/** Where a credential's envelope belongs: it opens nowhere else (R38). */
export function secretPlace(id: string, version: number) {
  return { table: 'dns_credential', row: id, column: 'secret', version };
}

export function openSecret(secrets: SecretBox, row: CredentialRow): string {
  return secrets.open(row.secret, secretPlace(row.id, row.version));
}
