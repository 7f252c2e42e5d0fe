import type { Kysely } from 'kysely';
import type { Database } from '../db/schema.ts';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import type { SecretBox } from '../platform/secrets.ts';
import type { Notifier, PoolStore, Resolver } from '../worker/ports.ts';
import type { ProviderDesk } from './dns-providers.ts';
import type { Outbound } from './outbound.ts';

/** Everything a use case may touch. */
export interface ServiceDeps {
  readonly db: Kysely<Database>;
  readonly clock: Clock;
  readonly random: Random;
  readonly store: PoolStore;
  readonly providers: ProviderDesk;
  readonly resolver: Resolver;
  readonly notifier: Notifier;
  readonly secrets: SecretBox;
  readonly outbound: Outbound;
  /** Where agents reach us; the first one goes into the install line. */
  readonly publicUrls: readonly string[];
}

/** Who asks, for the audit log. */
export interface Caller {
  readonly actor: string;
  readonly requestId: string;
}
