import type { FailbackPatch, PoolStatus, PoolView, PromotionView } from '@serverctl/contract';
import {
  type FailbackSettings,
  type Ipv6Policy,
  type Judgement,
  type PauseReason,
  type PoolState,
  type Preset,
  type Publication,
  poolState,
  poolStateSentence,
  secondMs,
} from '@serverctl/core';
import { type PoolRow, poolOf } from '../../db/repositories/pools.ts';
import { ttlCostSeconds } from '../dns/ttl-cost.ts';
import { bindingView } from './binding-view.ts';
import { agedSentence } from './judgement-age.ts';
import { maintenanceView } from './maintenance-view.ts';
import { memberStatus } from './member-view.ts';
import type { PoolSnapshot } from './snapshot.ts';

export function poolView(snapshot: PoolSnapshot): PoolView {
  const { pool } = snapshot;
  return {
    id: pool.id,
    name: pool.name,
    preset: pool.preset as Preset,
    failoverDelaySeconds: pool.failover_delay_ms / secondMs,
    haproxyGraceSeconds: pool.haproxy_grace_ms / secondMs,
    automaticFailover: pool.automatic_failover,
    failback: failbackView(pool.failback as FailbackSettings),
    ipv6: pool.ipv6 as Ipv6Policy,
    dynamicDns: pool.dynamic_dns,
    activeMemberId: pool.active_member_id,
    epoch: pool.epoch,
    held: pool.held_at !== null,
    paused: pausedView(pool),
    maintenance: maintenanceView(pool, snapshot.at),
    seenEpoch: pool.seen_epoch,
    createdAt: pool.created_at.toISOString(),
    lastPromotion: lastPromotionView(snapshot),
    status: poolStatus(snapshot),
  };
}

function lastPromotionView({ desired }: PoolSnapshot): PoolView['lastPromotion'] {
  if (desired === null) return null;
  return { kind: desired.kind as PromotionView['kind'], at: desired.decided_at.toISOString() };
}

export function poolStatus(snapshot: PoolSnapshot): PoolStatus {
  const { pool, judged, members, bindings } = snapshot;
  const missing = setupMissing(snapshot);
  const { state, sentence } = stateOf(snapshot, missing);
  const costs = bindings.map((row) => ttlCostSeconds(row, { ttlSeconds: row.ttl_seconds, proxied: row.proxied }));
  return {
    state,
    sentence,
    nextInLine: judged?.judgement.nextInLine ?? null,
    setupMissing: missing,
    clientsBackSeconds: pool.failover_delay_ms / secondMs + Math.max(0, ...costs),
    frozenTicks: judged?.frozenTicks ?? 0,
    at: (judged?.at ?? snapshot.at).toISOString(),
    members: members.map((member) => memberStatus(snapshot, member)),
    bindings: bindings.map((binding) => bindingView(snapshot, binding)),
  };
}

/** What the setup banner still asks for, in the order in which it is done (PRODUCT.md section 2). */
function setupMissing({ pool, members, bindings, enrolled, liveness }: PoolSnapshot): PoolStatus['setupMissing'] {
  const heard = members.some((member) => enrolled.has(member.id) && liveness.has(member.id));
  const checks = {
    dns: bindings.length > 0,
    hostname: bindings.length > 0,
    member: members.length > 0,
    heartbeat: heard || pool.active_member_id !== null,
    'first-publish': pool.active_member_id !== null,
    'automatic-failover': pool.automatic_failover,
  } as const;
  return (Object.keys(checks) as (keyof typeof checks)[]).filter((step) => !checks[step]);
}

function stateOf(snapshot: PoolSnapshot, missing: PoolStatus['setupMissing']): { state: PoolState; sentence: string } {
  const { judged, pool } = snapshot;
  if (judged === null) {
    const state = pool.active_member_id === null ? 'setup' : 'blind';
    return {
      state,
      sentence: withPause(
        pool,
        state === 'setup' ? setupSentence(missing) : 'No failover loop has judged this pool yet.',
      ),
    };
  }
  const aged = agedSentence(judged.at, snapshot.at, 'this pool');
  if (aged !== null && pool.active_member_id !== null) return { state: 'blind', sentence: withPause(pool, aged) };
  const state = poolState({
    judgement: judged.judgement,
    listening: judged.evidence.listening,
    pool: poolOf(pool),
    publication: publicationOf(snapshot),
    setupComplete: missing.length === 0,
  });
  if (pool.active_member_id === null) return { state, sentence: withPause(pool, setupSentence(missing)) };
  const sentence = sentenceFor(state, snapshot, judged.judgement);
  return { state, sentence: state === 'setup' ? `${sentence} ${setupSentence(missing)}` : sentence };
}

/** What the loop does not know of is said in the state's own words; a pause says why, and the trouble that it leaves alone. */
function sentenceFor(state: PoolState, { pool, members }: PoolSnapshot, judgement: Judgement): string {
  const { decision, sentence: judged } = judgement;
  if (state === 'paused') {
    const inTrouble = decision.kind === 'refuse' && decision.because === 'paused';
    return `${ended(pool.paused_sentence ?? '')} ${inTrouble ? judged : poolStateSentence(state)}`.trim();
  }
  if (state === 'drift') return `${poolStateSentence(state)} ${driftRemedy}`;
  if (ofPublication.has(state)) return poolStateSentence(state);
  const alone = pool.automatic_failover && members.length === 1 && !judged.includes(secondMember);
  return alone ? `${judged} Automatic failover ${secondMember}.` : judged;
}

/** Where another state comes first than `paused`: why it is paused is said all the same. */
function withPause({ paused_at, paused_sentence }: PoolRow, sentence: string): string {
  if (paused_at === null) return sentence;
  return [sentence, ended(paused_sentence ?? ''), poolStateSentence('paused')].filter(Boolean).join(' ');
}

/** A person's reason seldom ends with a full stop. */
function ended(sentence: string): string {
  return sentence === '' || /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}

const driftRemedy = 'Take it over with `serverctl pool adopt`, or put it back with `serverctl pool repair`.';
const secondMember = 'needs a second member';
const ofPublication: ReadonlySet<PoolState> = new Set([
  'publishing',
  'unknown-outcome',
  'verifying',
  'partial',
  'blocked',
]);

function pausedView({
  paused_at: at,
  paused_because: because,
  paused_sentence: sentence,
}: PoolRow): PoolView['paused'] {
  if (at === null) return null;
  return { because: because as PauseReason, sentence: sentence ?? '', since: at.toISOString() };
}

const stepWords: Readonly<Record<PoolView['status']['setupMissing'][number], string>> = {
  dns: 'DNS',
  hostname: 'a hostname',
  member: 'an enrolled member',
  heartbeat: 'a first heartbeat',
  'first-publish': 'the first publish',
  'automatic-failover': 'automatic failover',
};

function setupSentence(missing: PoolView['status']['setupMissing']): string {
  return `Being set up; missing: ${missing.map((step) => stepWords[step]).join(', ')}.`;
}

/** The most urgent of the names' states. A name whose epoch is behind the pool's is being published, whatever its row says. */
function publicationOf({ pool, bindings }: PoolSnapshot): Publication {
  if (bindings.length === 0) return 'none';
  const states = new Set(bindings.map((binding) => binding.state));
  for (const state of ['blocked', 'unknown-outcome', 'publishing'] as const) if (states.has(state)) return state;
  if (bindings.some((binding) => binding.published_epoch < pool.epoch)) return 'publishing';
  for (const state of ['drift', 'verifying', 'partial'] as const) if (states.has(state)) return state;
  return 'calm';
}

export function failbackView({ policy, afterMinutes, window }: FailbackSettings): PoolView['failback'] {
  return {
    policy,
    afterMinutes,
    window: window === null ? null : { from: clockText(window.fromMinute), to: clockText(window.toMinute) },
  };
}

/** `HH:MM`, the way the contract writes minutes of the day. */
function clockText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** `base` with what `change` names of it. */
export function failbackOf(base: FailbackSettings, change: FailbackPatch): FailbackSettings {
  const { policy = base.policy, afterMinutes = base.afterMinutes, window } = change;
  return { policy, afterMinutes, window: window === undefined ? base.window : minutesOf(window) };
}

function minutesOf(window: PoolView['failback']['window']): FailbackSettings['window'] {
  return window === null ? null : { fromMinute: minuteOf(window.from), toMinute: minuteOf(window.to) };
}

function minuteOf(text: string): number {
  const [hours = '0', minutes = '0'] = text.split(':');
  return Number(hours) * 60 + Number(minutes);
}
