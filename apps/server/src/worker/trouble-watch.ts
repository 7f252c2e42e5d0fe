import { type Instant, type PoolId, silenceOf } from '@serverctl/core';
import type { PromotionRecord } from './ports.ts';
import type { Verdict } from './verdict.ts';

type Timing = Pick<PromotionRecord, 'detectedAgoMs' | 'lastHeartbeatAgoMs'>;

/** Since when each pool's active member is in trouble, for the timeline: last heartbeat → detected → decided. */
export interface TroubleWatch {
  note(verdicts: readonly Verdict[], now: Instant): void;
  timingOf(verdict: Verdict, now: Instant): Timing;
}

export function createTroubleWatch(): TroubleWatch {
  const since = new Map<PoolId, Instant>();

  return {
    note(verdicts, now) {
      for (const verdict of verdicts) {
        const { pool } = verdict.row;
        if (!inTrouble(verdict)) since.delete(pool.id);
        else if (!since.has(pool.id)) since.set(pool.id, now - stoppedForMs(verdict));
      }
    },
    timingOf(verdict, now) {
      const { pool } = verdict.row;
      const active = verdict.evidence.members.find((member) => member.id === pool.activeMemberId);
      const troubleSince = since.get(pool.id);
      const lost = active !== undefined && verdict.judgement.health[active.id]?.kind === 'heartbeat-lost';
      return {
        detectedAgoMs: troubleSince === undefined ? null : now - troubleSince,
        lastHeartbeatAgoMs: lost ? silenceOf(active.hearing).trueMs : null,
      };
    },
  };
}

function inTrouble({ row, judgement, evidence }: Verdict): boolean {
  const { activeMemberId } = row.pool;
  if (activeMemberId === null) return false;
  const kind = judgement.health[activeMemberId]?.kind;
  const active = evidence.members.find((member) => member.id === activeMemberId);
  return kind === 'heartbeat-lost' || active?.haproxy.kind === 'inactive';
}

/** HAProxy's trouble was detected when we heard of it, before the grace; a loss is detected when it is proven. */
function stoppedForMs({ row, evidence }: Verdict): number {
  const active = evidence.members.find((member) => member.id === row.pool.activeMemberId);
  return active?.haproxy.kind === 'inactive' ? active.haproxy.forMs : 0;
}
