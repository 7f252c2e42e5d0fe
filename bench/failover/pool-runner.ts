import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolView, PromotionView } from '@serverctl/contract';
import { addPool, hostname, type PoolPlan, promotions, untilPool } from '@serverctl/e2e/edge';
import type { LabStage, LabStageMember } from '@serverctl/e2e/lab-stage';
import type { Plane } from '@serverctl/e2e/plane';
import { wallMs } from '@serverctl/e2e/platform/wall-clock';
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
  standbys(): readonly LabStageMember[];
  /** Waits for a ready standby and for the pause between promotions (R11), then stops HAProxy on the active host. */
  stopActive(): Promise<Move>;
  /** The same with the cable; it is plugged in again after the move. */
  cutActive(): Promise<Move>;
}

interface Place {
  readonly plane: Plane;
  readonly stage: LabStage;
  readonly plan: PoolPlan & { readonly graceSeconds: number };
  readonly hosts: readonly LabStageMember[];
}

const answersProgram = join(import.meta.dirname, 'answers-main.ts');
/** R11, with a little more than the rule, since its clock is another one. */
const betweenPromotionsMs = 10_250;
const recoverWithinMs = 90_000;

/** Makes the pool, publishes the first host, waits until a standby is ready, and switches automatic failover on. */
export async function startPool(place: Place): Promise<PoolRunner> {
  const { plane, stage, plan, hosts } = place;
  const [first] = hosts;
  if (first === undefined) throw new Error('a pool needs hosts');
  await addPool(plane, stage, plan, hosts);
  await plane.cli('pool', 'set', plan.name, '--grace', String(plan.graceSeconds));
  const healthy = ({ status }: PoolView) => status.members.every(({ health }) => health === 'healthy');
  await untilPool(plane, plan.name, 'every host heard', healthy, recoverWithinMs);
  await plane.cli('pool', 'publish', plan.name, first.hostname, '--yes', '--confirm-not-ready');
  await untilPool(plane, plan.name, 'a standby ready', hasReadyStandby, recoverWithinMs);
  await plane.cli('failover', 'on', plan.name);
  return runPool(place, first);
}

function runPool(place: Place, first: LabStageMember): PoolRunner {
  const { hosts } = place;
  let active = first;
  let movedAt = Number.NEGATIVE_INFINITY;

  /** What an operator does between failures: acknowledge (R11), and see that the pool is well again. */
  async function prepare(): Promise<number> {
    const { plane, plan } = place;
    await plane.cli('pool', 'ack', plan.name, '--reason', 'benchmark: the last round is over');
    const { epoch } = await untilPool(plane, plan.name, 'calm, with a ready standby', isCalm, recoverWithinMs);
    await sleep(Math.max(0, movedAt + betweenPromotionsMs - wallMs()));
    return epoch;
  }

  async function fail(fault: (host: LabStageMember) => Promise<Fault>): Promise<Move> {
    const epoch = await prepare();
    const from = active;
    const { issuedAt, answeredAt, stopped, to } = await watchMove(place, from, fault);
    movedAt = wallMs();
    active = to;
    const promotion = await recorded(place, epoch + 1);
    return { from: from.name, to: to.name, issuedAt, answeredAt, stopped, promotion };
  }

  return {
    standbys: () => hosts.filter((host) => host !== active),
    stopActive: () =>
      fail(async (host) => {
        const stopped = await stopHaproxy(host);
        return { issuedAt: stopped.issuedAt, stopped };
      }),
    async cutActive() {
      const host = active;
      try {
        return await fail(async () => ({ issuedAt: await pullCable(host), stopped: null }));
      } finally {
        await host.host.heal();
      }
    },
  };
}

type Fault = Pick<Move, 'issuedAt' | 'stopped'>;

/** Asks the authoritative server all the while: what it answers is the only witness. */
async function watchMove(
  { stage, plan, hosts }: Place,
  from: LabStageMember,
  fault: (host: LabStageMember) => Promise<Fault>,
) {
  const { address, port } = stage.dns;
  const answers = startSightings(stage, answersProgram, address, String(port), hostname(stage, plan));
  try {
    await answers.until(`${plan.name} answers ${from.name}`, 0, (seen) => seen === from.address, 10_000);
    const { issuedAt, stopped } = await fault(from);
    const target = (seen: string | null) => hosts.find((host) => host !== from && host.address === seen);
    const what = `${plan.name} moves away from ${from.name}`;
    const { at, seen } = await answers.until(what, issuedAt, (seen) => target(seen) !== undefined, 30_000);
    return { issuedAt, stopped, answeredAt: at, to: target(seen)! };
  } finally {
    await answers.stop();
  }
}

function hasReadyStandby({ status }: PoolView): boolean {
  const active = status.members.find(({ role }) => role === 'active');
  return active?.health === 'healthy' && status.members.some(({ ready, role }) => ready && role === 'standby');
}

function isCalm(view: PoolView): boolean {
  return view.status.state === 'calm' && hasReadyStandby(view);
}

/** The promotion of this epoch, once its timeline holds the provider's acknowledgement. */
async function recorded({ plane, plan }: Place, epoch: number): Promise<PromotionView> {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const promotion = (await promotions(plane, plan.name)).find((one) => one.epoch === epoch);
    if (promotion?.steps.some(({ step }) => step === 'acknowledged')) return promotion;
    await sleep(250);
  }
  throw new Error(`${plan.name}: the answer moved, and no acknowledged promotion of epoch ${epoch} is recorded`);
}
