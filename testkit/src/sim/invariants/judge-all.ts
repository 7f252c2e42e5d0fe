import type { Observer } from '../observer.ts';
import { combineObservers } from './combine.ts';
import { keepHeardLedger } from './heard-ledger.ts';
import type { Invariant } from './invariant.ts';
import { LateTruth } from './late-truth.ts';
import { keepListeningLedger } from './listening-ledger.ts';
import { keepPromotionLedger } from './promotion-ledger.ts';

/** Told of each breach. */
export type Breach = (invariant: Invariant, at: number, sentence: string) => void;

/** One observer that judges all of them. What was heard is noted before they look, promotions after: "before" means before. */
export function judgeAll(invariants: readonly Invariant[], breach: Breach): Observer {
  const truth = new LateTruth();
  const heard = keepHeardLedger();
  const listening = keepListeningLedger();
  const promotions = keepPromotionLedger();
  const ledgers = { truth, heard, listening, promotions };
  const judges = invariants.map((invariant) =>
    invariant.watch((at, sentence) => breach(invariant, at, sentence), ledgers),
  );
  return combineObservers([{ onBegin: (begun) => truth.begin(begun) }, heard, listening, ...judges, promotions]);
}
