import type { BindingId, DnsName, HostReport, Ipv4, Ipv6, Member, MemberId, Pool, PoolId } from '@serverctl/core';
import type { Binding } from '../../apps/server/src/worker/ports.ts';

/** Ids of 12 characters that tests can read: `id('lb', 1)` is `lb0000000001`. */
export function id<Id extends string>(prefix: string, number: number): Id {
  return `${prefix}${String(number).padStart(12 - prefix.length, '0')}` as Id;
}

export function buildPool(change: Partial<Pool> = {}): Pool {
  return {
    id: id<PoolId>('p', 1),
    name: 'edge',
    preset: 'haproxy',
    failoverDelayMs: 30_000,
    haproxyGraceMs: 1_000,
    automaticFailover: true,
    failback: { policy: 'manual', afterMinutes: 5, window: null },
    ipv6: 'drop',
    dynamicDns: false,
    activeMemberId: null,
    epoch: 0,
    held: false,
    paused: null,
    ...change,
  };
}

export function buildMember(number: number, change: Partial<Member> = {}): Member {
  return {
    id: id<MemberId>('m', number),
    poolId: id<PoolId>('p', 1),
    hostname: `lb${number}.example.com`,
    allowedEgress: [`192.0.2.${number}`],
    publicIpv4: addressOf(number),
    publicIpv6: null,
    template: 'haproxy-balancer',
    monitored: true,
    units: ['haproxy.service'],
    priority: 100,
    zone: 'unlabelled',
    ...change,
  };
}

export function buildBinding(change: Partial<Binding> = {}): Binding {
  return {
    id: id<BindingId>('b', 1),
    poolId: id<PoolId>('p', 1),
    name: 'lb.example.com' as DnsName,
    zone: 'example.com' as DnsName,
    type: 'A',
    ttlSeconds: 60,
    proxied: null,
    credentialId: 'credential',
    takeOver: null,
    publishedEpoch: 0,
    publishedAddress: null,
    isLeft: false,
    ...change,
  };
}

/** The public address of the numbered member. */
export function addressOf(number: number): Ipv4 {
  return `203.0.113.${number}` as Ipv4;
}

/** The public IPv6 address of the numbered member, where it has one. */
export function address6Of(number: number): Ipv6 {
  return `2001:db8::${number.toString(16)}` as Ipv6;
}

/** What systemd says of HAProxy: `running`, `stopped`, or on its way back after a kill. */
export function hostReport(haproxy: 'running' | 'stopped' | 'restarting' = 'running'): HostReport {
  const states = {
    running: { activeState: 'active', subState: 'running', job: null },
    stopped: { activeState: 'inactive', subState: 'dead', job: null },
    restarting: { activeState: 'activating', subState: 'auto-restart', job: null },
  };
  const unit = { unit: 'haproxy.service', loadState: 'loaded', answers: null, ...states[haproxy] };
  return { units: [unit], packageLock: false };
}
