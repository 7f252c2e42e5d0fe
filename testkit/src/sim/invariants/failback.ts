import type { MemberId } from '@serverctl/core';
import type { HeardLedger } from './heard-ledger.ts';
import type { Invariant } from './invariant.ts';
import { isJudged } from './promotion-trouble.ts';
import { type Committed, watchPromotions } from './promotion-watch.ts';
import { unknownBeatMs } from './unknown-beat.ts';

/*
 * I9. A member's health is broken for certain by a silence that is longer than the failover delay, or by HAProxy told down for longer than
 * the grace, each with the time that an honest loop may not know of. A new term of the lease begins to count anew.
 */

const minuteMs = 60_000;

export const failbackWaits: Invariant = {
  id: 'I9',
  sentence:
    "An automatic failback needs the policy, the preferred member's unbroken health for its minutes, and fewer than three failures in its last hour.",
  rules: ['R12'],
  watch: (say, ledgers) =>
    watchPromotions(say, ledgers, (committed) => (committed.promotion.kind === 'failback' ? judge(committed) : [])),
};

function judge(committed: Committed): readonly string[] {
  const { promotion, calledAt, listening, replica } = committed;
  const { failback } = promotion.evidence.pool;
  const words: string[] = [];
  if (failback.policy !== 'automatic') words.push(`the failback policy is ${failback.policy}.`);
  const since = listening.termSince(replica) ?? calledAt;
  const troubles = troublesOf(committed).filter(({ to }) => to > since);
  const healthyMs = calledAt - Math.max(since, ...troubles.map(({ to }) => to));
  if (healthyMs < failback.afterMinutes * minuteMs)
    words.push(`${promotion.to} has been healthy for ${Math.round(healthyMs)} ms, not ${failback.afterMinutes} min.`);
  const lately = troubles.filter(({ from }) => from > calledAt - 60 * minuteMs + unknownBeatMs);
  if (lately.length >= 3) words.push(`${promotion.to} failed ${lately.length} times within the hour.`);
  return words;
}

interface Trouble {
  readonly from: number;
  readonly to: number;
}

function troublesOf({ promotion: { to, evidence }, truth, heard, calledAt }: Committed): readonly Trouble[] {
  const member = truth.house.members.get(to);
  const { pool } = evidence;
  const silent = silencesOf(heard, to, pool.failoverDelayMs + unknownBeatMs, calledAt);
  if (member === undefined || !isJudged(member, pool.preset)) return silent;
  const down = heard
    .stretches(to)
    .map(({ beganAt, endedAt, downUntil }) => ({ from: beganAt, to: downUntil ?? endedAt ?? calledAt }))
    .filter((stretch) => stretch.to - stretch.from > certainlyDownMs + pool.haproxyGraceMs);
  return [...silent, ...down];
}

/** What R4 may make neutral in all: packages changed for 60 s, and 15 s on the way up. */
const certainlyDownMs = 75_000 + unknownBeatMs;

function silencesOf(heard: HeardLedger, memberId: MemberId, longerThanMs: number, at: number): readonly Trouble[] {
  const beats = heard.beatsSince(memberId, 0).map(({ heardAt }) => heardAt);
  return beats.flatMap((from, index) => {
    const to = beats[index + 1] ?? at;
    return to - from > longerThanMs ? [{ from, to }] : [];
  });
}
