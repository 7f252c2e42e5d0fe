import type { Observer } from '../observer.ts';
import type { Truth } from '../truth.ts';
import type { HeardLedger } from './heard-ledger.ts';
import type { ListeningLedger } from './listening-ledger.ts';
import type { PromotionLedger } from './promotion-ledger.ts';

/** Says that the invariant was broken, with the figures. */
export type Say = (at: number, sentence: string) => void;

/** What judges look things up in; kept once for all of them. */
export interface Ledgers {
  readonly truth: Truth;
  readonly heard: HeardLedger;
  readonly listening: ListeningLedger;
  /** Those before the one that is being judged. */
  readonly promotions: PromotionLedger;
}

/** One thing that must always hold, and who watches it. */
export interface Invariant {
  /** Its number in RELIABILITY.md section 6; L1 … are its liveness, in the order named there. */
  readonly id: string;
  /** What must hold. */
  readonly sentence: string;
  readonly rules: readonly string[];
  watch(say: Say, ledgers: Ledgers): Observer;
}
