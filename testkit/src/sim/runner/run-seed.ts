import { allInvariants } from '../invariants/all-invariants.ts';
import type { Invariant } from '../invariants/invariant.ts';
import { judgeAll } from '../invariants/judge-all.ts';
import type { Observer } from '../observer.ts';
import { countSometimes } from '../sometimes.ts';
import { createSimWorld } from '../world.ts';
import { lengthMs } from './plan.ts';
import type { SeedOrder, SeedReport, Violation } from './seed-report.ts';

/** A world that is broken breaks an invariant at each event: the first ones say enough. */
const keptViolations = 20;
const keptEvents = 40;
const minuteMs = 60_000;

/** Runs one world under all invariants. A breach is told with the events before it: the world is run again up to there. */
export async function runSeed(order: SeedOrder): Promise<SeedReport> {
  const violations: Violation[] = [];
  const sometimes = countSometimes();
  const frozen = countFrozenTicks();
  const world = await createSimWorld(worldOf(order));
  world.observe(judgeAll(allInvariants, (invariant, at, sentence) => note(violations, invariant, at, sentence)));
  for (const one of [...sometimes.observer, frozen.observer]) world.observe(one);
  const { simulatedMs, events, digest } = await world.run();
  world.discard();
  return {
    seed: order.seed,
    simulatedMs,
    events,
    digest,
    violations,
    lastEvents: violations.length === 0 ? [] : await eventsBefore(order),
    sometimes: sometimes.counts,
    frozenTicks: frozen.count(),
  };
}

/** Runs one world and hands out each line of its trace. */
export async function traceSeed(order: SeedOrder, line: (text: string) => void): Promise<string> {
  const world = await createSimWorld({ ...worldOf(order), trace: line });
  world.observe(judgeAll(allInvariants, ({ id }, _at, sentence) => line(`${id} ${sentence}`)));
  return (await world.run()).digest;
}

function worldOf({ seed, minutes, faults }: SeedOrder) {
  return { seed, minutes: lengthMs(seed, minutes) / minuteMs, ...(faults !== undefined && { only: faults }) };
}

function note(violations: Violation[], { id }: Invariant, atMs: number, sentence: string): void {
  if (violations.length < keptViolations) violations.push({ atMs, invariant: id, sentence });
}

class Enough extends Error {}

/** A breach is told in the middle of an event, where the product might catch what is thrown: the world ends with the event. */
async function eventsBefore(order: SeedOrder): Promise<readonly string[]> {
  const lines: string[] = [];
  let isOver = false;
  const trace = (line: string) => {
    if (isOver) return;
    lines.push(line);
    if (lines.length > keptEvents) lines.shift();
  };
  const world = await createSimWorld({ ...worldOf(order), trace });
  const breach = () => {
    isOver = true;
  };
  world.observe(judgeAll(allInvariants, breach));
  world.observe({
    onEvent() {
      if (isOver) throw new Enough();
    },
  });
  await world.run().catch((error: unknown) => {
    if (!(error instanceof Enough)) throw error;
  });
  world.discard();
  return lines;
}

/** Frozen ticks of all processes; a process's own count starts again with it. */
function countFrozenTicks(): { readonly observer: Observer; count(): number } {
  const last = new Map<string, number>();
  let total = 0;
  return {
    observer: {
      onStatuses(rows, replica) {
        const now = rows[0]?.frozenTicks ?? 0;
        const before = last.get(replica) ?? 0;
        total += now >= before ? now - before : now;
        last.set(replica, now);
      },
    },
    count: () => total,
  };
}
