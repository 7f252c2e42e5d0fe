import { QueryClient, queryOptions } from '@tanstack/react-query';
import { historyApi } from './api/history.ts';
import { sessionApi } from './api/session.ts';
import { Failure } from './failure.ts';

/** What is asked for once: what changes by itself comes with the live stream, which makes these be asked again. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        // A refusal stays one; nobody at all may be there again in a moment.
        retry: (failures, error) => failures < 2 && error instanceof Failure && error.status === 0,
      },
    },
  });
}

/** Who is signed in. */
export const meQuery = queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => sessionApi.me(signal) });

const shownPromotions = 20;
export const promotionsQuery = (poolId: string) =>
  queryOptions({
    queryKey: ['promotions', poolId],
    queryFn: async ({ signal }) => (await historyApi.promotions(poolId, shownPromotions, signal)).promotions,
  });

const shownEvents = 20;
export const eventsQuery = (poolId: string) =>
  queryOptions({
    queryKey: ['events', poolId],
    queryFn: async ({ signal }) => (await historyApi.events({ poolId, limit: shownEvents }, signal)).events,
  });
