import { queryOptions } from '@tanstack/react-query';
import { peopleApi } from '../../lib/api/people.ts';
import { sessionApi } from '../../lib/api/session.ts';

/** People and sessions come with no stream: they are asked for anew each time their page is opened. */
const onOpening = { staleTime: 0 } as const;

export const sessionsQuery = queryOptions({
  queryKey: ['me', 'sessions'],
  queryFn: async ({ signal }) => (await sessionApi.sessions(signal)).sessions,
  ...onOpening,
});

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: async ({ signal }) => (await peopleApi.users(signal)).users,
  ...onOpening,
});

export const invitationsQuery = queryOptions({
  queryKey: ['invitations'],
  queryFn: async ({ signal }) => (await peopleApi.invitations(signal)).invitations,
  ...onOpening,
});

export const tokensQuery = queryOptions({
  queryKey: ['api-tokens'],
  queryFn: async ({ signal }) => (await peopleApi.tokens(signal)).tokens,
  ...onOpening,
});
