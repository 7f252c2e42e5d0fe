import type { BindingStatus, MemberStatus, PoolView } from '../src/index.ts';

/** Views as the API shows them, whole and calm; a test says what it is about. */

const at = '2026-01-01T12:00:00.000Z';

/** A healthy standby, the first in line. */
export function memberStatus(changes: Partial<MemberStatus> = {}): MemberStatus {
  return {
    id: 'member000001',
    hostname: 'lb1.example.com',
    role: 'standby',
    health: 'healthy',
    alsoHealth: [],
    healthSentence: 'Heard 0.4 s ago; HAProxy is active.',
    heartbeatAgeMs: 400,
    haproxy: 'active (running)',
    ready: true,
    place: 1,
    standingSentence: 'Would be promoted now.',
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
    publishedEpoch: 1,
    error: null,
    drift: null,
    oldTtlUntil: null,
    changedAt: at,
    ...changes,
  };
}

export type PoolChanges = Partial<Omit<PoolView, 'status'>> & { readonly status?: Partial<PoolView['status']> };

/** A calm pool, which fails over by itself. */
export function poolView({ status = {}, ...changes }: PoolChanges = {}): PoolView {
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
    activeMemberId: null,
    epoch: 1,
    held: false,
    paused: null,
    maintenance: null,
    seenEpoch: 1,
    createdAt: at,
    lastPromotion: null,
    ...changes,
    status: {
      state: 'calm',
      sentence: 'All is well.',
      nextInLine: null,
      setupMissing: [],
      clientsBackSeconds: 90,
      frozenTicks: 0,
      at,
      members: [memberStatus()],
      bindings: [bindingStatus()],
      ...status,
    },
  };
}
