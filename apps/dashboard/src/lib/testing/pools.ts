import type { BindingStatus, MemberStatus, PoolView } from '@serverctl/contract';

const at = '2026-11-24T08:20:00.000Z';

/** A member as the API shows one that does well, and what is otherwise about it. */
export function member(id: string, otherwise: Partial<MemberStatus> = {}): MemberStatus {
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
    standingSentence: 'Would be promoted now.',
    address: '192.0.2.11',
    address6: null,
    zone: 'unlabelled',
    maintenance: null,
    quarantined: null,
    refusedSeen: null,
    refusedBecause: null,
    traffic: null,
    ...otherwise,
  };
}

export function binding(otherwise: Partial<BindingStatus> = {}): BindingStatus {
  return {
    id: 'binding',
    name: 'lb.example.com',
    zone: 'example.com',
    type: 'A',
    ttlSeconds: 30,
    effectiveTtlSeconds: 30,
    ttlSentence: 'Clients are back after about 45 s.',
    proxied: null,
    edge: 'silent',
    credentialId: 'credential',
    state: 'published',
    desiredAddress: '192.0.2.11',
    published: [
      { server: 'ns1.example.com', addresses: ['192.0.2.11'], ok: true, error: null },
      { server: 'ns2.example.com', addresses: ['192.0.2.11'], ok: true, error: null },
    ],
    publishedEpoch: 1,
    error: null,
    drift: null,
    oldTtlUntil: null,
    changedAt: at,
    ...otherwise,
  };
}

type Otherwise = Partial<Omit<PoolView, 'status'>> & { readonly status?: Partial<PoolView['status']> };

/** A calm pool: fra is active, ams is next. */
export function pool({ status = {}, ...otherwise }: Otherwise = {}): PoolView {
  return {
    id: 'pool',
    name: 'web-edge',
    preset: 'haproxy',
    failoverDelaySeconds: 15,
    haproxyGraceSeconds: 1,
    automaticFailover: true,
    failback: { policy: 'manual', afterMinutes: 10, window: null },
    ipv6: 'drop',
    dynamicDns: false,
    activeMemberId: 'fra',
    epoch: 1,
    held: false,
    paused: null,
    maintenance: null,
    seenEpoch: 1,
    createdAt: at,
    lastPromotion: { kind: 'switchover', at },
    ...otherwise,
    status: {
      state: 'calm',
      sentence: 'fra.example.com is healthy.',
      nextInLine: 'ams',
      setupMissing: [],
      clientsBackSeconds: 45,
      frozenTicks: 0,
      at,
      members: [member('fra', { role: 'active', ready: false, place: null }), member('ams')],
      bindings: [binding()],
      ...status,
    },
  };
}
