import type { Member, MemberId, Pool } from '@serverctl/core';
import type { Truth } from '../truth.ts';
import { watchCalm } from './calm.ts';
import { combineObservers } from './combine.ts';
import { addressOfType, neededFamilies } from './families.ts';
import type { Invariant, Ledgers } from './invariant.ts';
import { keepMaintenanceLedger } from './maintenance-ledger.ts';
import { isJudged } from './promotion-trouble.ts';

/*
 * The other half of I5: what must be done is done. A pool is overdue when for its full time and 15 s more, without a break
 *
 *   its active member's host has no power or no agent (time: the failover delay), or its agent tells HAProxy stopped (the grace)
 *   nothing stands in the control plane's way (calm.ts), and no settings, brakes or persons in the pool's, and no maintenance that may bind
 *   some other member is well beyond doubt, and fewer than three members of the fleet are silent (R9)
 */

const slackMs = 15_000;
const lookEveryMs = 1_000;
const minuteMs = 60_000;
/** R3's 30 s of health, and the time until they are known. */
const wellForMs = 45_000;

export const lossIsActedOn: Invariant = {
  id: 'L5',
  sentence:
    'A plain loss of the active member, with a standby plainly well and nothing in the way, is acted on in its time and 15 s.',
  rules: ['R6', 'R8'],
  watch: (say, ledgers) => {
    const { truth } = ledgers;
    const calm = watchCalm();
    const rests = keepMaintenanceLedger();
    const since = new Map<string, number>();
    let nextLookAt = 0;
    let calmSince: number | null = null;

    function judge(pool: Pool, calmFrom: number, at: number): void {
      const mayRest = (member: Member) => rests.mayRest(member, at, calmFrom);
      const neededMs = overdueAfterMs(pool, { ...ledgers, mayRest }, at);
      if (neededMs === null) return void since.delete(pool.id);
      const from = since.get(pool.id) ?? at;
      since.set(pool.id, from);
      if (at - from <= neededMs + slackMs) return;
      since.delete(pool.id);
      say(at, `pool ${pool.id} stays with ${pool.activeMemberId}, plainly lost for ${Math.round(at - from)} ms.`);
    }

    return combineObservers([
      calm,
      rests,
      {
        onOperator: ({ poolId }) => {
          if (poolId === null) since.clear();
          else since.delete(poolId);
        },
        onEvent(at) {
          if (at < nextLookAt) return;
          nextLookAt = at + lookEveryMs;
          rests.look(truth.house, at);
          if (calm.since() !== calmSince || calmSince === null || !fleetIsHeard(ledgers, at)) since.clear();
          calmSince = calm.since();
          if (calmSince === null) return;
          for (const pool of truth.house.pools.values()) judge(pool, calmSince, at);
        },
      },
    ]);
  },
};

interface Lookup extends Ledgers {
  /** Whether a maintenance may still bind it. */
  readonly mayRest: (member: Member) => boolean;
}

/** The time that the trouble must last before it is acted on; null = there is none, or something excuses the loop. */
function overdueAfterMs(pool: Pool, lookup: Lookup, at: number): number | null {
  const { truth, promotions, mayRest } = lookup;
  const { house } = truth;
  const active = pool.activeMemberId === null ? undefined : house.members.get(pool.activeMemberId);
  if (active === undefined || !pool.automaticFailover || pool.held || pool.paused !== null) return null;
  if (mayRest(active)) return null;
  const neededMs = troubleMs(active, pool, truth);
  if (neededMs === null) return null;
  const past = promotions.ofPool(pool.id).filter((one) => at - one.at < 60 * minuteMs);
  const lately = past.filter((one) => at - one.at < 10 * minuteMs);
  const acknowledged = house.acknowledgedEpoch.get(pool.id) ?? 0;
  const counted = (list: typeof past) =>
    list.filter(({ epoch, isAutomatic }) => isAutomatic && epoch > acknowledged).length;
  if (counted(lately) >= 3 || counted(past) >= 6 || lately.some((one) => at - one.at < 15_000)) return null;
  return [...house.members.values()].some((member) => isWell(member, pool, lookup, at)) ? neededMs : null;
}

function troubleMs(active: Member, pool: Pool, truth: Truth): number | null {
  if (!truth.house.enrolledAt.has(active.id)) return null;
  const host = truth.host(active.id);
  if (hasClone(truth, active.id)) return null;
  if (!host.powered || host.agent === 'gone') return pool.failoverDelayMs;
  if (host.agent !== 'running' || host.packageLock || !isJudged(active, pool.preset)) return null;
  if (host.haproxy !== 'stopped' && host.haproxy !== 'failed') return null;
  return isTouched(truth, active.id) ? null : pool.haproxyGraceMs;
}

function isWell(member: Member, pool: Pool, { truth, heard, mayRest }: Lookup, at: number): boolean {
  const { house } = truth;
  if (member.poolId !== pool.id || member.id === pool.activeMemberId || mayRest(member)) return false;
  if (!house.enrolledAt.has(member.id) || house.quarantined.has(member.id)) return false;
  if (neededFamilies(house, pool).some((type) => addressOfType(house, member, type) === null)) return false;
  const host = truth.host(member.id);
  if (!host.powered || host.agent !== 'running' || at - host.since.agent < wellForMs || isTouched(truth, member.id))
    return false;
  if (isJudged(member, pool.preset) && (host.haproxy !== 'running' || at - host.since.haproxy < wellForMs))
    return false;
  const heardAt = heard.heardAt(member.id, at);
  return heardAt !== null && at - heardAt < 3_000;
}

export function isTouched({ faults }: Truth, memberId: MemberId): boolean {
  return faults.some((fault) => fault.memberId === memberId);
}

export function hasClone({ hosts }: Truth, memberId: MemberId): boolean {
  return hosts.filter((host) => host.memberId === memberId).length > 1;
}

/** Fewer than three silent members: no mass silence whatever the loop counts. */
export function fleetIsHeard({ truth, heard }: Ledgers, at: number): boolean {
  let silent = 0;
  for (const memberId of truth.house.enrolledAt.keys()) {
    const heardAt = heard.heardAt(memberId, at);
    if (heardAt === null || at - heardAt > 3_000) silent += 1;
  }
  return silent < 3;
}
