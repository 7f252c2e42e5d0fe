import type { MemberId } from '../ids.ts';
import type { Member } from '../member/member.ts';
import type { Pool } from '../pool/pool.ts';

/** How a member was heard, in milliseconds on the observer's clock (R1). */
export type Hearing =
  | {
      /** Not heard since we began to listen: by this plane, whatever an earlier process heard. */
      readonly kind: 'never';
      /** True time since we could have heard it (R3). */
      readonly waitedMs: number;
      /** The proven part of the wait; absent for a member that nobody ever heard: it is unknown, never lost. */
      readonly provenWaitedMs?: number;
    }
  | {
      readonly kind: 'heard';
      /** True time since the last new `(boot, seq)`. */
      readonly silentMs: number;
      /** The part of it in which we could have heard one (R2); never greater than `silentMs` (I7). */
      readonly provenSilentMs: number;
    };

/** What systemd's word about the member's HAProxy comes to, after R4's debouncing inputs were measured. */
export type HaproxyEvidence =
  | { readonly kind: 'unmonitored' }
  | {
      readonly kind: 'unreported';
      /** The watched unit that the host's latest report leaves out; absent = there was no report yet. */
      readonly missing?: string;
    }
  | { readonly kind: 'running' }
  /** Restarting, activating, reloading or under a package lock: no verdict for a bounded time. */
  | { readonly kind: 'neutral'; readonly unit: string; readonly because: string; readonly leftMs: number }
  | { readonly kind: 'inactive'; readonly unit: string; readonly state: string; readonly forMs: number }
  /** Not installed or masked: nothing to judge. */
  | { readonly kind: 'absent'; readonly unit: string; readonly state: string };

/** Heard with a valid key from a place that the member is not allowed (R5). */
export interface Refusal {
  readonly because: 'ip' | 'hostname';
  /** The address or hostname that was seen instead. */
  readonly seen: string;
}

/** One member as one decision sees it. Durations in ms. */
export interface MemberEvidence extends Pick<Member, 'id' | 'hostname' | 'priority' | 'monitored' | 'zone'> {
  /** The address a record would get: set by a person, else declared by the agent, else seen by us. */
  readonly publicIpv4: string | null;
  /** The same of the other family; absent from evidence of before records had it. */
  readonly publicIpv6?: string | null;
  readonly hearing: Hearing;
  readonly haproxy: HaproxyEvidence;
  readonly refusal: Refusal | null;
  /** How long the member has been healthy without a break; 0 when it is not. */
  readonly healthyForMs: number;
  /** Time since its present key was enrolled (R3), by the store's clock; 0 without one. */
  readonly enrolledForMs: number;
  /** Times it went from healthy to unhealthy in the last hour (R11). */
  readonly failuresLastHour: number;
  /** What is left of its own maintenance; null = in none (R13). */
  readonly maintenanceLeftMs: number | null;
  /** Two hosts were heard with its key (R35); until a person clears it. */
  readonly quarantined: boolean;
}

/** How many members of one zone were heard in the last ten minutes, and how many of those are silent for more than 3 s now (R9). */
export interface ZoneEvidence {
  /** The members' label; `unlabelled` for those without one. */
  readonly zone: string;
  readonly members: number;
  readonly silent: number;
}

/** The whole fleet as R9 and R10 see it; the same for every pool of one turn but for `promotionAgesMs`. */
export interface FleetEvidence {
  readonly zones: readonly ZoneEvidence[];
  readonly poolCount: number;
  /** Ages of the last minute's automatic promotions of all pools that the brakes count, those decided earlier in this turn as 0. */
  readonly promotionAgesMs: readonly number[];
  /** What is left of a person's release of R9 and R10; null = the brakes are in force. */
  readonly brakesReleasedForMs: number | null;
}

/** The present epoch was made by an automatic failover, and no managed name has been acknowledged under it. */
export interface UnpublishedPromotion {
  /** Whom it took the place of. */
  readonly from: MemberId;
}

/** What the records of a pool's names ask of whoever is active. */
export interface AddressNeeds {
  readonly ipv4: boolean;
  /** `wanted`: an AAAA beside an A, which goes with a member that has none (R20, the pool's setting `drop`). */
  readonly ipv6: 'none' | 'wanted' | 'needed';
}

/** The addresses that a pool's records hold, or shall hold, one of each family; null = none. */
export interface PublicAddresses {
  readonly ipv4: string | null;
  readonly ipv6: string | null;
}

/** Could we have heard anybody? (R2) */
export interface Listening {
  /** Null = we listen. Otherwise why silence does not grow now. */
  readonly blindBecause: 'lease' | 'late-tick' | 'event-loop' | 'database' | null;
  readonly blindForMs: number;
  /** Members of the whole fleet heard in the last 3 s. */
  readonly heardMembers: number;
  /** Members of the whole fleet that have a key. */
  readonly enrolledMembers: number;
  /** Time since any member of the fleet was heard, or since we began to listen to an enrolled one; 0 while none is enrolled. */
  readonly nobodyHeardForMs: number;
  /** The greater of 30 s and the smallest failover delay in the fleet: from here it is `nobody-heard`. */
  readonly nobodyHeardAfterMs: number;
}

/** Everything one decision may use; `decide` of the same evidence is the same decision, byte for byte (R14). JSON-serialisable. */
export interface PoolEvidence {
  readonly pool: Pool;
  readonly members: readonly MemberEvidence[];
  readonly listening: Listening;
  /** Ages of the automatic promotions of the last hour that count against R11's bucket (since the last acknowledgement). */
  readonly automaticPromotionAgesMs: readonly number[];
  /** Age in ms of the last promotion of any kind but `address`, for R11's 10 s between two; null = there was none. */
  readonly lastPromotionAgeMs: number | null;
  /** Ages of the promotions of the last hour to a new address of the same member; one of unknown age counts from when it was seen. Absent = none. */
  readonly addressPromotionAgesMs?: readonly number[];
  /** What the present promotion gave the records (ADR 0009); absent = not told, as in evidence kept by versions without dynamic DNS. */
  readonly presentAddresses?: PublicAddresses | null;
  /** Time since the settings that judge this pool were changed; absent = not since we began to observe. Failback counts from there. */
  readonly settingsAgeMs?: number;
  /** Minute of the day, UTC, for the failback window (R12). */
  readonly minuteOfDay: number;
  readonly fleet: FleetEvidence;
  /** What is left of the pool's maintenance; null = in none (R13). */
  readonly maintenanceLeftMs: number | null;
  /** Null = nothing to withdraw (PRODUCT.md section 4, "credential missing or revoked while failing over"). */
  readonly unpublished: UnpublishedPromotion | null;
  /** What a person set a name to by hand is left so, until a person adopts or repairs it (R21). Absent = of no name. */
  readonly namesLeft?: boolean;
  /** Absent from evidence of before names had two families: IPv4 alone. */
  readonly needs?: AddressNeeds;
}

/** Why a promotion was made. */
export type PromotionCause =
  | 'heartbeat-lost'
  | 'haproxy-inactive'
  | 'failback'
  | 'withdrawn'
  | 'address-changed'
  | 'switchover'
  | 'first-publish'
  | 'adopted'
  | 'kept';
/**
 * What a promotion is. `failover`, `failback`, `withdrawal` (of a failover that was never written) and `address` (of the active member to
 * itself, by dynamic DNS) are automatic, the others a person's; `adoption` takes over what the record names.
 */
export type PromotionKind =
  | 'failover'
  | 'switchover'
  | 'failback'
  | 'first-publish'
  | 'withdrawal'
  | 'adoption'
  | 'address';

/** Why nothing is to be done: no trouble that moves a record. */
export type KeepReason =
  | 'active-healthy'
  | 'active-not-judged'
  | 'no-active-member'
  | 'failback-not-due'
  | 'maintenance'
  | 'paused';
/** What has to pass, or to be proven, before the next step. */
export type WaitReason =
  | 'silence'
  | 'haproxy-grace'
  | 'haproxy-neutral'
  | 'cooldown'
  | 'listening'
  | 'failback'
  | 'mass-silence'
  | 'velocity'
  | 'dynamic-dns';
/** Why trouble is not acted on until something else changes. */
export type RefuseReason =
  | 'automatic-failover-off'
  | 'single-member'
  | 'no-standby'
  | 'nobody-heard'
  | 'held'
  | 'maintenance'
  | 'paused';

/** What to do with one pool now. Data: carried out by something dumb. */
export type Decision =
  | { readonly kind: 'keep'; readonly because: KeepReason }
  /** Judge again in `forMs` at the latest; nothing is wrong enough yet, or we may not act yet. */
  | { readonly kind: 'wait'; readonly because: WaitReason; readonly forMs: number }
  | {
      readonly kind: 'promote';
      readonly from: MemberId;
      readonly to: MemberId;
      readonly because: 'heartbeat-lost' | 'haproxy-inactive' | 'failback' | 'withdrawn' | 'address-changed';
      /** Why R9 and R10 do not bind, and do not count, this one; absent = they let it pass. */
      readonly unbraked?: 'dead-zone' | 'released';
    }
  /** Trouble that we may not or cannot act on; `trouble` is the active member's. */
  | {
      readonly kind: 'refuse';
      readonly because: RefuseReason;
      readonly trouble: 'heartbeat-lost' | 'haproxy-inactive';
    };
