import type { PromotionKind } from '@serverctl/core';
import type { KeptPromotion } from '../../memory-house.ts';
import type { Observer, PromotedBy } from '../observer.ts';
import type { Ledgers, Say } from './invariant.ts';

/** An automatic promotion that was just committed, and where to look up what was true when it was decided. */
export interface Committed extends Ledgers {
  readonly promotion: KeptPromotion;
  readonly replica: string;
  /** When the loop asked for it: its evidence is of this moment. */
  readonly calledAt: number;
  /** When it was committed. */
  readonly at: number;
}

/** Words for each thing that must not be. */
export type Judge = (committed: Committed) => readonly string[];

/** Judges each promotion to another member that no person made. */
export function watchPromotions(say: Say, ledgers: Ledgers, judge: Judge): Observer {
  return watchKind(say, ledgers, judge, (kind) => kind !== 'address');
}

/** Judges each promotion of a member to itself by dynamic DNS. */
export function watchFollowed(say: Say, ledgers: Ledgers, judge: Judge): Observer {
  return watchKind(say, ledgers, judge, (kind) => kind === 'address');
}

function watchKind(say: Say, ledgers: Ledgers, judge: Judge, isMeant: (kind: PromotionKind) => boolean): Observer {
  return {
    onPromotion(promotion: KeptPromotion, { replica, calledAt }: PromotedBy, at) {
      if (replica === null || !isMeant(promotion.kind)) return;
      const { poolId, epoch, cause } = promotion;
      for (const words of judge({ ...ledgers, promotion, replica, calledAt, at }))
        say(at, `pool ${poolId}, epoch ${epoch} (${cause}): ${words}`);
    },
  };
}
