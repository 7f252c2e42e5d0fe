import type { CredentialView, MemberAdded, PoolView, PromotionView } from '@serverctl/contract';
import type { Plane } from './plane.ts';
import { createPoolLooks, type PoolLooks } from './pool-looks.ts';
import type { Stage, StageMember } from './stage.ts';

/** Connects DNS as an operator would: one credential for the stage's name server. The secret goes in on standard input's file, never as an argument. */
export async function addCredential(plane: Plane, stage: Stage, secretFile: string): Promise<CredentialView> {
  const { dns } = stage;
  return plane.cli(
    'dns',
    'credential',
    'add',
    'name-server',
    '--server',
    `${dns.address}:${dns.port}`,
    '--key',
    dns.key.name,
    '--algorithm',
    dns.key.algorithm,
    '--secret-file',
    secretFile,
  );
}

export interface PoolPlan {
  readonly name: string;
  /** Managed name below the stage's zone, e.g. `www`; the pool's name if left out. */
  readonly label?: string;
  /** This and the preset as the product has them if left out. */
  readonly delaySeconds?: number;
  readonly preset?: string;
  /** 30 if left out. */
  readonly ttlSeconds?: number;
  /** `name-server` if left out. */
  readonly credential?: string;
}

/** Adds a pool with one managed name and enrols the given hosts into it, all at once. */
export async function addPool(
  plane: Plane,
  stage: Stage,
  plan: PoolPlan,
  members: readonly StageMember[],
): Promise<PoolView> {
  const delay = plan.delaySeconds === undefined ? [] : ['--delay', String(plan.delaySeconds)];
  const preset = plan.preset === undefined ? [] : ['--preset', plan.preset];
  const pool = await plane.cli<PoolView>('pool', 'add', plan.name, ...delay, ...preset);
  await plane.cli(
    'dns',
    'add',
    plan.name,
    hostname(stage, plan),
    '--zone',
    stage.dns.zone,
    '--credential',
    plan.credential ?? 'name-server',
    '--ttl',
    String(plan.ttlSeconds ?? 30),
  );
  for (const [index, member] of members.entries()) await enrol(plane, plan.name, member, (index + 1) * 10);
  return pool;
}

async function enrol(plane: Plane, pool: string, member: StageMember, priority: number): Promise<MemberAdded> {
  const added = await plane.cli<MemberAdded>(
    'member',
    'add',
    pool,
    member.hostname,
    '--egress',
    member.egress,
    '--ipv4',
    member.address,
    '--priority',
    String(priority),
  );
  await member.startAgent({ ...added.enrolment, url: plane.url, caFile: plane.caFile });
  return added;
}

export function hostname(stage: Stage, plan: PoolPlan): string {
  return `${plan.label ?? plan.name}.${stage.dns.zone}`;
}

/** Asks the pool until `holds`; rejects at the deadline with the pool's own words. */
export function untilPool(plane: Plane, ...asked: Parameters<PoolLooks['until']>): Promise<PoolView> {
  return createPoolLooks(() => plane).until(...asked);
}

export function allReady(view: PoolView): boolean {
  return view.status.members.every((member) => (member.role === 'active' ? member.health === 'healthy' : member.ready));
}

export function memberOf(view: PoolView, name: string) {
  const member = view.status.members.find(({ hostname }) => hostname.startsWith(`${name}.`));
  if (member === undefined) throw new Error(`${view.name} has no member ${name}`);
  return member;
}

export function promotions(plane: Plane, pool: string): Promise<readonly PromotionView[]> {
  return plane.cli<readonly PromotionView[]>('promotion', 'list', pool);
}
