import type { MemberId, PoolId } from '../ids.ts';

/** What kind of pool this is (PRODUCT.md section 3). */
export const presets = ['haproxy', 'generic'] as const;
/** One of `presets`. */
export type Preset = (typeof presets)[number];

/** Who brings traffic back to the preferred member, and when (R12). */
export const failbackPolicies = ['manual', 'automatic', 'never'] as const;
/** One of `failbackPolicies`. */
export type FailbackPolicy = (typeof failbackPolicies)[number];

/** What becomes of an AAAA beside an A when the next active member has no IPv6 address: it goes, or that member is no candidate. */
export const ipv6Policies = ['drop', 'require'] as const;
/** One of `ipv6Policies`. */
export type Ipv6Policy = (typeof ipv6Policies)[number];

/** When traffic returns to the preferred member (R12). */
export interface FailbackSettings {
  readonly policy: FailbackPolicy;
  /** Unbroken health the preferred member needs first, in minutes. */
  readonly afterMinutes: number;
  /** Daily window in UTC as minutes of the day, `from` inclusive, `to` exclusive, may wrap midnight; null = at any time. */
  readonly window: { readonly fromMinute: number; readonly toMinute: number } | null;
}

/** What a person decides about a pool; `checkPoolSettings` says what is allowed. */
export interface PoolSettings {
  readonly name: string;
  readonly preset: Preset;
  /** 10–120 s without a heartbeat before a member counts as lost. */
  readonly failoverDelayMs: number;
  /** 0–30 s during which an inactive HAProxy is not yet acted on (R4). */
  readonly haproxyGraceMs: number;
  readonly automaticFailover: boolean;
  readonly failback: FailbackSettings;
  readonly ipv6: Ipv6Policy;
  /** Whether the records follow the active member's public address when that changes. Absent from evidence of before there was such: off. */
  readonly dynamicDns: boolean;
}

/** Why a pool is paused: by a person, or because another control plane's mark or a newer epoch than ours was read (R13, R21, R25). */
export const pauseReasons = ['person', 'foreign-mark', 'newer-epoch'] as const;
/** One of `pauseReasons`. */
export type PauseReason = (typeof pauseReasons)[number];

/** One deployment: its settings, who is active, and how far its promotions have come. */
export interface Pool extends PoolSettings {
  readonly id: PoolId;
  /** Chosen by the last promotion; null until the first publish is confirmed. */
  readonly activeMemberId: MemberId | null;
  /** Rises with each promotion and fences every DNS write (R16); 0 before the first publish. */
  readonly epoch: number;
  /** Set when the anti-flapping limit was met; cleared only by a person's acknowledgement (R11). */
  readonly held: boolean;
  /** Nothing acts but a switchover that names its target; ended only by a person (R13). Null = not paused. */
  readonly paused: PauseReason | null;
}
