import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolView, PromotionView } from '@serverctl/contract';
import { addPool, hostname, type PoolPlan, promotions, untilPool } from '@serverctl/e2e/edge';
import type { LabStage, LabStageMember } from '@serverctl/e2e/lab-stage';
import type { Plane } from '@serverctl/e2e/plane';
import { pullCable, type Stopped, stopHaproxy } from './fault.ts';
import { startSightings } from './sightings.ts';

/** One measured move of a pool's record: from the fault to the first authoritative answer of the new address. Wall-clock milliseconds. */
export interface Move {
  readonly from: string;
  readonly to: string;
  readonly issuedAt: number;
  readonly answeredAt: number;
  readonly stopped: Stopped | null;
  readonly promotion: PromotionView;
}

/** A pool of the product on hosts of its own, failed again and again through nothing but its public interface. */
export interface PoolRunner {
  readonly name: string;
  /** Who serves now. */
  active(): LabStageMember;
  standbys(): readonly LabStageMember[];
  /** Waits for a ready standby and for the pause between promotions (R11), then stops HAProxy on the active host. */
  stopActive(): Promise<Move>;
  /** The same with the cable; the cable is plugged in again after the move. */
  cutActive(): Promise<Move>;
}

const answersProgram = join(import.meta.dirname, 'answers-main.ts');
/** R11, with a little more than the rule, since its clock is another one. */
const betweenPromotionsMs = 10_250;

/** Makes the pool, publishes the first host and waits until the others are ready. */
export async function startPool(
  plane: Plane,
  stage: LabStage,
  plan: PoolPlan & { readonly graceSeconds: number },
  hosts: readonly LabStageMember[],
): Promise<PoolRunner> {
  const [first] = hosts;
  if (first === undefined) throw new Error('a pool needs hosts');
  await addPool(plane, stage, plan, hosts);
  await plane.cli('pool', 'set', plan.name, '--grace', String(plan.graceSeconds));
  const healthy = ({ status }: PoolView) => status.members.every(({ health }) => health === 'healthy');
  await untilPool(plane, plan.name, 'every host heard', healthy);
  await plane.cli('pool', 'publish', plan.name, first.hostname, '--yes', '--confirm-not-ready');
  await untilPool(plane, plan.name, 'a standby ready', hasReadyStandby, 90_000);
  await plane.cli('failover', 'on', plan.name);

  let active = first;
  let movedAt = Number.NEGATIVE_INFINITY;

  async function prepare(): Promise<number> {
    await plane.cli('pool', 'ack', plan.name, '--reason', 'benchmark: the last round is over');
    const { epoch } = await untilPool(plane, plan.name, 'calm, with a ready standby', isCalm, 90_000);
    await sleep(Math.max(0, movedAt + betweenPromotionsMs - Date.now()));
    return epoch;
  }

  async function move(fault: (host: LabStageMember) => Promise<{ issuedAt: number; stopped: Stopped | null }>) {
    const epoch = await prepare();
    const from = active;
    const answers = startSightings(
      stage,
      answersProgram,
      stage.dns.address,
      String(stage.dns.port),
      hostname(stage, plan),
    );
    try {
      await answers.until(`${plan.name} answers ${from.name}`, 0, (seen) => seen === from.address, 5_000);
      const { issuedAt, stopped } = await fault(from);
      const isMoved = (seen: string | null) =>
        hosts.some(({ address }) => address !== from.address && address === seen);
      const { at, seen } = await answers.until(`${plan.name} moves from ${from.name}`, issuedAt, isMoved, 30_000);
      movedAt = Date.now();
      active = hosts.find(({ address }) => address === seen) ?? first!;
      const promotion = await recorded(plane, plan.name, epoch + 1);
      return { from: from.name, to: active.name, issuedAt, answeredAt: at, stopped, promotion };
    } finally {
      await answers.stop();
    }
  }

  return {
    name: plan.name,
    active: () => active,
    standbys: () => hosts.filter((host) => host !== active),
    stopActive: () =>
      move(async (host) => {
        const stopped = await stopHaproxy(host);
        return { issuedAt: stopped.issuedAt, stopped };
      }),
    async cutActive() {
      const host = active;
      try {
        return await move(async () => ({ issuedAt: await pullCable(host), stopped: null }));
      } finally {
        await host.host.heal();
      }
    },
  };
}

function hasReadyStandby({ status }: PoolView): boolean {
  const active = status.members.find(({ role }) => role === 'active');
  return active?.health === 'healthy' && status.members.some(({ ready, role }) => ready && role === 'standby');
}

function isCalm(view: PoolView): boolean {
  return view.status.state === 'calm' && hasReadyStandby(view);
}

/** The promotion of this epoch, once its timeline holds the provider's acknowledgement. */
async function recorded(plane: Plane, pool: string, epoch: number): Promise<PromotionView> {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const promotion = (await promotions(plane, pool)).find((one) => one.epoch === epoch);
    if (promotion?.steps.some(({ step }) => step === 'acknowledged')) return promotion;
    await sleep(250);
  }
  throw new Error(`${pool}: the answer moved, and no acknowledged promotion of epoch ${epoch} is recorded`);
}
