import type {
  AllowInput,
  EnrolmentInput,
  EnrolmentProgress,
  EnrolmentView,
  MemberAdded,
  MemberInput,
  MemberMaintained,
  MemberMaintenanceInput,
  MemberPatch,
  MemberView,
  ReasonInput,
  Removed,
} from '@serverctl/contract';
import { ask } from './ask.ts';

const path = (poolId: string, ...rest: readonly string[]) => ['pools', poolId, 'members', ...rest];

/** Members of a pool. How they do comes by the live stream; this is what was set for them. */
export const membersApi = {
  list: (poolId: string, signal: AbortSignal) =>
    ask<{ members: readonly MemberView[] }>({ path: path(poolId), signal }),
  get: (poolId: string, memberId: string, signal: AbortSignal) =>
    ask<MemberView>({ path: path(poolId, memberId), signal }),
  /** The reply carries the enrolment secret, once. */
  add: (poolId: string, body: MemberInput) => ask<MemberAdded>({ method: 'POST', path: path(poolId), body }),
  set: (poolId: string, memberId: string, body: MemberPatch) =>
    ask<MemberView>({ method: 'PATCH', path: path(poolId, memberId), body }),
  remove: (poolId: string, memberId: string, releaseRecord: boolean) =>
    ask<Removed>({ method: 'DELETE', path: path(poolId, memberId), query: { releaseRecord } }),
  /** A new install line; the earlier secret is void. */
  enrol: (poolId: string, memberId: string, body: EnrolmentInput) =>
    ask<EnrolmentView>({ method: 'POST', path: path(poolId, memberId, 'enrolment'), body }),
  /** How far the host has come with its newest install line. */
  progress: (poolId: string, memberId: string, signal: AbortSignal) =>
    ask<EnrolmentProgress>({ path: path(poolId, memberId, 'enrolment'), signal }),
  maintain: (poolId: string, memberId: string, body: MemberMaintenanceInput) =>
    ask<MemberMaintained>({ method: 'PUT', path: path(poolId, memberId, 'maintenance'), body }),
  endMaintenance: (poolId: string, memberId: string) =>
    ask<MemberView>({ method: 'DELETE', path: path(poolId, memberId, 'maintenance') }),
  clearQuarantine: (poolId: string, memberId: string, body: ReasonInput) =>
    ask<MemberView>({ method: 'POST', path: path(poolId, memberId, 'clear-quarantine'), body }),
  allow: (poolId: string, memberId: string, body: AllowInput) =>
    ask<MemberView>({ method: 'POST', path: path(poolId, memberId, 'allow'), body }),
};
