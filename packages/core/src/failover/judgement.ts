import type { Health } from '../health/health.ts';
import type { MemberId } from '../ids.ts';
import type { Decision } from './evidence.ts';

/** Why a member may not be promoted now. One closed list; each has a sentence. */
export type NotReadyReason =
  | {
      readonly because: 'not-heard';
      readonly silentMs: number;
      /** There is no heartbeat that could be old: nobody ever sent one, or none came since we began to listen; absent = it is too old. */
      readonly never?: 'not-enrolled' | 'no-heartbeat' | 'since-we-listen';
    }
  | {
      readonly because: 'not-healthy';
      readonly kind: Health['kind'];
      /** The unit without which the health of a member that is heard is unknown, and what it is instead of running. */
      readonly unit?: { readonly name: string; readonly state: string };
    }
  | { readonly because: 'too-early'; readonly leftMs: number }
  /** Its HAProxy is restarting, reloading or being upgraded just now. */
  | { readonly because: 'haproxy-neutral'; readonly leftMs: number }
  /** Its own maintenance (R13). */
  | { readonly because: 'maintenance'; readonly leftMs: number }
  /** Two hosts use its key (R35). */
  | { readonly because: 'quarantined' }
  | { readonly because: 'no-address' }
  /** The pool's names need one: AAAA alone, or beside an A in a pool that requires it. */
  | { readonly because: 'no-ipv6-address' }
  | { readonly because: 'is-active' };

/** Whether one member may be promoted now, and every reason against it. */
export interface Standing {
  readonly memberId: MemberId;
  readonly ready: boolean;
  /** Place in the order of candidates, from 1; null when not ready. */
  readonly place: number | null;
  readonly reasons: readonly NotReadyReason[];
  readonly sentence: string;
}

/** The closed list of pool states (PRODUCT.md section 4). */
export const poolStates = [
  'setup',
  'calm',
  'deciding',
  'publishing',
  'unknown-outcome',
  'verifying',
  'no-standby',
  'blocked',
  'partial',
  'held',
  'braked',
  'blind',
  'nobody-heard',
  'drift',
  'maintenance',
  'paused',
] as const;
/** The one state that names a pool; `poolState` finds it. */
export type PoolState = (typeof poolStates)[number];

/** One pool judged at one moment. */
export interface Judgement {
  readonly decision: Decision;
  readonly health: Readonly<Record<MemberId, Health>>;
  readonly standings: readonly Standing[];
  /** Who would be promoted now. */
  readonly nextInLine: MemberId | null;
  /** One sentence: what was decided and why (R14). */
  readonly sentence: string;
  /** When this judgement could change by time alone, in ms from now; null when only news can change it (R6). */
  readonly judgeAgainInMs: number | null;
}
