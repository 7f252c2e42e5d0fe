import {
  AdoptInput,
  MaintenanceInput,
  PoolAdopted,
  PoolParams,
  PoolRepaired,
  PoolResumed,
  PoolView,
  ReasonInput,
  RepairInput,
  ResumeInput,
  WhyQuery,
  WhyView,
} from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { ServiceDeps } from '../../services/deps.ts';
import { maintainPool, stopPoolMaintenance } from '../../services/pools/maintenance.ts';
import { pausePool, resumePool } from '../../services/pools/pause.ts';
import { readWhy } from '../../services/pools/why.ts';
import { adoptRecords, repairRecords } from '../../services/records/settle-drift.ts';
import { callerOf } from '../caller.ts';
import { failures } from './replies.ts';

const tags = ['pools'];

/** What a person asks of, and does to, a pool in operation. */
export const operationRoutes: FastifyPluginAsyncZod<{ deps: ServiceDeps }> = async (app, { deps }) => {
  app.get(
    '/pools/:poolId/why',
    {
      config: { permission: 'pool:read' },
      schema: {
        operationId: 'getWhy',
        summary: 'Why the pool is judged as it is, or was at a moment',
        description: 'The rules, the inputs, why this standby and why not each other one, and the evidence (R14).',
        tags,
        params: PoolParams,
        querystring: WhyQuery,
        response: { 200: WhyView, ...failures },
      },
    },
    ({ params, query }) => readWhy(deps, params.poolId, query),
  );
  app.put(
    '/pools/:poolId/maintenance',
    {
      config: { permission: 'pool:write' },
      schema: {
        operationId: 'maintainPool',
        summary: 'Begin or extend a maintenance of the whole pool',
        description: 'Nothing moves by itself until it ends, which it does by itself (R13).',
        tags,
        params: PoolParams,
        body: MaintenanceInput,
        response: { 200: PoolView, ...failures },
      },
    },
    (request) => maintainPool(deps, callerOf(request), request.params.poolId, request.body),
  );
  app.delete(
    '/pools/:poolId/maintenance',
    {
      config: { permission: 'pool:write' },
      schema: {
        operationId: 'endPoolMaintenance',
        summary: 'End the pool’s maintenance before its time',
        tags,
        params: PoolParams,
        response: { 200: PoolView, ...failures },
      },
    },
    (request) => stopPoolMaintenance(deps, callerOf(request), request.params.poolId),
  );
  pauseRoutes(app, deps);
  recordRoutes(app, deps);
};

type App = Parameters<typeof operationRoutes>[0];

function pauseRoutes(app: App, deps: ServiceDeps): void {
  app.post(
    '/pools/:poolId/pause',
    {
      config: { permission: 'pool:write' },
      schema: {
        operationId: 'pausePool',
        summary: 'Let nothing act until a person resumes it',
        tags,
        params: PoolParams,
        body: ReasonInput,
        response: { 200: PoolView, ...failures },
      },
    },
    (request) => pausePool(deps, callerOf(request), request.params.poolId, request.body),
  );
  app.post(
    '/pools/:poolId/resume',
    {
      config: { permission: 'promotion:write', stepUp: { in: 'body', field: 'record', is: 'keep' } },
      schema: {
        operationId: 'resumePool',
        summary: 'End the pause',
        description:
          'Reads every record first. Where one is not as the pool left it, `record` says which of the two is right, and `expectMarks` and `expect` which marks and which member that was said of. With `preview` nothing changes (R21, R25).',
        tags,
        params: PoolParams,
        body: ResumeInput,
        response: { 200: PoolResumed, ...failures },
      },
    },
    (request) => resumePool(deps, callerOf(request), request.params.poolId, request.body),
  );
}

function recordRoutes(app: App, deps: ServiceDeps): void {
  app.post(
    '/pools/:poolId/adopt',
    {
      config: { permission: 'promotion:write' },
      schema: {
        operationId: 'adoptRecords',
        summary: 'Make the member active that the changed records name',
        description: 'With `preview` nothing changes; `expect` is the member that it named (R21).',
        tags,
        params: PoolParams,
        body: AdoptInput,
        response: { 200: PoolAdopted, ...failures },
      },
    },
    (request) => adoptRecords(deps, callerOf(request), request.params.poolId, request.body),
  );
  app.post(
    '/pools/:poolId/repair',
    {
      config: { permission: 'promotion:write' },
      schema: {
        operationId: 'repairRecords',
        summary: 'Write the active member’s address again over changed records',
        description: 'With `preview` nothing changes; `expect` is the member that it named (R21).',
        tags,
        params: PoolParams,
        body: RepairInput,
        response: { 200: PoolRepaired, ...failures },
      },
    },
    (request) => repairRecords(deps, callerOf(request), request.params.poolId, request.body),
  );
}
