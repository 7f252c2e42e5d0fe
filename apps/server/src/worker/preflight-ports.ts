import type { BindingId, DnsName, PreflightLook, PreflightState, RecordType } from '@serverctl/core';
import type { LeaseFence, PublicationState } from './ports.ts';

/* What the preflight of credentials is told and keeps (R23). */

/** One managed name that a credential writes in a zone. */
export interface PreflightName {
  readonly bindingId: BindingId;
  readonly name: DnsName;
  readonly type: RecordType;
  readonly ttlSeconds: number;
  /** Null = as it is at the provider. */
  readonly proxied: boolean | null;
  readonly state: PublicationState;
  /** A write of ours was acknowledged: what the record holds is to be as wished. */
  readonly isPublished: boolean;
}

/** One credential in one zone: what is looked at as one. */
export interface PreflightSubject {
  readonly credentialId: string;
  /** The credential's name, for people. */
  readonly credential: string;
  /** Rises with each change of the credential. */
  readonly version: number;
  readonly zone: DnsName;
  /** At least one, by name and type. */
  readonly names: readonly PreflightName[];
  /** The look before, whoever led then; null = none yet. */
  readonly last: LastLook | null;
}

/** While failing, the record is the one that failed last. */
export interface LastLook {
  readonly name: string;
  readonly type: RecordType;
  readonly isFailing: boolean;
  /** How long ago the credential was tried there, by the store's clock. */
  readonly agoMs: number;
}

/** The state of each credential in each of its zones. Two implementations, in memory and PostgreSQL, pass one suite. */
export interface PreflightStore {
  /** Every credential that a managed name uses, in each of its zones; `only` = that one, or none. */
  subjects(only?: Pick<PreflightSubject, 'credentialId' | 'zone'>): Promise<readonly PreflightSubject[]>;
  /**
   * Keeps what a look found. In the same transaction people are told where it is a turn: of trouble once, of its end once, whoever led
   * before. Resolves with the state from now on; null = not kept, since no managed name is left there. Only under the lease `fence`: throws
   * `not_leader`.
   */
  record(look: PreflightLook, fence: LeaseFence): Promise<PreflightState | null>;
  /** Drops what was kept of credentials in zones where no managed name uses them any more; trouble that was told ends with it. */
  forgetUnused(fence: LeaseFence): Promise<void>;
}
