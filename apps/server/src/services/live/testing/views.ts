import type { BindingStatus, EventView, MemberStatus, MemberTraffic, PoolView } from '@serverctl/contract';

/** Views as the desk reads them; a test changes what it is about. */

const since = '2026-11-01T11:00:00.000Z';

export function aTraffic(change: Partial<MemberTraffic> = {}): MemberTraffic {
  return { version: '2.6.12', uptimeSeconds: 60, sessions: 4, sessionRate: 2, requestRate: 9, ageMs: 100, ...change };
}

export function aMember(id: string, change: Partial<MemberStatus> = {}): MemberStatus {
  return {
    id,
    hostname: `${id}.example.com`,
    role: 'standby',
    health: 'healthy',
    alsoHealth: [],
    healthSentence: 'Heard 0.4 s ago; HAProxy is active.',
    heartbeatAgeMs: 400,
    haproxy: 'active (running)',
    ready: true,
    place: 1,
    standingSentence: `Ready: ${id} has been healthy for 12 min 5 s and is first of 1.`,
    address: '203.0.113.1',
    address6: null,
    zone: 'unlabelled',
    maintenance: null,
    quarantined: null,
    refusedSeen: null,
    refusedBecause: null,
    traffic: null,
    ...change,
  };
}

export function aBinding(change: Partial<BindingStatus> = {}): BindingStatus {
  return {
    id: 'b1',
    name: 'lb.example.com',
    zone: 'example.com',
    type: 'A',
    ttlSeconds: 60,
    effectiveTtlSeconds: 60,
    ttlSentence: 'Clients wait up to 60 s.',
    proxied: null,
    edge: 'silent',
    credentialId: 'c1',
    state: 'published',
    desiredAddress: '203.0.113.1',
    published: [{ server: 'ns1', addresses: ['203.0.113.1'], ok: true, error: null }],
    publishedEpoch: 1,
    error: null,
    drift: null,
    oldTtlUntil: null,
    changedAt: since,
    ...change,
  };
}

export type ViewChange = Partial<Omit<PoolView, 'status'>> & { readonly status?: Partial<PoolView['status']> };

export function aView(id: string, { status, ...change }: ViewChange = {}): PoolView {
  return {
    id,
    name: `pool ${id}`,
    preset: 'haproxy',
    failoverDelaySeconds: 30,
    haproxyGraceSeconds: 1,
    automaticFailover: true,
    failback: { policy: 'manual', afterMinutes: 5, window: null },
    ipv6: 'drop',
    dynamicDns: false,
    activeMemberId: null,
    epoch: 1,
    held: false,
    paused: null,
    maintenance: null,
    seenEpoch: 1,
    createdAt: since,
    lastPromotion: null,
    ...change,
    status: {
      state: 'calm',
      sentence: 'Keep m1: it is healthy.',
      nextInLine: null,
      setupMissing: [],
      clientsBackSeconds: 90,
      frozenTicks: 0,
      at: since,
      members: [aMember('m1')],
      bindings: [aBinding()],
      ...status,
    },
  };
}

export function anEvent(seq: number, change: Partial<EventView> = {}): EventView {
  return {
    seq,
    at: since,
    kind: 'pool.changed',
    severity: 'info',
    poolId: 'A',
    memberId: null,
    sentence: `Event ${seq}.`,
    details: {},
    ...change,
  };
}
