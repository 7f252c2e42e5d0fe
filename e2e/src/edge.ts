import { setTimeout as sleep } from 'node:timers/promises';
import type { CredentialView, MemberAdded, PoolView, PromotionView } from '@serverctl/contract';
import type { Plane } from './plane.ts';
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
  /** Managed name below the stage's zone, e.g. `www`. */
  readonly label: string;
  readonly delaySeconds: number;
  readonly ttlSeconds?: number;
}

/** Adds a pool with one managed name and enrols the given hosts into it, all at once. */
export async function addPool(
  plane: Plane,
  stage: Stage,
  plan: PoolPlan,
  members: readonly StageMember[],
): Promise<PoolView> {
  const pool = await plane.cli<PoolView>('pool', 'add', plan.name, '--delay', String(plan.delaySeconds));
  await plane.cli(
    'dns',
    'add',
    plan.name,
    hostname(stage, plan),
    '--zone',
    stage.dns.zone,
    '--credential',
    'name-server',
    '--ttl',
    String(plan.ttlSeconds ?? 30),
  );
  for (const [index, member] of members.entries()) await enrol(plane, plan.name, member, (index + 1) * 10);
  return pool;
}

export async function enrol(plane: Plane, pool: string, member: StageMember, priority: number): Promise<MemberAdded> {
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
  return `${plan.label}.${stage.dns.zone}`;
}

/** Asks the pool until `holds`; rejects at the deadline with the pool's own words. */
export async function untilPool(
  plane: Plane,
  pool: string,
  what: string,
  holds: (view: PoolView) => boolean,
  withinMs = 60_000,
): Promise<PoolView> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const view = await plane.cli<PoolView>('pool', 'show', pool);
    if (holds(view)) return view;
    if (performance.now() > deadline) throw new Error(`${pool}: not within ${withinMs} ms: ${what}. ${describe(view)}`);
    await sleep(200);
  }
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

function describe(view: PoolView): string {
  const members = view.status.members.map(
    (member) => `${member.hostname}: ${member.health}, ${member.standingSentence}`,
  );
  return `State ${view.status.state}: ${view.status.sentence} [${members.join('; ')}]`;
}
