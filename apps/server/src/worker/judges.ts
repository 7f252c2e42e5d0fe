import {
  countPromotion,
  type FleetEvidence,
  type Instant,
  isNobodyHeard,
  type Listening,
  type PoolId,
} from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { EvidenceSource } from './evidence.ts';
import type { Sight } from './lookout.ts';
import type { Observation } from './observation.ts';
import { saysTheSame } from './pools-read.ts';
import type { PoolWithMembers } from './ports.ts';
import { holdsUntil, judgePool, shareEvidence, troubleForMs, type Verdict } from './verdict.ts';

/*
 * Judges all pools of one sight, and no pool more often than it can have changed.
 *
 *   a calm verdict is kept   only `keep`, which does nothing, for at most a second, and while the pool says the same, its members sent nothing but
 *                            beats as before, its own deadline is not reached, and listening is as it was. Ages and the publisher's word are
 *                            not asked. So what is acted on is always of this sight; the worst that a kept one can do is to be late by a second
 *   promotions compete       R9 and R10 count each promotion that they bind for those after it. Who waits longest is first; the others
 *                            are judged again, one after the other, with the promotions before theirs as of age 0. Whose last try was
 *                            not recorded is last: one pool that cannot be moved must not keep all others waiting
 */

/** All pools judged on one sight, and what they share. */
export interface Judged {
  readonly verdicts: readonly Verdict[];
  readonly listening: Listening;
  readonly fleet: FleetEvidence;
  readonly at: Instant;
  /** The verdicts that are new in this turn; the others were made in an earlier one. */
  readonly fresh: readonly Verdict[];
}

export interface Judges {
  /** `turnBeganAt`: the instant of the turn's first sight, when this is its second. */
  judge(sight: Sight, turnBeganAt?: Instant): Judged;
  /** The pool's promotion was not recorded. */
  triedInVain(poolId: PoolId): void;
}

/** A verdict is judged anew after this in any case: ages grow, and people look at them. */
const keptForMs = 1_000;
/** For so long a pool whose promotion failed lets the others go first. */
const yieldsForMs = 10_000;

interface Kept {
  readonly verdict: Verdict;
  readonly newsNo: number;
  readonly outline: string;
}

export function createJudges(clock: Clock, isUntouched: EvidenceSource['isUntouched']): Judges {
  const failedAt = new Map<PoolId, Instant>();
  let kept = new Map<PoolId, Kept>();
  let observed: Observation | null = null;

  function stillHolds(known: Kept | undefined, row: PoolWithMembers, newsNo: number, outline: string, now: Instant) {
    if (known === undefined || !saysTheSame(known.verdict.row, row)) return false;
    const { verdict } = known;
    const isCalm = verdict.judgement.decision.kind === 'keep' && verdict.lossDueInMs !== 0;
    const isDue = now >= Math.min(verdict.judgedAt + keptForMs, holdsUntil(verdict));
    return isCalm && !isDue && known.newsNo === newsNo && known.outline === outline;
  }

  /** Those that would promote, and are bound by R9 and R10, one after the other. */
  function inTurn(verdicts: readonly Verdict[], source: EvidenceSource): readonly Verdict[] {
    const competing = verdicts.filter(isCounted);
    if (competing.length < 2) return verdicts;
    const order = competing.toSorted(
      (a, b) => yields(a, source.now) - yields(b, source.now) || troubleForMs(b) - troubleForMs(a) || byId(a, b),
    );
    const rejudged = new Map<PoolId, Verdict>();
    let fleet = source.fleet;
    for (const { row } of order) {
      const verdict = judgePool(row, { ...source, fleet });
      rejudged.set(row.pool.id, verdict);
      fleet = countPromotion(fleet, verdict.judgement.decision);
    }
    return verdicts.map((verdict) => rejudged.get(verdict.row.pool.id) ?? verdict);
  }

  function yields({ row }: Verdict, now: Instant): number {
    return now - (failedAt.get(row.pool.id) ?? Number.NEGATIVE_INFINITY) < yieldsForMs ? 1 : 0;
  }

  return {
    judge(sight, turnBeganAt = sight.at) {
      const { pools, observation, at } = sight;
      const source = shareEvidence(sight, clock, isUntouched);
      const outline = outlineOf(source.listening);
      const before: ReadonlyMap<PoolId, Kept> = observed === observation ? kept : new Map();
      const news = pools.rows.map((row) => newsNoOf(row, observation));
      const verdicts = pools.rows.map((row, index) => {
        const known = before.get(row.pool.id);
        return known !== undefined && stillHolds(known, row, news[index] ?? 0, outline, at)
          ? known.verdict
          : judgePool(row, source);
      });
      const judged = inTurn(verdicts, source);
      kept = new Map(
        judged.map((verdict, index) => [verdict.row.pool.id, { verdict, newsNo: news[index] ?? 0, outline }]),
      );
      observed = observation;
      const fresh = judged.filter(({ judgedAt }) => judgedAt >= turnBeganAt);
      return { verdicts: judged, fresh, listening: source.listening, fleet: source.fleet, at };
    },
    triedInVain: (poolId) => void failedAt.set(poolId, clock.now()),
  };
}

/** What of the listening can change a decision, a health or a standing. */
function outlineOf(listening: Listening): string {
  return `${listening.blindBecause} ${listening.heardMembers === 0} ${isNobodyHeard(listening)}`;
}

function newsNoOf({ members }: PoolWithMembers, observation: Observation): number {
  let newest = 0;
  for (const { id } of members) newest = Math.max(newest, observation.member(id)?.turnedNo ?? 0);
  return newest;
}

function isCounted({ judgement, evidence }: Verdict): boolean {
  return countPromotion(evidence.fleet, judgement.decision) !== evidence.fleet;
}

function byId(a: Verdict, b: Verdict): number {
  return a.row.pool.id < b.row.pool.id ? -1 : 1;
}
