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
export interface MemberEvidence extends Pick<Member, 'id' | 'hostname' | 'priority' | 'monitored'> {
  /** The address a record would get: set by a person, else declared by the agent, else seen by us. */
  readonly publicIpv4: string | null;
  readonly hearing: Hearing;
  readonly haproxy: HaproxyEvidence;
  readonly refusal: Refusal | null;
  /** How long the member has been healthy without a break; 0 when it is not. */
  readonly healthyForMs: number;
  /** Time since its present key was enrolled (R3), by the store's clock; 0 without one. */
  readonly enrolledForMs: number;
  /** Times it went from healthy to unhealthy in the last hour (R11). */
  readonly failuresLastHour: number;
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
  /** Age in ms of the last promotion of any kind, for R11's 10 s between two; null = there was none. */
  readonly lastPromotionAgeMs: number | null;
  /** Time since the settings that judge this pool were changed; absent = not since we began to observe. Failback counts from there. */
  readonly settingsAgeMs?: number;
  /** Minute of the day, UTC, for the failback window (R12). */
  readonly minuteOfDay: number;
}

/** Why a promotion was made. */
export type PromotionCause = 'heartbeat-lost' | 'haproxy-inactive' | 'failback' | 'switchover' | 'first-publish';
/** What a promotion is: `failover` and `failback` are automatic, the others a person's. */
export type PromotionKind = 'failover' | 'switchover' | 'failback' | 'first-publish';

/** Why nothing is to be done: no trouble that moves a record. */
export type KeepReason = 'active-healthy' | 'active-not-judged' | 'no-active-member' | 'failback-not-due';
/** What has to pass, or to be proven, before the next step. */
export type WaitReason = 'silence' | 'haproxy-grace' | 'haproxy-neutral' | 'cooldown' | 'listening' | 'failback';
/** Why trouble is not acted on until something else changes. */
export type RefuseReason =
  | 'automatic-failover-off'
  | 'single-member'
  | 'no-standby'
  | 'nobody-heard'
  | 'held'
  | 'maintenance';

/** What to do with one pool now. Data: carried out by something dumb. */
export type Decision =
  | { readonly kind: 'keep'; readonly because: KeepReason }
  /** Judge again in `forMs` at the latest; nothing is wrong enough yet, or we may not act yet. */
  | { readonly kind: 'wait'; readonly because: WaitReason; readonly forMs: number }
  | {
      readonly kind: 'promote';
      readonly from: MemberId;
      readonly to: MemberId;
      readonly because: 'heartbeat-lost' | 'haproxy-inactive' | 'failback';
    }
  /** Trouble that we may not or cannot act on; `trouble` is the active member's. */
  | {
      readonly kind: 'refuse';
      readonly because: RefuseReason;
      readonly trouble: 'heartbeat-lost' | 'haproxy-inactive';
    };
