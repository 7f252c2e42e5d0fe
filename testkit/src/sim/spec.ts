import type {
  BindingId,
  DnsName,
  FailbackPolicy,
  InstanceId,
  MemberId,
  Pool,
  PoolId,
  RecordType,
} from '@serverctl/core';
import type { CallLimit } from '../../../apps/server/src/worker/ports.ts';
import { id } from '../builders.ts';
import type { Flavour } from './provider.ts';
import type { Stream } from './random.ts';

/** What a world consists of when it begins, drawn from its seed. */
export interface WorldSpec {
  readonly replicas: number;
  readonly pools: readonly PoolSpec[];
  readonly members: readonly MemberSpec[];
  readonly accounts: readonly AccountSpec[];
  /** Some names have an AAAA, and some members an IPv6 address (families.ts). */
  readonly bothFamilies: boolean;
}

export interface PoolSpec
  extends Pick<Pool, 'id' | 'name' | 'failoverDelayMs' | 'haproxyGraceMs' | 'automaticFailover' | 'failback' | 'ipv6'> {
  readonly bindings: readonly {
    readonly id: BindingId;
    readonly name: DnsName;
    readonly type: RecordType;
    readonly account: number;
    readonly ttlSeconds: number;
  }[];
}

export interface MemberSpec {
  readonly number: number;
  readonly id: MemberId;
  readonly poolId: PoolId;
  readonly zone: string;
  readonly priority: number;
  /** Set by a person, or left to what the agent reports: of both families. */
  readonly addressBy: 'person' | 'agent';
  readonly hasIpv6: boolean;
}

export interface AccountSpec {
  readonly credentialId: string;
  readonly flavour: Flavour;
  readonly zone: DnsName;
  readonly servers: number;
  readonly limit: CallLimit | null;
  /** How many names it carries in one write; null = one at a time (R22). */
  readonly together: number | null;
}

export interface SpecLimits {
  readonly replicas?: number;
  readonly pools?: number;
  readonly members?: number;
}

export const instance = 'cp0000000001' as InstanceId;
/** Another control plane's, in marks that it leaves. */
export const otherInstance = 'cp0000000009' as InstanceId;

/** `carried` is drawn from for what came later, so that worlds without it stay as they were. */
export function drawSpec(random: Stream, carried: Stream, limits: SpecLimits = {}): WorldSpec {
  const { replicas = random.whole(2, 3), pools: poolCount = random.chance(0.15) ? 13 : random.whole(6, 9) } = limits;
  const memberCount = limits.members ?? random.whole(Math.max(16, 2 * poolCount), Math.max(24, 2 * poolCount));
  const accounts = drawAccounts(random, carried);
  const pools = Array.from({ length: poolCount }, (_, index) => drawPool(random, index + 1, accounts.length));
  const zones = drawZones(random);
  const members = Array.from({ length: memberCount }, (_, index): MemberSpec => {
    const pool = pools[index % poolCount] as PoolSpec;
    return {
      number: index + 1,
      id: id<MemberId>('m', index + 1),
      poolId: pool.id,
      zone: random.pick(zones),
      priority: random.pick([50, 100, 100, 100]),
      addressBy: random.chance(0.6) ? 'person' : 'agent',
      hasIpv6: false,
    };
  });
  return { replicas, pools, members, accounts, bothFamilies: false };
}

function drawPool(random: Stream, number: number, accounts: number): PoolSpec {
  const names = random.chance(0.2) ? 2 : 1;
  const policy = random.pick<FailbackPolicy>(['manual', 'manual', 'manual', 'automatic', 'automatic', 'never']);
  return {
    id: id<PoolId>('p', number),
    name: `pool-${number}`,
    failoverDelayMs: 1_000 * random.pick([10, 10, 15, 30, 30, 60, 120]),
    haproxyGraceMs: random.pick([0, 1_000, 1_000, 3_000, 10_000]),
    automaticFailover: random.chance(0.95),
    failback: { policy, afterMinutes: random.whole(1, 5), window: null },
    ipv6: 'drop',
    bindings: Array.from({ length: names }, (_, index) => {
      const account = random.whole(0, accounts - 1);
      const name = `n${index + 1}.p${number}.z${account + 1}.example` as DnsName;
      const ttlSeconds = random.pick([30, 60, 300]);
      return { id: id<BindingId>('b', number * 10 + index), name, type: 'A', account, ttlSeconds };
    }),
  };
}

/** One account of each flavour at least. */
function drawAccounts(random: Stream, carried: Stream): readonly AccountSpec[] {
  const flavours: readonly Flavour[] = ['conditional', 'plain', ...(random.chance(0.3) ? (['plain'] as const) : [])];
  return flavours.map((flavour, index) => ({
    credentialId: `credential-${index + 1}`,
    flavour,
    zone: `z${index + 1}.example` as DnsName,
    servers: random.whole(2, 3),
    limit: flavour === 'plain' && random.chance(0.7) ? random.pick(limitsOfPlain) : null,
    together: flavour === 'plain' && carried.chance(0.3) ? carried.pick([2, 200]) : null,
  }));
}

/** Cloudflare's 1200 in five minutes, and a panel's tighter one. */
const limitsOfPlain: readonly CallLimit[] = [
  { calls: 1_200, perMs: 300_000 },
  { calls: 120, perMs: 60_000 },
];

function drawZones(random: Stream): readonly string[] {
  return random.pick([['unlabelled'], ['east', 'west'], ['east', 'east', 'west'], ['east', 'west', 'unlabelled']]);
}
