import type { BindingId, MemberId, PoolId } from '@serverctl/core';
import type { DnsCall, Observer } from './observer.ts';
import { seeFamilies, sometimesWithFamilies } from './sometimes-families.ts';
import type { Truth } from './truth.ts';

/*
 * What must be seen in at least one seed of a hundred, or the fault that should cause it is a fake (RELIABILITY.md section 6). "Rollback
 * taken" and "cancel lost to finish" come with the job engine.
 */

/** Everything that is counted. */
export const sometimesNames = [
  'stale write rejected',
  'late write undone',
  'ambiguity resolved as done',
  'ambiguity resolved as not done',
  'listening frozen and resumed',
  'candidate dies mid-move',
  'bucket exhausted',
  'clone quarantined',
  'mass silence braked',
  'dead zone passed',
  'velocity held',
  'withdrawal made',
  'restored database paused',
  'lease taken over',
  'drift repaired',
  'foreign mark paused',
  'failback made',
  'nobody heard',
  'maintenance expired',
  'promotion ambiguous and committed',
  'failover for lost heartbeats',
  'failover for HAProxy',
  'no standby and later one',
  'refused beats heard',
  'address followed',
  'address waited for its limit',
  ...sometimesWithFamilies,
] as const;
/** One of them. */
export type SometimesName = (typeof sometimesNames)[number];

type See = (name: SometimesName) => void;

/** Counts them in one world. */
export function countSometimes(): {
  readonly observer: readonly Observer[];
  readonly counts: Record<SometimesName, number>;
} {
  const counts = Object.fromEntries(sometimesNames.map((name) => [name, 0])) as Record<SometimesName, number>;
  const see: See = (name) => {
    counts[name] += 1;
  };
  return {
    observer: [
      ...[seeDecisions(see), seePromotions(see), seeWrites(see), seeLease(see), seeMoves(see), seeRefused(see)],
      seeFamilies(see),
    ],
    counts,
  };
}

function seeDecisions(see: See): Observer {
  const blind = new Set<string>();
  const stuck = new Set<PoolId>();
  return {
    onDecision({ decision, poolId }) {
      if (decision.kind === 'wait' && decision.because === 'mass-silence') see('mass silence braked');
      if (decision.kind === 'wait' && decision.because === 'velocity') see('velocity held');
      if (decision.kind === 'wait' && decision.because === 'dynamic-dns') see('address waited for its limit');
      if (decision.kind === 'refuse' && decision.because === 'nobody-heard') see('nobody heard');
      if (decision.kind === 'refuse' && decision.because === 'no-standby') stuck.add(poolId);
    },
    onStatuses(rows, replica) {
      const isBlind = rows.some(({ evidence }) => evidence.listening.blindBecause !== null);
      if (isBlind) blind.add(replica);
      else if (blind.delete(replica)) see('listening frozen and resumed');
    },
    onPromotion({ poolId, kind }) {
      if (stuck.delete(poolId) && kind === 'failover') see('no standby and later one');
    },
    onHeld: () => see('bucket exhausted'),
    onPaused(_poolId, { because }) {
      if (because === 'foreign-mark') see('foreign mark paused');
      if (because === 'newer-epoch') see('restored database paused');
    },
    onQuarantined: () => see('clone quarantined'),
    onNotice({ kind }) {
      if (kind === 'member.maintenance-over' || kind === 'pool.maintenance-over') see('maintenance expired');
    },
  };
}

function seePromotions(see: See): Observer {
  /** Promotions that their process gave up; one that is there all the same was ambiguous. */
  const committed = new Map<string, number>();
  return {
    onPromotion({ kind, cause, decision }, { replica }, at) {
      if (kind === 'withdrawal') see('withdrawal made');
      if (kind === 'failback') see('failback made');
      if (kind === 'address') see('address followed');
      if (cause === 'heartbeat-lost') see('failover for lost heartbeats');
      if (cause === 'haproxy-inactive') see('failover for HAProxy');
      if (decision.kind === 'promote' && decision.unbraked === 'dead-zone') see('dead zone passed');
      if (replica !== null) committed.set(replica, at);
    },
    onLog({ replica, message }, at) {
      if (!message.startsWith('The promotion may not be recorded')) return;
      const last = committed.get(replica);
      if (last !== undefined && at - last < ambiguousWithinMs) see('promotion ambiguous and committed');
    },
  };
}

/** The store's limit for a promotion, and the loop's. */
const ambiguousWithinMs = 6_000;

interface Open {
  readonly call: DnsCall;
  isApplied: boolean;
}

function seeWrites(see: See): Observer {
  const applied = new Set<number>();
  const open = new Map<BindingId, Open>();
  const stale = new Set<BindingId>();
  const epochs = new Map<PoolId, number>();
  let truth: Truth | null = null;
  return {
    onBegin(begun) {
      truth = begun;
    },
    onPromotion: ({ poolId, epoch }) => void epochs.set(poolId, epoch),
    onWriteApplied({ call, epoch, late }) {
      applied.add(call.call);
      const was = open.get(call.bindingId);
      if (was?.call.call === call.call) was.isApplied = true;
      if (late && epoch < (epochs.get(call.poolId) ?? 0)) stale.add(call.bindingId);
      else if (stale.delete(call.bindingId)) see('late write undone');
    },
    onWriteRejected({ poolId, epoch }) {
      if (epoch !== null && epoch < (truth?.house.pools.get(poolId)?.epoch ?? 0)) see('stale write rejected');
    },
    onDnsCallStarted({ bindingId, verb, epoch }) {
      const was = open.get(bindingId);
      if (verb !== 'replace' || was === undefined) return;
      open.delete(bindingId);
      if (!was.isApplied && was.call.epoch === epoch) see('ambiguity resolved as not done');
    },
    onDnsCallEnded(call, outcome) {
      if (
        call.verb === 'replace' &&
        (outcome === 'error:dns_outcome_unknown' || outcome === 'error:dns_server_failure')
      )
        open.set(call.bindingId, { call, isApplied: applied.has(call.call) });
    },
    onPublication({ bindingId, step, epoch, repaired }) {
      if (repaired === true) see('drift repaired');
      const was = open.get(bindingId);
      if (step !== 'acknowledged' || was === undefined || was.call.epoch !== epoch) return;
      open.delete(bindingId);
      if (was.isApplied) see('ambiguity resolved as done');
    },
  };
}

function seeLease(see: See): Observer {
  let holder: { readonly replica: string; readonly term: number } | null = null;
  let wasReleased = false;
  return {
    onLease(replica, fence) {
      if (fence === null) return;
      const isOther = holder !== null && fence.term !== holder.term && holder.replica !== replica;
      if (isOther && !wasReleased) see('lease taken over');
      holder = { replica, term: fence.term };
      wasReleased = false;
    },
    onReplica(replica, state) {
      if (state === 'stopped' && holder?.replica === replica) wasReleased = true;
    },
  };
}

/** Each time that a member's beats begin to be refused. */
function seeRefused(see: See): Observer {
  const refused = new Set<MemberId>();
  return {
    onBeatHeard({ memberId, verdict, refusal }) {
      if (verdict !== 'new') return;
      if (refusal === null) refused.delete(memberId);
      else if (!refused.has(memberId)) {
        refused.add(memberId);
        see('refused beats heard');
      }
    },
  };
}

/** Who was just chosen, until the record names it. */
function seeMoves(see: See): Observer {
  const moving = new Map<PoolId, { readonly to: MemberId; readonly epoch: number; readonly wasWell: boolean }>();
  let truth: Truth | null = null;
  const isWell = (memberId: MemberId) => {
    const host = truth?.host(memberId);
    return (
      host?.powered === true && host.agent === 'running' && host.haproxy !== 'stopped' && host.haproxy !== 'failed'
    );
  };
  return {
    onBegin(begun) {
      truth = begun;
    },
    onPromotion({ poolId, to, epoch }) {
      moving.set(poolId, { to, epoch, wasWell: isWell(to) });
    },
    onWriteApplied({ call, epoch }) {
      const move = moving.get(call.poolId);
      if (move?.epoch !== epoch) return;
      moving.delete(call.poolId);
      if (move.wasWell && !isWell(move.to)) see('candidate dies mid-move');
    },
    onFault({ side, phase, memberId }) {
      if (side !== 'host' || phase !== 'begin' || memberId === null) return;
      for (const [poolId, { to }] of moving) {
        if (to !== memberId) continue;
        moving.delete(poolId);
        see('candidate dies mid-move');
      }
    },
  };
}
