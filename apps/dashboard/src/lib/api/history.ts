import type { EventList, EventQuery, PromotionDetail, PromotionView, WhyView } from '@serverctl/contract';
import { ask } from './ask.ts';

interface PromotionList {
  readonly promotions: readonly PromotionView[];
}

/** What happened, and why. */
export const historyApi = {
  promotions: (poolId: string, limit: number, signal: AbortSignal) =>
    ask<PromotionList>({ path: ['pools', poolId, 'promotions'], query: { limit }, signal }),
  promotion: (poolId: string, promotionId: string, signal: AbortSignal) =>
    ask<PromotionDetail>({ path: ['pools', poolId, 'promotions', promotionId], signal }),
  events: ({ poolId, limit, after, before, since }: EventQuery, signal: AbortSignal) =>
    ask<EventList>({ path: ['events'], query: { poolId, limit, after, before, since }, signal }),
  why: (poolId: string, at: string | undefined, signal: AbortSignal) =>
    ask<WhyView>({ path: ['pools', poolId, 'why'], query: { at }, signal }),
};
