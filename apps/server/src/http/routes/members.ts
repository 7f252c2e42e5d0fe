import {
  EnrolmentInput,
  EnrolmentProgress,
  EnrolmentView,
  MemberAdded,
  MemberInput,
  MemberList,
  MemberParams,
  MemberPatch,
  MemberView,
  PoolParams,
  Removed,
  RemoveMemberQuery,
} from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { ServiceDeps } from '../../services/deps.ts';
import { renewEnrolment } from '../../services/members/enrolment.ts';
import { addMember, getMemberView, listMemberViews } from '../../services/members/member-service.ts';
import { readProgress } from '../../services/members/progress.ts';
import { removeMember } from '../../services/members/remove-member.ts';
import { setMember } from '../../services/members/set-member.ts';
import { callerOf } from '../caller.ts';
import { failures } from './replies.ts';

const tags = ['members'];
const one = '/pools/:poolId/members/:memberId';
const movesRecord = { when: { in: 'body', field: 'confirmMove', is: true }, permission: 'promotion:write' } as const;
const failsBack = { when: { in: 'body', field: 'confirmFailback', is: true }, permission: 'promotion:write' } as const;
const releasesRecord = {
  when: { in: 'query', field: 'releaseRecord', is: true },
  permission: 'promotion:write',
} as const;

export const memberRoutes: FastifyPluginAsyncZod<{ deps: ServiceDeps }> = async (app, { deps }) => {
  app.get(
    '/pools/:poolId/members',
    {
      config: { permission: 'pool:read' },
      schema: {
        operationId: 'listMembers',
        summary: 'The members of a pool',
        tags,
        params: PoolParams,
        response: { 200: MemberList, ...failures },
      },
    },
    ({ params }) => listMemberViews(deps, params.poolId),
  );
  app.post(
    '/pools/:poolId/members',
    {
      config: { permission: 'member:write', also: [failsBack], stepUp: true },
      schema: {
        operationId: 'addMember',
        summary: 'Add a member',
        description: 'The enrolment secret is in this reply and never again.',
        tags,
        params: PoolParams,
        body: MemberInput,
        response: { 201: MemberAdded, ...failures },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await addMember(deps, callerOf(request), request.params.poolId, request.body)),
  );
  app.get(
    one,
    {
      config: { permission: 'pool:read' },
      schema: {
        operationId: 'getMember',
        summary: 'One member',
        tags,
        params: MemberParams,
        response: { 200: MemberView, ...failures },
      },
    },
    ({ params }) => getMemberView(deps, params),
  );
  app.get(
    `${one}/enrolment`,
    {
      config: { permission: 'pool:read' },
      schema: {
        operationId: 'getEnrolment',
        summary: 'How far the host has come with its install line',
        tags,
        params: MemberParams,
        response: { 200: EnrolmentProgress, ...failures },
      },
    },
    ({ params }) => readProgress(deps, params),
  );
  changeRoutes(app, deps);
};

function changeRoutes(app: Parameters<typeof memberRoutes>[0], deps: ServiceDeps): void {
  app.patch(
    one,
    {
      config: { permission: 'member:write', also: [movesRecord, failsBack] },
      schema: {
        operationId: 'setMember',
        summary: 'Change a member: rename, re-address, egress, units, priority',
        description: 'After a rename the old hostname is accepted for ten more minutes. The id never changes.',
        tags,
        params: MemberParams,
        body: MemberPatch,
        response: { 200: MemberView, ...failures },
      },
    },
    (request) => setMember(deps, callerOf(request), request.params, request.body),
  );
  app.delete(
    one,
    {
      config: { permission: 'member:write', also: [releasesRecord] },
      schema: {
        operationId: 'removeMember',
        summary: 'Remove a member',
        description:
          'The active member only with `releaseRecord`: its records stay as they are and are no longer managed.',
        tags,
        params: MemberParams,
        querystring: RemoveMemberQuery,
        response: { 200: Removed, ...failures },
      },
    },
    (request) => removeMember(deps, callerOf(request), request.params, request.query),
  );
  app.post(
    `${one}/enrolment`,
    {
      config: { permission: 'member:write', stepUp: true },
      schema: {
        operationId: 'renewEnrolment',
        summary: 'Make a new install line; the earlier secret is void',
        tags,
        params: MemberParams,
        body: EnrolmentInput,
        response: { 201: EnrolmentView, ...failures },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await renewEnrolment(deps, callerOf(request), request.params, request.body.minutes)),
  );
}
