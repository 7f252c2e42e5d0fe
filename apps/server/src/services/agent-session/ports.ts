import type { MemberId } from '@serverctl/core';
import type { Lane } from '../accounts/gate.ts';

/*
 * What the sessions of agents need of the store, so that the same ones run on PostgreSQL and in memory.
 */

/** A member's one valid key, with what its proof needs. */
export interface CurrentKey {
  readonly memberId: MemberId;
  readonly poolId: string;
  readonly hostname: string;
  readonly keyId: string;
  /** Raw Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The newest boot issued (R35). */
  readonly lastBoot: number;
}

/** Keys and the boots issued to those who proved them. Each call that changes something is one act. */
export interface KeyStore {
  /** Who asks says in which lane, for where look-ups take turns (keys-in-turn.ts). Throws `agent_key_unknown`. */
  currentKey(memberId: string, lane: Lane): Promise<CurrentKey>;
  /**
   * Issues and logs the member's next boot, above every one that was issued or that a stored beat bears (R35). `superseded`: the boot in which this same run of the agent was told that a newer one
   * exists, or null; when two runs do that in turn the member is quarantined (core health/sequence-boots.ts). Throws `agent_key_unknown`
   * when the member was removed meanwhile.
   */
  startBoot(key: CurrentKey, superseded: number | null): Promise<number>;
  /** Learns a boot that is newer than any known; never lowers one. */
  raiseBoot(memberId: MemberId, boot: number): Promise<void>;
}

/** One member as the hot path needs it, from the store. */
export interface MemberRow {
  readonly id: MemberId;
  readonly keyId: string | null;
  /** Of that key: raw Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array | null;
  readonly hostname: string;
  readonly previousHostname: string | null;
  /** Reckoned by the store's clock; negative when it is over. */
  readonly previousHostnameLeftMs: number | null;
  readonly allowedEgress: readonly string[];
  readonly template: string;
  readonly monitored: boolean;
  readonly units: readonly string[];
  readonly lastBoot: number;
  readonly activeMemberId: string | null;
  readonly epoch: number;
}

export interface RegisteredMembers {
  /** Every member with its current key and its pool's role and epoch, in one snapshot. */
  read(): Promise<readonly MemberRow[]>;
  /** Calls back when something of it may have changed. Returns the unsubscriber. */
  onChange(wake: () => void): () => void;
}
