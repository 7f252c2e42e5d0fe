import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolView } from '@serverctl/contract';
import { type AnswerProbe, startAnswerProbe } from '../src/answer-probe.ts';
import { addPool, allReady, hostname, memberOf, type PoolPlan, promotions, untilPool } from '../src/edge.ts';
import { type Plane, startPlane } from '../src/plane.ts';
import { wallMs } from '../src/platform/wall-clock.ts';
import type { Stage, StageMember } from '../src/stage.ts';
import { startDnsWriter } from './dns-writer.ts';
import type { DnsKind } from './flags.ts';

/** What the demo shows: did the authoritative answer move, and how long after HAProxy stopped. */
export interface Move {
  readonly moved: boolean;
  readonly from: string;
  readonly to: string | null;
  readonly haproxyStopToAnswerMs: number | null;
}

export interface PlayOptions {
  readonly stage: Stage;
  readonly dns: DnsKind;
  /** Where a browser finds the control plane. */
  readonly origin: string;
  readonly say: (line: string) => void;
}

export interface Played {
  readonly move: Move;
  readonly plane: Plane;
  readonly poolName: string;
  readonly managedName: string;
  /** Where HAProxy does not run any more. */
  readonly stopped: StageMember;
}

/** R11, for whoever stops HAProxy right after a publish and wonders what it waits for. */
const apartMs = 10_000;

/** The whole play on a stage: pool, members, first publish, automatic failover, one failure. */
export async function play({ stage, dns, origin, say }: PlayOptions): Promise<Played> {
  const writer = await startDnsWriter(dns, stage);
  for (const line of writer.words) say(line);
  const own = `https://${stage.planeAddress}:${stage.planePort}`;
  const targets = [`${stage.dns.address}:${stage.dns.port}`, ...(writer.apiTarget === null ? [] : [writer.apiTarget])];
  const plane = await startPlane(stage, {
    SERVERCTL_PUBLIC_URLS: [...new Set([own, origin])].join(','),
    SERVERCTL_ALLOW_PRIVATE_TARGETS: targets.join(','),
  });
  say(`The control plane listens on ${plane.url} with an embedded PostgreSQL.`);
  await writer.addCredential(plane, say);
  const { poolName: name, credentialName: credential, ttlSeconds } = writer;
  const plan: PoolPlan = { name, credential, ttlSeconds, label: 'www', delaySeconds: 30 };
  await addPool(plane, stage, plan, stage.members);
  const managed = hostname(stage, plan);
  say(`Pool "${name}" manages ${managed} (TTL ${ttlSeconds} s); ${stage.members.length} agents are enrolled.`);
  const { first, probe } = await publishFirst(plane, plan, { stage, say });
  await plane.cli('failover', 'on', name);
  say('Automatic failover is on. Two moves are at least 10 s apart, so that a record never flaps; waiting …');
  await Promise.all([
    untilPool(plane, name, 'every standby ready', allReady, 90_000),
    sleep(apartMs), // from now on, so a little longer than from the publish on
  ]);
  say(`Stopping HAProxy on ${first.name} …`);
  const move = await stopAndWatch(plane, name, { stage, first, probe });
  for (const line of await timeline(plane, name)) say(line);
  return { move, plane, poolName: name, managedName: managed, stopped: first };
}

/** Waits until the member is ready, as a person would: only then a publish asks for no further yes. */
async function publishFirst(
  plane: Plane,
  plan: PoolPlan,
  { stage, say }: Pick<PlayOptions, 'stage' | 'say'>,
): Promise<{ first: StageMember; probe: AnswerProbe }> {
  const [first] = stage.members;
  if (first === undefined) throw new Error('a demo needs members');
  await untilPool(plane, plan.name, 'every member heard and healthy', (view) =>
    view.status.members.every(({ health }) => health === 'healthy'),
  );
  say('Every agent is heard, every HAProxy is active. A new member is ready after 30 s of unbroken health; waiting …');
  const isReady = (view: PoolView) => memberOf(view, first.name).ready;
  await untilPool(plane, plan.name, `${first.name} ready`, isReady, 90_000);
  const managed = hostname(stage, plan);
  const probe = startAnswerProbe(stage, managed);
  await plane.cli('pool', 'publish', plan.name, first.hostname, '--yes');
  await probe.until(first.address, { since: 0, withinMs: 20_000 });
  say(`First publish confirmed: ${managed} answers ${first.address} (${first.name}).`);
  return { first, probe };
}

async function stopAndWatch(
  plane: Plane,
  poolName: string,
  { stage, first, probe }: { stage: Stage; first: StageMember; probe: AnswerProbe },
): Promise<Move> {
  const since = wallMs();
  await first.stopHaproxy();
  const moved = await untilPool(plane, poolName, 'another member active', ({ epoch }) => epoch > 1, 30_000).catch(
    () => null,
  );
  const to = moved?.status.members.find(({ role }) => role === 'active');
  const target = stage.members.find(({ hostname }) => hostname === to?.hostname);
  if (target === undefined) return { moved: false, from: first.address, to: null, haproxyStopToAnswerMs: null };
  const answer = await probe.until(target.address, { since, withinMs: 10_000 }).catch(() => null);
  return {
    moved: answer !== null,
    from: first.address,
    to: target.address,
    haproxyStopToAnswerMs: answer === null ? null : Math.round(answer.at - since),
  };
}

/** The last promotion's measured points, as the control plane recorded them. */
async function timeline(plane: Plane, poolName: string): Promise<readonly string[]> {
  const [last] = await promotions(plane, poolName);
  if (last === undefined) return [];
  return [
    last.sentence,
    ...last.steps.map(({ step, afterMs }) => `${String(Math.round(afterMs)).padStart(8)} ms  ${step}`),
  ];
}
