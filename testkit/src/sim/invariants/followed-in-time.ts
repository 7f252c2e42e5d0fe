import type { Member, Pool, PoolId, RecordType } from '@serverctl/core';
import { namesOf } from '../../memory-promote.ts';
import { fleetIsHeard, hasClone, isTouched } from './acts.ts';
import { watchCalm } from './calm.ts';
import { combineObservers } from './combine.ts';
import { addressOfType, promotedAddress, promotionOf } from './families.ts';
import type { Invariant, Ledgers } from './invariant.ts';
import { keepMaintenanceLedger } from './maintenance-ledger.ts';

/*
 * The other half of dynamic DNS: what must be followed is followed. A pool is overdue when for the time that a process takes to keep what
 * an agent declares (once a minute), the minute between two that are followed, and 15 s more, without a break
 *
 *   the address that its active member's agent declares, or that a person set, is not that of the present promotion, in a family that the
 *     names have, and stays the same
 *   the member's host is plainly well, nothing stands in the control plane's way (calm.ts), and no person or maintenance in the pool's
 *   fewer than six were followed within the hour
 */

const keptWithinMs = 60_000;
const apartMs = 60_000;
const slackMs = 15_000;
const lookEveryMs = 1_000;
const hourMs = 3_600_000;
const mostInAnHour = 6;
const wellForMs = 15_000;

interface Waiting {
  /** What is to be followed, as text: another address begins anew. */
  readonly what: string;
  readonly since: number;
}

export const addressIsFollowedInTime: Invariant = {
  id: 'L7',
  sentence:
    'With dynamic DNS the public address that the active member has, of each family that the names have, is followed within 135 s when nothing is in the way.',
  rules: ['R6', 'R20'],
  watch: (say, ledgers) => {
    const { truth } = ledgers;
    const calm = watchCalm();
    const rests = keepMaintenanceLedger();
    const waiting = new Map<PoolId, Waiting>();
    let nextLookAt = 0;

    function judge(pool: Pool, calmFrom: number, at: number): void {
      const mayRest = (member: Member) => rests.mayRest(member, at, calmFrom);
      const what = unfollowed(pool, { ...ledgers, mayRest }, at);
      const known = waiting.get(pool.id);
      if (what === null) return void waiting.delete(pool.id);
      if (known?.what !== what) return void waiting.set(pool.id, { what, since: at });
      if (at - Math.max(known.since, calmFrom) <= keptWithinMs + apartMs + slackMs) return;
      waiting.delete(pool.id);
      say(at, `pool ${pool.id} does not follow ${what}, known for ${Math.round(at - known.since)} ms.`);
    }

    return combineObservers([
      calm,
      rests,
      {
        onOperator({ poolId }) {
          if (poolId === null) waiting.clear();
          else waiting.delete(poolId);
        },
        onPromotion: ({ poolId }) => void waiting.delete(poolId),
        onEvent(at) {
          if (at < nextLookAt) return;
          nextLookAt = at + lookEveryMs;
          const pools = [...truth.house.pools.values()].filter(({ dynamicDns }) => dynamicDns);
          if (pools.length === 0) return; // most worlds have none
          rests.look(truth.house, at);
          const calmSince = calm.since();
          if (calmSince === null || !fleetIsHeard(ledgers, at)) return waiting.clear();
          for (const pool of pools) judge(pool, calmSince, at);
        },
      },
    ]);
  },
};

interface Lookup extends Ledgers {
  readonly mayRest: (member: Member) => boolean;
}

/** What is to be followed, as text; null = nothing, or something excuses the loop. */
function unfollowed(pool: Pool, lookup: Lookup, at: number): string | null {
  const { house } = lookup.truth;
  const active = pool.activeMemberId === null ? undefined : house.members.get(pool.activeMemberId);
  const promotion = promotionOf(house, pool.id, pool.epoch);
  if (active === undefined || promotion === undefined || pool.paused !== null) return null;
  if (!isWell(active, lookup, at) || hasNoRoom(pool, lookup, at)) return null;
  const names = namesOf(house, pool.id);
  if (names.some(({ isLeft, publishedEpoch }) => isLeft || publishedEpoch < pool.epoch)) return null;
  const changes = [...new Set(names.map(({ type }) => type))].flatMap((type) => {
    const present = presentAddress(active, type, lookup);
    return present === null || present === promotedAddress(promotion, type) ? [] : [present];
  });
  return changes.length === 0 ? null : changes.join(' and ');
}

/** As a person set it, else as its agent declares it, else as it is known. */
function presentAddress(active: Member, type: RecordType, { truth }: Lookup): string | null {
  const { declares } = truth.host(active.id);
  const [set, declared] = type === 'A' ? [active.publicIpv4, declares.ipv4] : [active.publicIpv6, declares.ipv6];
  return set ?? declared ?? addressOfType(truth.house, active, type);
}

function isWell(active: Member, { truth, mayRest, heard }: Lookup, at: number): boolean {
  const host = truth.host(active.id);
  const isRunning = host.powered && host.agent === 'running' && host.haproxy === 'running' && !host.packageLock;
  if (!isRunning || at - Math.max(host.since.agent, host.since.haproxy) < wellForMs) return false;
  if (mayRest(active) || truth.house.quarantined.has(active.id)) return false;
  if (hasClone(truth, active.id) || isTouched(truth, active.id)) return false;
  const heardAt = heard.heardAt(active.id, at);
  return heardAt !== null && at - heardAt < 3_000;
}

/** Six were followed within the hour, or the clock by which that is known was set. */
function hasNoRoom(pool: Pool, { promotions }: Lookup, at: number): boolean {
  if (promotions.clockSetIn(at - hourMs, at)) return true;
  const lately = promotions.ofPool(pool.id).filter((one) => one.kind === 'address' && at - one.at < hourMs + slackMs);
  return lately.length >= mostInAnHour;
}
