import type {
  BindingDetail,
  BindingStatus,
  BrakesView,
  MemberStatus,
  MemberView,
  PoolView,
  PromotionView,
  TestView,
  WhyView,
} from '@serverctl/contract';
import { bindingStatus, memberStatus, poolView as poolOf } from '@serverctl/contract/testing';

const at = '2026-01-01T12:00:00.000Z';

/** The same as it is shown alone; without resolvers, as where none is set up. */
export function bindingDetail(changes: Partial<BindingDetail> = {}): BindingDetail {
  const status = bindingStatus(changes);
  return { ...status, acknowledgedAddress: status.desiredAddress, resolvers: [], ...changes };
}

/** A trial of a name where no record stands yet. */
export function testView(changes: Partial<TestView> = {}): TestView {
  return {
    type: 'A',
    canEdit: true,
    canMark: true,
    skewSeconds: null,
    record: { addresses: [], ttlSeconds: null, mark: null, cname: false, proxied: false, note: null },
    effectiveTtlSeconds: 60,
    servers: [],
    warnings: [],
    ...changes,
  };
}

/** A calm pool of these members and names; the active one is the one whose role says so. */
export function poolView(
  members: readonly MemberStatus[],
  bindings: readonly BindingStatus[],
  changes: Partial<PoolView> = {},
): PoolView {
  return poolOf({
    activeMemberId: members.find(({ role }) => role === 'active')?.id ?? null,
    ...changes,
    status: { members: [...members], bindings: [...bindings], ...changes.status },
  });
}

/** A member as the control plane shows it alone. */
export function memberView(changes: Partial<MemberStatus> = {}): MemberView {
  const status = memberStatus(changes);
  return {
    id: status.id,
    poolId: 'pool00000001',
    hostname: status.hostname,
    allowedEgress: ['198.51.100.11'],
    publicIpv4: status.address,
    publicIpv6: status.address6,
    template: 'haproxy-balancer',
    monitored: true,
    units: ['haproxy.service'],
    priority: 100,
    zone: status.zone,
    enrolled: true,
    previousHostname: null,
    createdAt: at,
    warnings: [],
    status,
  };
}

/** A switchover to the second member, recorded as epoch 4. */
export function promotionView(changes: Partial<PromotionView> = {}): PromotionView {
  return {
    id: 'promotion001',
    poolId: 'pool00000001',
    kind: 'switchover',
    cause: 'switchover',
    fromMemberId: 'member000001',
    toMemberId: 'member000002',
    epoch: 4,
    reason: 'kernel update',
    actor: 'administrator',
    sentence: 'lb2.example.com becomes active.',
    state: 'publishing',
    decidedAt: at,
    steps: [],
    ...changes,
  };
}

/** Brakes that hold nothing back, of a fleet in one zone. */
export function brakesView(changes: Partial<BrakesView> = {}): BrakesView {
  return {
    sentence: 'Nothing is held back: 0 of 6 members are silent.',
    released: null,
    massSilence: {
      holds: false,
      members: 6,
      silent: 0,
      zones: [{ zone: 'unlabelled', members: 6, silent: 0, dead: false }],
    },
    velocity: { holds: false, promotions: 0, limit: 10 },
    braked: [],
    judgedAt: at,
    howToRelease: 'serverctl brakes release --reason "…" lets every failover pass for 10 minutes.',
    ...changes,
  };
}

/** A failover to the second of three members, explained. */
export function whyView(changes: Partial<WhyView> = {}): WhyView {
  const decision = { kind: 'promote', to: 'member000002', because: 'heartbeat-lost' };
  return {
    at,
    judgedAt: at,
    since: at,
    kind: 'promote',
    because: 'heartbeat-lost',
    sentence: 'Promote lb2.example.com: lb1.example.com was not heard for 30.1 s.',
    rules: ['R1', 'R2', 'R7'],
    inputs: [
      { name: 'silence', value: '30.2 s, of which 30.1 s are proven' },
      { name: 'failover delay', value: '30.0 s' },
    ],
    chosen: { memberId: 'member000002', hostname: 'lb2.example.com', because: 'Ready, first in line.' },
    others: [
      { memberId: 'member000001', hostname: 'lb1.example.com', because: 'It is the active one.' },
      {
        memberId: 'member000003',
        hostname: 'lb3.example.com',
        because: 'Ready, but only second: lb2 has priority 10.',
      },
    ],
    replayed: true,
    decision,
    evidence: { members: 3 },
    besides: [],
    changes: [
      { at: '2026-01-01T11:59:35.000Z', kind: 'wait', because: 'silence', sentence: 'Wait: lb1 is silent.' },
      { at, kind: 'promote', because: 'heartbeat-lost', sentence: 'Promote lb2.example.com.' },
    ],
    ...changes,
  };
}
