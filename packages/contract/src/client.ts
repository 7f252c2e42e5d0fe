import type { z } from 'zod';
import { BrakesView } from './api/brakes.ts';
import { Removed } from './api/common.ts';
import * as dns from './api/dns.ts';
import { PanelCertificate, type PanelCertificateInput } from './api/dns-panels.ts';
import { LivenessView, ReadyView, ReleaseView } from './api/health.ts';
import * as history from './api/history.ts';
import * as maintenance from './api/maintenance.ts';
import * as members from './api/members.ts';
import * as pools from './api/pools.ts';
import * as resolvers from './api/resolvers.ts';
import * as why from './api/why.ts';
import { auditCalls, channelCalls, invitationCalls, sessionCalls, tokenCalls, userCalls } from './client-accounts.ts';
import { exportCalls } from './client-export.ts';
import { type CallOptions, type ClientOptions, createRequest, type Request } from './client-request.ts';

export type { CallOptions, ClientOptions } from './client-request.ts';

/** The operator API as functions: one per operation, typed by the same schemas that the server checks. */
export type Client = ReturnType<typeof createClient>;

/** A client of one control plane. It keeps no state and no connection of its own; every call may run beside the others. */
export function createClient(options: ClientOptions) {
  const request = createRequest(options);
  return {
    pools: poolCalls(request),
    members: memberCalls(request),
    credentials: credentialCalls(request),
    bindings: bindingCalls(request),
    resolvers: resolverCalls(request),
    firstPublish: firstPublishCalls(request),
    promotions: promotionCalls(request),
    channels: channelCalls(request),
    brakes: brakeCalls(request),
    session: sessionCalls(request),
    users: userCalls(request),
    invitations: invitationCalls(request),
    tokens: tokenCalls(request),
    audit: { ...auditCalls(request), ...exportCalls(options) },
    /** Newest events, or with `after` the following ones; with `waitSeconds` waits for a first one. */
    events: (query: history.EventQuery = {}, call: CallOptions = {}) =>
      request({ path: ['events'], query, reply: history.EventList, ...call }),
    liveness: (call: CallOptions = {}) => request({ path: ['liveness'], reply: LivenessView, ...call }),
    /** What supervisors ask: the reply says itself whether it is ready. */
    readiness: (call: CallOptions = {}) => request({ path: ['readyz'], beside: true, reply: ReadyView, ...call }),
    /** The control plane’s release, from the head of its OpenAPI description. */
    release: (call: CallOptions = {}) => request({ path: ['openapi.json'], reply: ReleaseView, ...call }),
  };
}

type Query<Schema extends z.ZodType> = z.input<Schema>;

function poolCalls(request: Request) {
  const one = pools.PoolView;
  return {
    list: (call: CallOptions = {}) => request({ path: ['pools'], reply: pools.PoolList, ...call }),
    get: (poolId: string, call: CallOptions = {}) => request({ path: ['pools', poolId], reply: one, ...call }),
    add: (body: pools.PoolInput) => request({ method: 'POST', path: ['pools'], body, reply: one }),
    set: (poolId: string, body: pools.PoolPatch) =>
      request({ method: 'PATCH', path: ['pools', poolId], body, reply: one }),
    /** Ends `held` and refills the anti-flapping bucket (R11). */
    ack: (poolId: string, body: history.AckInput) =>
      request({ method: 'POST', path: ['pools', poolId, 'ack'], body, reply: one }),
    /** Why the pool is, or at a moment was, judged as it is (R14). */
    why: (poolId: string, query: Query<typeof why.WhyQuery> = {}, call: CallOptions = {}) =>
      request({ path: ['pools', poolId, 'why'], query, reply: why.WhyView, ...call }),
    ...operationCalls(request),
  };
}

/** What a person does to a pool in operation: each reply shows the pool as it is then. */
function operationCalls(request: Request) {
  const path = (poolId: string, act: string) => ['pools', poolId, act];
  return {
    /** Begins a maintenance, or extends it (R13). */
    maintain: (poolId: string, body: maintenance.MaintenanceInput) =>
      request({ method: 'PUT', path: path(poolId, 'maintenance'), body, reply: pools.PoolView }),
    endMaintenance: (poolId: string) =>
      request({ method: 'DELETE', path: path(poolId, 'maintenance'), reply: pools.PoolView }),
    pause: (poolId: string, body: maintenance.ReasonInput) =>
      request({ method: 'POST', path: path(poolId, 'pause'), body, reply: pools.PoolView }),
    resume: (poolId: string, body: maintenance.ResumeInput) =>
      request({ method: 'POST', path: path(poolId, 'resume'), body, reply: maintenance.PoolResumed }),
    /** Makes the member active that the records name (R21). */
    adopt: (poolId: string, body: maintenance.AdoptInput) =>
      request({ method: 'POST', path: path(poolId, 'adopt'), body, reply: maintenance.PoolAdopted }),
    /** Writes the active member’s address again (R21). */
    repair: (poolId: string, body: maintenance.RepairInput) =>
      request({ method: 'POST', path: path(poolId, 'repair'), body, reply: maintenance.PoolRepaired }),
  };
}

function memberCalls(request: Request) {
  const path = (poolId: string, ...rest: string[]) => ['pools', poolId, 'members', ...rest];
  const one = members.MemberView;
  return {
    list: (poolId: string, call: CallOptions = {}) =>
      request({ path: path(poolId), reply: members.MemberList, ...call }),
    get: (poolId: string, memberId: string, call: CallOptions = {}) =>
      request({ path: path(poolId, memberId), reply: one, ...call }),
    /** The reply carries the enrolment secret, once. */
    add: (poolId: string, body: members.MemberInput) =>
      request({ method: 'POST', path: path(poolId), body, reply: members.MemberAdded }),
    set: (poolId: string, memberId: string, body: members.MemberPatch) =>
      request({ method: 'PATCH', path: path(poolId, memberId), body, reply: one }),
    remove: (poolId: string, memberId: string, query: { releaseRecord?: boolean } = {}) =>
      request({ method: 'DELETE', path: path(poolId, memberId), query, reply: Removed }),
    /** A new install line; the earlier secret is void. */
    enrol: (poolId: string, memberId: string, body: members.EnrolmentInput = {}) =>
      request({ method: 'POST', path: path(poolId, memberId, 'enrolment'), body, reply: members.EnrolmentView }),
    /** How far the host has come with its newest install line. */
    progress: (poolId: string, memberId: string, call: CallOptions = {}) =>
      request({ path: path(poolId, memberId, 'enrolment'), reply: members.EnrolmentProgress, ...call }),
    /** Begins a maintenance, or extends it (R13). */
    maintain: (poolId: string, memberId: string, body: maintenance.MemberMaintenanceInput) =>
      request({
        method: 'PUT',
        path: path(poolId, memberId, 'maintenance'),
        body,
        reply: maintenance.MemberMaintained,
      }),
    endMaintenance: (poolId: string, memberId: string) =>
      request({ method: 'DELETE', path: path(poolId, memberId, 'maintenance'), reply: one }),
    /** Ends a quarantine (R35). */
    clearQuarantine: (poolId: string, memberId: string, body: maintenance.ReasonInput) =>
      request({ method: 'POST', path: path(poolId, memberId, 'clear-quarantine'), body, reply: one }),
    /** Allows the address that its last refused heartbeat came from. */
    allow: (poolId: string, memberId: string, body: maintenance.AllowInput = {}) =>
      request({ method: 'POST', path: path(poolId, memberId, 'allow'), body, reply: one }),
  };
}

function credentialCalls(request: Request) {
  const path = (...rest: string[]) => ['dns-credentials', ...rest];
  return {
    list: (call: CallOptions = {}) => request({ path: path(), reply: dns.CredentialList, ...call }),
    add: (body: dns.CredentialInput) => request({ method: 'POST', path: path(), body, reply: dns.CredentialSaved }),
    set: (credentialId: string, body: dns.CredentialPatch) =>
      request({ method: 'PATCH', path: path(credentialId), body, reply: dns.CredentialSaved }),
    remove: (credentialId: string) => request({ method: 'DELETE', path: path(credentialId), reply: Removed }),
    test: (credentialId: string, body: dns.TestInput) =>
      request({ method: 'POST', path: path(credentialId, 'test'), body, reply: dns.TestView }),
    /** What is shown there, before it is pinned. */
    certificate: (body: PanelCertificateInput) =>
      request({ method: 'POST', path: ['dns', 'panel-certificate'], body, reply: PanelCertificate }),
  };
}

function bindingCalls(request: Request) {
  const path = (poolId: string, ...rest: string[]) => ['pools', poolId, 'bindings', ...rest];
  return {
    list: (poolId: string, call: CallOptions = {}) => request({ path: path(poolId), reply: dns.BindingList, ...call }),
    /** By id one record, by name all of the name’s, or the one of `type`; the recursive resolvers are asked now. */
    get: (poolId: string, bindingId: string, query: dns.BindingQuery = {}, call: CallOptions = {}) =>
      request({ path: path(poolId, bindingId), query, reply: resolvers.BindingDetails, ...call }),
    add: (poolId: string, body: dns.BindingInput) =>
      request({ method: 'POST', path: path(poolId), body, reply: dns.BindingAdded }),
    /** By id one record, by name all of the name’s, or the one of `type`; tried before anything is changed. */
    set: (poolId: string, bindingId: string, body: dns.BindingPatch, query: dns.BindingQuery = {}) =>
      request({ method: 'PATCH', path: path(poolId, bindingId), query, body, reply: dns.BindingChanged }),
    remove: (poolId: string, bindingId: string, query: dns.BindingQuery = {}) =>
      request({ method: 'DELETE', path: path(poolId, bindingId), query, reply: dns.BindingRemoved }),
    test: (poolId: string, bindingId: string) =>
      request({ method: 'POST', path: path(poolId, bindingId, 'test'), reply: dns.TestView }),
  };
}

/** The recursive resolvers whose answers are shown beside a name. */
function resolverCalls(request: Request) {
  const path = ['dns-resolvers'];
  return {
    get: (call: CallOptions = {}) => request({ path, reply: resolvers.ResolversView, ...call }),
    /** The whole list, in place of the one before. */
    set: (body: resolvers.ResolversInput) => request({ method: 'PUT', path, body, reply: resolvers.ResolversView }),
  };
}

function firstPublishCalls(request: Request) {
  const path = (poolId: string) => ['pools', poolId, 'first-publish'];
  return {
    /** The proposal: reads the records, writes nothing. */
    preview: (poolId: string, call: CallOptions = {}) =>
      request({ path: path(poolId), reply: pools.FirstPublishView, ...call }),
    confirm: (poolId: string, body: pools.FirstPublishInput) =>
      request({ method: 'POST', path: path(poolId), body, reply: history.PromoteResult }),
  };
}

function promotionCalls(request: Request) {
  const path = (poolId: string, ...rest: string[]) => ['pools', poolId, 'promotions', ...rest];
  return {
    list: (poolId: string, query: Query<typeof history.PromotionQuery> = {}, call: CallOptions = {}) =>
      request({ path: path(poolId), query, reply: history.PromotionList, ...call }),
    get: (poolId: string, promotionId: string, call: CallOptions = {}) =>
      request({ path: path(poolId, promotionId), reply: history.PromotionDetail, ...call }),
    /** A switchover; with `preview: true` nothing changes and `promotion` is null. */
    promote: (poolId: string, body: history.PromoteInput) =>
      request({ method: 'POST', path: path(poolId), body, reply: history.PromoteResult }),
  };
}

/** The fleet’s brakes (R9, R10). */
function brakeCalls(request: Request) {
  const change = (act: string) => (body: maintenance.ReasonInput) =>
    request({ method: 'POST', path: ['brakes', act], body, reply: BrakesView });
  return {
    get: (call: CallOptions = {}) => request({ path: ['brakes'], reply: BrakesView, ...call }),
    /** For ten minutes; asked again, for ten minutes anew. */
    release: change('release'),
    restore: change('restore'),
  };
}
