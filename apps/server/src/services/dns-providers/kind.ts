import type { ProviderKind, ProviderSettings } from '@serverctl/contract';
import type { DnsProvider, InstanceId } from '@serverctl/core';
import type { Clock } from '../../platform/clock.ts';
import type { Random } from '../../platform/random.ts';
import type { Outbound } from '../outbound.ts';

/** What adapters are made with. */
export interface KindPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly outbound: Outbound;
  readonly instance: InstanceId;
}

/** The settings of one kind. */
export type SettingsOf<Kind extends ProviderKind> = Extract<ProviderSettings, { readonly provider: Kind }>;

/** One kind of provider, as the desk needs it. */
export interface Kind<Settings> {
  /** Throws what the adapter says of the secret's form (`tsig_secret_invalid`, `dns_token_malformed`); nothing is asked yet. */
  open(settings: Settings, secret: string): DnsProvider;
  /** Throws where the secret must not be sent to (R40). */
  check(settings: Settings): Promise<unknown>;
}
