import { isNobodyHeard } from '../health/listening.ts';
import type { Pool } from '../pool/pool.ts';
import { secondMs } from '../time.ts';
import type { Listening, RefuseReason, WaitReason } from './evidence.ts';
import type { Judgement, PoolState } from './judgement.ts';

/** How far the publisher is with what this pool wishes; `none` = the pool has no managed name. */
export type Publication =
  | 'none'
  | 'calm'
  | 'publishing'
  | 'unknown-outcome'
  | 'verifying'
  | 'blocked'
  | 'partial'
  | 'drift';

/** What a pool's state is made of. */
export interface PoolStateInput {
  readonly judgement: Pick<Judgement, 'decision'>;
  readonly listening: Listening;
  readonly pool: Pick<Pool, 'activeMemberId' | 'held' | 'paused'>;
  readonly publication: Publication;
  /** Nothing of the setup banner is missing any more (PRODUCT.md section 2). */
  readonly setupComplete: boolean;
}

/** A single late tick is not worth a word: blindness without trouble shows from here on. */
const blindShownFromMs = 3 * secondMs;

/*
 * The first that holds, the most urgent first: what only a person ends and stops all else, what stands between the decision and the
 * record, what keeps us from deciding, trouble under way, what waits for a person without trouble, then what only takes time.
 *
 *  1 setup            no active member yet
 *  2 paused           R13, R21, R25: nothing is decided and nothing written, so no publication below would come to an end by itself
 *  3 blocked          the provider does not take the wish
 *  4 unknown-outcome  it did not say whether it took it
 *  5 publishing       the wish is being written
 *  6 blind            we cannot listen, for 3 s or with trouble waiting for it
 *  7 nobody-heard     no member of the fleet is heard for long enough to say so
 *  8 held             R11, in calm as well: the next failure would not be acted on
 *  9 maintenance      R13, with trouble that is therefore not acted on
 * 10 no-standby       trouble, and nobody to promote (a pool of one member as well)
 * 11 braked           a promotion waits for R9 or R10
 * 12 deciding         trouble that is not settled: waited for, about to be acted on, or left to a person
 * 13 drift            somebody else changed the record
 * 14 maintenance      in calm as well: the next failure would not be acted on
 * 15 verifying        written, not yet answered everywhere
 * 16 partial          not answered everywhere for a while
 * 17 setup            something of the setup is still missing
 * 18 calm             neutral HAProxy (a reload), a failback that is not yet due and dynamic DNS are calm
 */

/** The one state that names a pool (PRODUCT.md section 4). */
export function poolState(input: PoolStateInput): PoolState {
  const { pool, publication, listening, judgement } = input;
  const { decision } = judgement;
  if (pool.activeMemberId === null) return 'setup';
  if (pool.paused !== null || decision.because === 'paused') return 'paused';
  if (publication === 'blocked' || publication === 'unknown-outcome' || publication === 'publishing')
    return publication;
  if (isBlind(listening, judgement)) return 'blind';
  if (isNobodyHeard(listening)) return 'nobody-heard';
  if (pool.held) return 'held';
  const trouble = stateOfDecision(judgement);
  if (trouble !== null) return trouble;
  if (publication === 'drift') return 'drift';
  if (decision.because === 'maintenance') return 'maintenance';
  if (publication === 'verifying' || publication === 'partial') return publication;
  return input.setupComplete ? 'calm' : 'setup';
}

function isBlind({ blindBecause, blindForMs }: Listening, { decision }: Pick<Judgement, 'decision'>): boolean {
  if (blindBecause === null) return false;
  return blindForMs >= blindShownFromMs || (decision.kind === 'wait' && decision.because === 'listening');
}

function stateOfDecision({ decision }: Pick<Judgement, 'decision'>): PoolState | null {
  switch (decision.kind) {
    case 'keep':
      return null;
    case 'promote':
      return decision.because === 'address-changed' ? null : 'deciding';
    case 'wait':
      return stateOfWait[decision.because];
    case 'refuse':
      return stateOfRefusal[decision.because];
  }
}

const stateOfWait: Readonly<Record<WaitReason, PoolState | null>> = {
  silence: 'deciding',
  listening: 'deciding',
  'haproxy-grace': 'deciding',
  'haproxy-neutral': null,
  cooldown: 'deciding',
  failback: null,
  'mass-silence': 'braked',
  velocity: 'braked',
  'dynamic-dns': null,
};

const stateOfRefusal: Readonly<Record<RefuseReason, PoolState>> = {
  'automatic-failover-off': 'deciding',
  'single-member': 'no-standby',
  'no-standby': 'no-standby',
  'nobody-heard': 'nobody-heard',
  held: 'held',
  maintenance: 'maintenance',
  paused: 'paused',
};

/** One sentence for each state of a pool. Total over the closed list. */
export const poolStateText: Readonly<Record<PoolState, string>> = {
  setup: 'Something of the setup is still missing.',
  calm: 'All is well.',
  deciding: 'The active member is in trouble, and it is not settled yet.',
  publishing: 'The record is being changed.',
  'unknown-outcome': 'The DNS provider did not say whether it changed the record; it is read before any retry.',
  verifying: 'The record is changed; the authoritative name servers are being asked.',
  'no-standby': 'The active member is in trouble and nobody can take over; the record stays as it is.',
  blocked: 'The DNS provider does not take the change; it is tried again by itself.',
  partial: 'At least one authoritative name server does not answer the new address yet.',
  held: 'The pool has moved too often by itself; it stays where it is until a person acknowledges.',
  braked:
    'Many members fell silent, or many pools moved, at once: promotions are limited. `serverctl brakes release` lifts that for 10 minutes.',
  blind: 'We cannot listen now, so nothing is promoted.',
  'nobody-heard': 'No member is heard at all; the fault may be ours, so nothing is promoted.',
  drift: 'Somebody else changed the record.',
  maintenance: 'In maintenance: nothing moves by itself.',
  paused: 'Paused: `serverctl pool resume` ends it.',
};

/** One sentence for the state of a pool. */
export function poolStateSentence(state: PoolState): string {
  return poolStateText[state];
}
