import type { BindingId, InstanceId, MemberId, PoolId, RecordType, RecordView } from '@serverctl/core';
import type { CallLimit, LeaseFence } from '../../../apps/server/src/worker/ports.ts';
import type { MemoryHouse } from '../memory-house.ts';
import type { FaultEvent } from './fault-event.ts';

/*
 * How things really are in a simulated world, for judges: nothing of it can be seen by the processes in it. Instants are in world time.
 */

/** What HAProxy's unit really does. `serving` of the truth follows from it. */
export type HaproxyState = 'running' | 'reloading' | 'restarting' | 'auto-restart' | 'failed' | 'stopped' | 'stopping';

export interface HostTruth {
  readonly host: string;
  readonly memberId: MemberId;
  readonly powered: boolean;
  /** `gone`: stopped, killed, or the host has no power. `frozen`: SIGSTOP. */
  readonly agent: 'running' | 'frozen' | 'gone';
  readonly haproxy: HaproxyState;
  readonly packageLock: boolean;
  /** The public addresses that its running agent declares, or declared last; null = none: those that it is seen with count. */
  readonly declares: { readonly ipv4: string | null; readonly ipv6: string | null };
  /** Since when `powered`, `agent` and `haproxy` are as they are. */
  readonly since: { readonly powered: number; readonly agent: number; readonly haproxy: number };
  /** True when the host has power and HAProxy takes connections (a reload does not interrupt it). */
  readonly serves: boolean;
}

export interface ReplicaTruth {
  readonly name: string;
  readonly state: 'running' | 'paused' | 'dead';
  /** The fence it may act under by its own clock, right now; null when paused or dead too. */
  readonly fence: LeaseFence | null;
  readonly databaseReachable: boolean;
  readonly providerReachable: boolean;
  /** When its loop last measured itself (asked for its event loop's delay): the evidence of its present turn is of that moment; null = not yet. */
  readonly judgedAt: number | null;
  /** Turns of its loop and frozen ticks since its start; null when dead. */
  readonly statistics: { readonly turns: number; readonly frozenTicks: number } | null;
}

export interface BindingTruth {
  readonly bindingId: BindingId;
  readonly poolId: PoolId;
  readonly name: string;
  readonly type: RecordType;
  readonly flavour: 'conditional' | 'plain';
  /** What the provider holds now; marks as seen by this control plane. */
  readonly view: RecordView;
  /** What each authoritative server answers now. */
  readonly answers: readonly (readonly string[])[];
  /** Its provider carries names of its zone together (R22). */
  readonly together: boolean;
  /** False while a fault of the provider, the credential or the way to it is in force for the leader. */
  readonly providerUsable: boolean;
  /** What the provider allows the name's credential; null = no limit. */
  readonly limit: CallLimit | null;
}

export interface Truth {
  now(): number;
  readonly instance: InstanceId;
  /** What the tables hold: pools, members, bindings, promotions, decisions, events. Never to be changed by a judge. */
  readonly house: MemoryHouse;
  readonly replicas: readonly ReplicaTruth[];
  /** The first host of a member; clones are in `hosts`. */
  host(memberId: MemberId): HostTruth;
  readonly hosts: readonly HostTruth[];
  /** True when a packet from this member's host to that replica, and back, would arrive now (both alive, link uncut; loss aside). */
  linked(memberId: MemberId, replica: string): boolean;
  /** When any replica heard a new beat of the member last; null = never. */
  lastHeardAt(memberId: MemberId): number | null;
  /** When its agent sent a beat last; null = never. */
  lastSentAt(memberId: MemberId): number | null;
  binding(bindingId: BindingId): BindingTruth;
  readonly bindings: readonly BindingTruth[];
  /** Faults in force now. */
  readonly faults: readonly FaultEvent[];
  /** Since when no fault is in force and none will come; null while some may. */
  healedAt(): number | null;
}
