import type { AgentArchitecture } from '@serverctl/contract/agent';
import type { Access } from '@serverctl/core';
import type { Kysely } from 'kysely';
import type { Database } from '../db/schema.ts';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import type { SecretBox } from '../platform/secrets.ts';
import type { Resolver } from '../worker/ports.ts';
import type { Gate } from './accounts/gate.ts';
import type { Passwords } from './accounts/passwords.ts';
import type { AgentDownload } from './agent-files.ts';
import type { ProviderDesk } from './dns-providers.ts';
import type { InstallSightings } from './members/sightings.ts';
import type { Outbound } from './outbound.ts';
import type { ResolverDesk } from './resolvers/resolver-desk.ts';
import type { Runbooks } from './runbooks.ts';

/** Everything a use case may touch. */
export interface ServiceDeps {
  readonly db: Kysely<Database>;
  readonly clock: Clock;
  readonly random: Random;
  readonly providers: ProviderDesk;
  readonly resolver: Resolver;
  /** What recursive resolvers answer: for people to see, and for no decision. */
  readonly resolverDesk: ResolverDesk;
  readonly secrets: SecretBox;
  readonly outbound: Outbound;
  readonly installer: Installer;
  readonly passwords: Passwords;
  /** What strangers send is looked up through it (accounts/gate.ts). */
  readonly lookUps: Gate;
  /** Where links for people lead: the first of SERVERCTL_PUBLIC_URLS. */
  readonly publicUrl: string;
  /** What to do, for whoever reads a notice. */
  readonly runbooks: Runbooks;
}

/** How a host gets its agent. Each throws `agent_files_missing` when there is none to give. */
export interface Installer {
  /** Where the line leads first. */
  readonly url: string;
  /** One line for a shell on the host, run as root. It never holds the enrolment secret (R34). */
  line(): Promise<string>;
  /** What the line downloads, checks by its SHA-256 and runs (R37). */
  script(): Promise<string>;
  download(architecture: AgentArchitecture): Promise<AgentDownload>;
  /** Who downloaded what lately. */
  readonly sightings: InstallSightings;
}

/** Who asks, and what they may: for the audit log, and for what they are shown. */
export interface Caller {
  readonly actor: string;
  readonly requestId: string;
  readonly access: Access;
}
