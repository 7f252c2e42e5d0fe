import {
  AllowInput,
  MemberMaintained,
  MemberMaintenanceInput,
  MemberParams,
  MemberView,
  ReasonInput,
} from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { ServiceDeps } from '../../services/deps.ts';
import { allowAddress } from '../../services/members/allow-address.ts';
import { clearMemberQuarantine } from '../../services/members/clear-quarantine.ts';
import { maintainMember, stopMemberMaintenance } from '../../services/members/maintenance.ts';
import { callerOf } from '../caller.ts';
import { failures } from './replies.ts';

const tags = ['members'];
const switchesFirst = { when: { in: 'body', field: 'onActive', is: 'switch' }, permission: 'promotion:write' } as const;
const one = '/pools/:poolId/members/:memberId';

/** What a person does to a member in operation. */
export const memberOperationRoutes: FastifyPluginAsyncZod<{ deps: ServiceDeps }> = async (app, { deps }) => {
  app.put(
    `${one}/maintenance`,
    {
      config: { permission: 'member:write', also: [switchesFirst] },
      schema: {
        operationId: 'maintainMember',
        summary: 'Begin or extend a maintenance of the member',
        description:
          'The active member needs `onActive`: `switch` to the next ready standby in the same act, which needs the permission to promote too, or `stay`. With `preview` nothing changes.',
        tags,
        params: MemberParams,
        body: MemberMaintenanceInput,
        response: { 200: MemberMaintained, ...failures },
      },
    },
    (request) => maintainMember(deps, callerOf(request), request.params, request.body),
  );
  app.delete(
    `${one}/maintenance`,
    {
      config: { permission: 'member:write' },
      schema: {
        operationId: 'endMemberMaintenance',
        summary: 'End the member’s maintenance before its time',
        tags,
        params: MemberParams,
        response: { 200: MemberView, ...failures },
      },
    },
    (request) => stopMemberMaintenance(deps, callerOf(request), request.params),
  );
  app.post(
    `${one}/clear-quarantine`,
    {
      config: { permission: 'member:write' },
      schema: {
        operationId: 'clearQuarantine',
        summary: 'End a quarantine: the other host with its key is gone',
        tags,
        params: MemberParams,
        body: ReasonInput,
        response: { 200: MemberView, ...failures },
      },
    },
    (request) => clearMemberQuarantine(deps, callerOf(request), request.params, request.body),
  );
  app.post(
    `${one}/allow`,
    {
      config: { permission: 'member:write' },
      schema: {
        operationId: 'allowAddress',
        summary: 'Allow the address that the member’s heartbeats are refused for',
        tags,
        params: MemberParams,
        body: AllowInput,
        response: { 200: MemberView, ...failures },
      },
    },
    (request) => allowAddress(deps, callerOf(request), request.params, request.body),
  );
};
