import type {
  AckInput,
  AdoptInput,
  BrakesView,
  FirstPublishInput,
  FirstPublishView,
  MaintenanceInput,
  PoolAdopted,
  PoolInput,
  PoolPatch,
  PoolRepaired,
  PoolResumed,
  PoolView,
  PromoteInput,
  PromoteResult,
  ReasonInput,
  RepairInput,
  ResumeInput,
} from '@serverctl/contract';
import { ask } from './ask.ts';

const path = (poolId: string, ...rest: readonly string[]) => ['pools', poolId, ...rest];

/** Pools, and what a person does to one. The pools themselves come by the live stream. */
export const poolsApi = {
  add: (body: PoolInput) => ask<PoolView>({ method: 'POST', path: ['pools'], body }),
  set: (poolId: string, body: PoolPatch) => ask<PoolView>({ method: 'PATCH', path: path(poolId), body }),
  /** A switchover; with `preview` nothing changes. */
  promote: (poolId: string, body: PromoteInput) =>
    ask<PromoteResult>({ method: 'POST', path: path(poolId, 'promotions'), body }),
  firstPublishPreview: (poolId: string, signal: AbortSignal) =>
    ask<FirstPublishView>({ path: path(poolId, 'first-publish'), signal }),
  firstPublish: (poolId: string, body: FirstPublishInput) =>
    ask<PromoteResult>({ method: 'POST', path: path(poolId, 'first-publish'), body }),
  maintain: (poolId: string, body: MaintenanceInput) =>
    ask<PoolView>({ method: 'PUT', path: path(poolId, 'maintenance'), body }),
  endMaintenance: (poolId: string) => ask<PoolView>({ method: 'DELETE', path: path(poolId, 'maintenance') }),
  pause: (poolId: string, body: ReasonInput) => ask<PoolView>({ method: 'POST', path: path(poolId, 'pause'), body }),
  resume: (poolId: string, body: ResumeInput) =>
    ask<PoolResumed>({ method: 'POST', path: path(poolId, 'resume'), body }),
  adopt: (poolId: string, body: AdoptInput) => ask<PoolAdopted>({ method: 'POST', path: path(poolId, 'adopt'), body }),
  repair: (poolId: string, body: RepairInput) =>
    ask<PoolRepaired>({ method: 'POST', path: path(poolId, 'repair'), body }),
  ack: (poolId: string, body: AckInput) => ask<PoolView>({ method: 'POST', path: path(poolId, 'ack'), body }),
  brakes: (signal: AbortSignal) => ask<BrakesView>({ path: ['brakes'], signal }),
  releaseBrakes: (body: ReasonInput) => ask<BrakesView>({ method: 'POST', path: ['brakes', 'release'], body }),
  restoreBrakes: (body: ReasonInput) => ask<BrakesView>({ method: 'POST', path: ['brakes', 'restore'], body }),
};
