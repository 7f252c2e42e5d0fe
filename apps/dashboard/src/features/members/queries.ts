import { type QueryState, queryOptions } from '@tanstack/react-query';
import { historyApi } from '../../lib/api/history.ts';
import { membersApi } from '../../lib/api/members.ts';

/** What was set for the members of a pool; asked again when the pool changes. */
export const membersQuery = (poolId: string) =>
  queryOptions({
    queryKey: ['members', poolId],
    queryFn: async ({ signal }) => (await membersApi.list(poolId, signal)).members,
  });

/** What is set for one member as its form opens: asked then, and kept for that form only. */
export const memberToChangeQuery = (poolId: string, ref: string) =>
  queryOptions({
    queryKey: ['member-to-change', poolId, ref],
    queryFn: ({ signal }) => membersApi.get(poolId, ref, signal),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });

const lookEveryMs = 1_000;
const looksAtMostEveryMs = 8_000;

/** As the live stream is tried again: while nobody answers it waits as long again as it has waited, 8 s at most. */
export const lookAgainInMs = ({ status, dataUpdatedAt, errorUpdatedAt }: Looked): number =>
  status === 'error'
    ? Math.min(looksAtMostEveryMs, Math.max(lookEveryMs, errorUpdatedAt - dataUpdatedAt))
    : lookEveryMs;

type Looked = Pick<QueryState, 'status' | 'dataUpdatedAt' | 'errorUpdatedAt'>;

/** How far a host has come; asked each second while somebody waits beside its install line and is answered. */
export const progressQuery = (poolId: string, memberId: string, isWaiting: boolean) =>
  queryOptions({
    queryKey: ['members', poolId, 'progress', memberId],
    queryFn: ({ signal }) => membersApi.progress(poolId, memberId, signal),
    refetchInterval: isWaiting ? ({ state }) => lookAgainInMs(state) : false,
    ...(isWaiting && { retry: false }),
  });

/** The pool's newest, of which those of one member are shown. */
export const searchedEvents = 200;
export const poolEventsQuery = (poolId: string) =>
  queryOptions({
    queryKey: ['events', poolId, searchedEvents],
    queryFn: async ({ signal }) => (await historyApi.events({ poolId, limit: searchedEvents }, signal)).events,
  });
