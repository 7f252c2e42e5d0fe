import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query';
import { dnsApi } from './api/dns.ts';
import { historyApi } from './api/history.ts';
import { sessionApi } from './api/session.ts';
import { Failure } from './failure.ts';

/**
 * What is asked for once: what changes by itself comes with the live stream, which makes these be asked again. A browser that says that it is
 * offline may reach a control plane beside it all the same, and an act that waits for a network would run when nobody expects it any more.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      mutations: { networkMode: 'always' },
      queries: {
        networkMode: 'always',
        refetchOnReconnect: true,
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

const eventsPerPage = 20;
/** The newest events of a pool, and older ones page by page; each page oldest first, as the API has it. */
export const eventsQuery = (poolId: string) =>
  infiniteQueryOptions({
    queryKey: ['events', poolId],
    queryFn: async ({ pageParam, signal }) => {
      const before = pageParam === null ? {} : { before: pageParam };
      return (await historyApi.events({ poolId, limit: eventsPerPage, ...before }, signal)).events;
    },
    initialPageParam: null as number | null,
    getNextPageParam: (page) => (page.length < eventsPerPage ? undefined : page[0]?.seq),
  });

/** One promotion with what it was decided on. */
export const promotionQuery = (poolId: string, promotionId: string) =>
  queryOptions({
    queryKey: ['promotions', poolId, promotionId],
    queryFn: ({ signal }) => historyApi.promotion(poolId, promotionId, signal),
  });

const shownAfterwards = 12;
/** What happened in a pool from an instant on, oldest first. */
export const afterwardsQuery = (poolId: string, since: string) =>
  queryOptions({
    queryKey: ['events', poolId, since],
    queryFn: async ({ signal }) =>
      (await historyApi.events({ poolId, after: 0, since, limit: shownAfterwards }, signal)).events,
  });

/** Tried in calm every five minutes by the server: what is shown here is not older than a look at the page and a minute. */
const credentialsEveryMs = 60_000;

export const credentialsQuery = queryOptions({
  queryKey: ['dns-credentials'],
  queryFn: async ({ signal }) => (await dnsApi.credentials(signal)).credentials,
  staleTime: 0,
  refetchInterval: credentialsEveryMs,
});
