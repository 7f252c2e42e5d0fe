import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolView } from '@serverctl/contract';
import { isAppError } from '@serverctl/core';
import { startBind } from '@serverctl/lab';
import { type Generator, startGenerator } from '../src/generator.ts';
import { inParallel } from '../src/in-parallel.ts';
import { type AddedPool, addPools } from '../src/members.ts';
import { monotonicMs } from '../src/monotonic.ts';
import { type MeasuredPlane, startPlane } from '../src/plane.ts';
import type { Say } from '../src/progress.ts';
import type { Started } from '../src/run-to-its-end.ts';

/** A control plane, the name server of its zone, and hosts that beat: each pool has its first publish behind it. */
export interface Stage {
  readonly plane: MeasuredPlane;
  readonly generator: Generator;
  readonly pools: readonly AddedPool[];
  /** By the machine's clock. */
  readonly beatsSinceMs: number;
}

const zone = 'bench.test';
/** Few: on a machine that others use as well the database must answer each in time. */
const callsAtOnce = 3;
const patienceMs = 300_000;

/** A HAProxy that stops is told of at once: its grace is the operator's wish, and no time of ours. */
export const poolSettings = { haproxyGraceSeconds: 0 } as const;

/** The members of each pool: a large one (a table on its overview), one that just has cards, and many of four. */
export function poolSizes(members: number, pools: number): readonly number[] {
  const [cards, small] = [12, 4];
  const others = (pools - 2) * small;
  return [members - cards - others, cards, ...Array.from({ length: pools - 2 }, () => small)];
}

export async function setStage(
  directory: string,
  sizes: readonly number[],
  started: Started,
  say: Say,
): Promise<Stage> {
  const bind = await startBind({ directory: join(directory, 'bind'), zone });
  started.push(() => bind.stop());
  const point = `${bind.address}:${bind.port}`;
  const plane = await startPlane(directory, {
    SERVERCTL_DNS_START_POINTS: point,
    SERVERCTL_ALLOW_PRIVATE_TARGETS: point,
  });
  started.push(plane.child.end);
  const { client } = plane;
  say(`The control plane listens on ${plane.address.url}; adding ${sizes.length} pools and their members …`);
  const pools = await addPools(client, sizes, poolSettings);
  const generator = startGenerator();
  started.push(generator.end);
  say('Enrolling every member: a key, a nonce, a proof and a token each …');
  await generator.ask({ kind: 'enrol', at: plane.address, members: pools.flatMap(({ members }) => members) });
  await generator.ask({ kind: 'beat', at: plane.address });
  const beatsSinceMs = monotonicMs();
  await until(plane, 'every member is healthy', ({ status }) =>
    status.members.every((one) => one.health === 'healthy'),
  );
  say('A first publish of each pool, at a BIND of our own …');
  const { name, algorithm, secret } = bind.keys.serverctl;
  const { credential } = await client.credentials.add({
    name: 'name-server',
    settings: { provider: 'rfc2136', host: bind.address, port: bind.port, keyName: name, algorithm, secret },
  });
  await inParallel(pools, callsAtOnce, async ({ id, name: label, members }) => {
    const name = { name: `${label}.${zone}`, zone, credentialId: credential.id, ttlSeconds: 30 };
    await untilAnswered(() => client.bindings.add(id, name));
    const yes = { memberId: members[0]?.memberId ?? '', confirmNotReady: true };
    await untilAnswered(() => client.firstPublish.confirm(id, yes));
  });
  await until(plane, 'every name is published and every standby ready', isCalm);
  return { plane, generator, pools, beatsSinceMs };
}

const isCalm = ({ status }: PoolView): boolean =>
  status.bindings.every(({ state }) => state === 'published') &&
  status.members.every(({ role, ready }) => role !== 'standby' || ready);

/** While the stage is set a database that is too busy is asked again: nothing is measured yet. */
async function untilAnswered<Reply>(ask: () => Promise<Reply>, tries = 20): Promise<Reply> {
  try {
    return await ask();
  } catch (error) {
    if (!isAppError(error, 'database_unavailable') || tries === 1) throw error;
    await sleep(2_000);
    return untilAnswered(ask, tries - 1);
  }
}

async function until({ client }: MeasuredPlane, what: string, holds: (pool: PoolView) => boolean): Promise<void> {
  const began = performance.now();
  for (;;) {
    const { pools } = await untilAnswered(() => client.pools.list());
    const left = pools.filter((pool) => !holds(pool));
    if (left.length === 0) return;
    if (performance.now() - began > patienceMs)
      throw new Error(`Not in ${patienceMs / 1_000} s: ${what}; ${left[0]?.name}: ${left[0]?.status.sentence}`);
    await sleep(1_000);
  }
}
