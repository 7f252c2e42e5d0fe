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

const at = '2026-01-01T12:00:00.000Z';

/** A healthy standby as the control plane tells it; what a test is about is named. */
export function memberStatus(changes: Partial<MemberStatus> = {}): MemberStatus {
  return {
    id: 'member000001',
    hostname: 'lb1.example.com',
    role: 'standby',
    health: 'healthy',
    alsoHealth: [],
    healthSentence: 'It is heard, and HAProxy runs.',
    heartbeatAgeMs: 412,
    haproxy: 'active (running)',
    ready: true,
    place: 1,
    standingSentence: 'Ready.',
    address: '198.51.100.11',
    address6: null,
    zone: 'unlabelled',
    maintenance: null,
    quarantined: null,
    refusedSeen: null,
    refusedBecause: null,
    traffic: null,
    ...changes,
  };
}

/** A managed name whose servers all answer what they shall. */
export function bindingStatus(changes: Partial<BindingStatus> = {}): BindingStatus {
  const right = { addresses: ['198.51.100.11'], ok: true, error: null };
  return {
    id: 'binding00001',
    name: 'lb.example.com',
    zone: 'example.com',
    type: 'A',
    ttlSeconds: 60,
    effectiveTtlSeconds: 60,
    ttlSentence: 'Clients are back after about 90 s: failover delay 30 s + TTL 60 s.',
    proxied: null,
    edge: 'silent',
    credentialId: 'credential01',
    state: 'published',
    desiredAddress: '198.51.100.11',
    published: [
      { server: 'ns1.example.com', ...right },
      { server: 'ns2.example.com', ...right },
    ],
    publishedEpoch: 3,
    error: null,
    drift: null,
    oldTtlUntil: null,
    changedAt: at,
    ...changes,
  };
}

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
  return {
    id: 'pool00000001',
    name: 'edge',
    preset: 'haproxy',
    failoverDelaySeconds: 30,
    haproxyGraceSeconds: 1,
    automaticFailover: true,
    failback: { policy: 'manual', afterMinutes: 10, window: null },
    ipv6: 'drop',
    dynamicDns: false,
    activeMemberId: members.find(({ role }) => role === 'active')?.id ?? null,
    epoch: 3,
    held: false,
    paused: null,
    maintenance: null,
    seenEpoch: 0,
    createdAt: at,
    lastPromotion: null,
    status: {
      state: 'calm',
      sentence: 'All is well.',
      nextInLine: null,
      setupMissing: [],
      clientsBackSeconds: 90,
      frozenTicks: 0,
      at,
      members: [...members],
      bindings: [...bindings],
    },
    ...changes,
  };
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
