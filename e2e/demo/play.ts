import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startAnswerProbe } from '../src/answer-probe.ts';
import { addCredential, addPool, allReady, hostname, type PoolPlan, promotions, untilPool } from '../src/edge.ts';
import { type Plane, startPlane } from '../src/plane.ts';
import { wallMs } from '../src/platform/wall-clock.ts';
import type { Stage } from '../src/stage.ts';

/** What the demo shows: did the authoritative answer move, and how long after HAProxy stopped. */
export interface Move {
  readonly moved: boolean;
  readonly from: string;
  readonly to: string | null;
  readonly haproxyStopToAnswerMs: number | null;
}

export const plan: PoolPlan = { name: 'demo', label: 'www', delaySeconds: 30, ttlSeconds: 30 };

/** The whole play on a stage: pool, members, first publish, automatic failover, one failure. */
export async function play(
  stage: Stage,
  origin: string,
  say: (line: string) => void,
): Promise<{ move: Move; plane: Plane }> {
  const own = `https://${stage.planeAddress}:${stage.planePort}`;
  const plane = await startPlane(stage, { SERVERCTL_PUBLIC_URLS: [...new Set([own, origin])].join(',') });
  say(`The control plane listens on ${plane.url} with an embedded PostgreSQL.`);
  const name = hostname(stage, plan);
  const secretFile = join(stage.directory, 'tsig-secret');
  await writeFile(secretFile, stage.dns.key.secret, { mode: 0o600 });
  await addCredential(plane, stage, secretFile);
  await addPool(plane, stage, plan, stage.members);
  say(`Pool "${plan.name}" manages ${name} (TTL ${plan.ttlSeconds} s); ${stage.members.length} agents are enrolled.`);
  await untilPool(plane, plan.name, 'every member heard and healthy', (view) =>
    view.status.members.every(({ health }) => health === 'healthy'),
  );
  say('Every agent is heard, every HAProxy is active.');

  const first = stage.members[0];
  if (first === undefined) throw new Error('a demo needs members');
  const probe = startAnswerProbe(stage, name);
  await plane.cli('pool', 'publish', plan.name, first.hostname, '--yes', '--confirm-not-ready');
  await probe.until(first.address, { since: 0, withinMs: 20_000 });
  say(`First publish confirmed: ${name} answers ${first.address} (${first.name}).`);
  say('A new member becomes a candidate after 30 s of unbroken health; waiting …');
  await untilPool(plane, plan.name, 'every standby ready', allReady, 90_000);
  await plane.cli('failover', 'on', plan.name);
  say(`Automatic failover is on. Stopping HAProxy on ${first.name} …`);

  const move = await stopAndWatch(stage, plane, first, probe);
  for (const line of await timeline(plane)) say(line);
  return { move, plane };
}

async function stopAndWatch(
  stage: Stage,
  plane: Plane,
  first: Stage['members'][number],
  probe: ReturnType<typeof startAnswerProbe>,
): Promise<Move> {
  const since = wallMs();
  await first.stopHaproxy();
  const moved = await untilPool(plane, plan.name, 'another member active', ({ epoch }) => epoch > 1, 30_000).catch(
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
async function timeline(plane: Plane): Promise<readonly string[]> {
  const [last] = await promotions(plane, plan.name);
  if (last === undefined) return [];
  return [
    last.sentence,
    ...last.steps.map(({ step, afterMs }) => `${String(Math.round(afterMs)).padStart(8)} ms  ${step}`),
  ];
}
