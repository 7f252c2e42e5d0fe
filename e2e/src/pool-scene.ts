import { setTimeout as sleep } from 'node:timers/promises';
import type { EventView, PoolView } from '@serverctl/contract';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type AnswerProbe, startAnswerProbe } from './answer-probe.ts';
import { addPool, allReady, hostname, type PoolPlan, promotions, untilPool } from './edge.ts';
import type { LabStageMember } from './lab-stage.ts';
import type { Plane } from './plane.ts';
import type { ExpectedPromotion } from './promotion-balance.ts';
import { openScene, type Scene } from './scenario.ts';
import { faultLog, type Liveness, readLiveness, settle, type Verdict } from './verdict.ts';

/** The pool at rest: everybody healthy, every standby ready, nothing left to publish. Hosts by their name in the lab. */
export interface AtRest {
  readonly name: string;
  readonly next: string;
  readonly view: PoolView;
}

/** One pool on hosts of its own with automatic failover on, opened before the first test of a file and shared by them all. */
export interface PoolScene {
  readonly plan: PoolPlan;
  readonly scene: Scene;
  readonly plane: Plane;
  readonly probe: AnswerProbe;
  readonly faults: ReturnType<typeof faultLog>;
  host(name: string): LabStageMember;
  pool(what: string, holds: (view: PoolView) => boolean, withinMs?: number): Promise<PoolView>;
  atRest(): Promise<AtRest>;
  expectMove(kind: ExpectedPromotion['kind'], to: string, cause: string): void;
  /** The first answer other than `address`, and whose it is: for moves whose target is anybody ready. */
  untilMovedFrom(address: string, withinMs: number): Promise<{ readonly at: number; readonly to: string }>;
  /** Of this pool, oldest first. */
  events(): Promise<readonly EventView[]>;
  /**
   * Runs `action` and holds that nothing of a move happened from its start to `watchMs` behind its end: the authoritative answer did not
   * change once, the epoch is the same, nobody was promoted, and nothing worse than a notice was told of the active member.
   */
  stays(watchMs: number, action: (rest: AtRest) => Promise<void>): Promise<readonly EventView[]>;
  /** The bucket of R11 is refilled as an operator would: through the public API. */
  acknowledge(): Promise<unknown>;
  /** Before the control plane ends: what it counted is lost with it. */
  keepCounters(): Promise<void>;
  /** The file's figures, over all lives of the control plane. */
  settle(): Promise<Verdict>;
}

/** Registers the hooks that open and close the scene. Its fields are there once the tests run. */
export function poolScene(file: string, plan: PoolPlan, members = 3): PoolScene {
  const expected: ExpectedPromotion[] = [];
  const earlier: Liveness[] = [];
  const faults = faultLog();
  let scene: Scene;
  let probe: AnswerProbe;
  let failed = false;

  const host = (name: string) => {
    const found = scene.stage.members.find((member) => member.name === name);
    if (found === undefined) throw new Error(`no host ${name}`);
    return found;
  };
  const pool: PoolScene['pool'] = (what, holds, withinMs) => untilPool(scene.plane, plan.name, what, holds, withinMs);
  const expectMove: PoolScene['expectMove'] = (kind, to, cause) =>
    void expected.push({ pool: plan.name, kind, to, cause });
  const atRest = async (): Promise<AtRest> => {
    const view = await pool('everybody healthy and ready', (now) => allReady(now) && now.status.state === 'calm');
    const named = (matches: (member: PoolView['status']['members'][number]) => boolean) =>
      view.status.members.find(matches)?.hostname.split('.')[0] ?? 'nobody';
    return { name: named(({ role }) => role === 'active'), next: named(({ place }) => place === 1), view };
  };
  const events = async () => {
    const said = await scene.plane.tryCli('events', '--pool', plan.name, '--limit', '500', '--json');
    if (said.status !== 0) throw new Error(`serverctl events: ${said.stderr}`);
    const lines = said.stdout.split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as EventView);
  };

  beforeAll(async () => {
    scene = await openScene(file, members);
    const [first] = scene.stage.members;
    await addPool(scene.plane, scene.stage, plan, scene.stage.members);
    await pool('everybody heard', ({ status }) => status.members.every(({ health }) => health === 'healthy'));
    await scene.plane.cli('pool', 'publish', plan.name, first!.hostname, '--yes', '--confirm-not-ready');
    expectMove('first-publish', first!.name, 'first-publish');
    probe = startAnswerProbe(scene.stage, hostname(scene.stage, plan));
    await probe.until(first!.address, { since: 0, withinMs: 10_000 });
    await pool('standbys ready', allReady);
    await scene.plane.cli('failover', 'on', plan.name);
  });
  afterEach((context) => {
    if (context.task.result?.state === 'fail') failed = true;
  });
  afterAll(async () => {
    await probe?.stop();
    await scene?.end(failed);
  });

  return {
    plan,
    faults,
    host,
    pool,
    atRest,
    events,
    expectMove,
    get scene() {
      return scene;
    },
    get plane() {
      return scene.plane;
    },
    get probe() {
      return probe;
    },
    async untilMovedFrom(address, withinMs) {
      const seen = probe.history.length;
      const moved = () =>
        probe.history.slice(seen).find(({ addresses }) => addresses.length === 1 && addresses[0] !== address);
      await expect.poll(moved, { timeout: withinMs, interval: 20 }).toBeDefined();
      const { at, addresses } = moved()!;
      const to = scene.stage.members.find((member) => member.address === addresses[0]);
      return { at, to: to?.name ?? `a stranger at ${addresses[0]}` };
    },
    async stays(watchMs, action) {
      const before = await atRest();
      const lastSeq = (await events()).at(-1)?.seq ?? 0;
      const seen = probe.history.length;
      await action(before);
      await sleep(watchMs);
      const after = await atRest();
      const news = (await events()).filter(({ seq }) => seq > lastSeq);
      const { activeMemberId, epoch } = before.view;
      const moving = ({ kind, severity, memberId }: EventView) =>
        kind === 'pool.promoted' || (severity !== 'info' && memberId === activeMemberId);
      expect(news.filter(moving)).toEqual([]);
      expect(probe.history.slice(seen)).toEqual([]);
      expect(probe.present()).toEqual([host(before.name).address]);
      expect(after.view).toMatchObject({ activeMemberId, epoch });
      return news;
    },
    acknowledge: () => scene.plane.cli('pool', 'ack', plan.name, '--reason', 'scenario finished'),
    async keepCounters() {
      earlier.push(await readLiveness(scene.plane));
    },
    settle: () => settle(scene.plane, file, expected, faults, earlier),
  };
}

/** What every file ends with: the record was never wrong, HAProxy runs everywhere, and no gap or promotion is unexplained. */
export function closingTests(at: PoolScene): void {
  it('leaves HAProxy of every host running', async () => {
    for (const member of at.scene.stage.members)
      expect((await member.run(['systemctl', 'is-active', 'haproxy.service'])).stdout.trim()).toBe('active');
  });

  it('never answered with nothing, two addresses or a stranger’s (R20)', () => {
    const ours = at.scene.stage.members.map(({ address }) => address);
    const firstSet = at.probe.history.findIndex(({ addresses }) => addresses.length > 0);
    expect(firstSet).toBeGreaterThanOrEqual(0);
    for (const { addresses } of at.probe.history.slice(firstSet)) {
      expect(addresses).toHaveLength(1);
      expect(ours).toContain(addresses[0]);
    }
  });

  it('has no unexplained gap, no false promotion and no missing one', async () => {
    const verdict = await at.settle();
    expect(verdict).toMatchObject({ unexplainedGaps: 0, falsePromotions: 0, missingPromotions: 0 });
    expect((await promotions(at.plane, at.plan.name)).every(({ sentence }) => sentence.length > 20)).toBe(true);
  });
}
