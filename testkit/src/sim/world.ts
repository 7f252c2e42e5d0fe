import { minuteMs, secondMs } from '@serverctl/core';
import { AddressChanges, addressChangeKind } from './address-changes.ts';
import { Events } from './events.ts';
import { bothFamiliesKind, drawBothFamilies } from './families.ts';
import { FamilyChanges } from './family-changes.ts';
import { FaultSchedule } from './fault-schedule.ts';
import { healAll } from './healing.ts';
import { createInstallation, type Installation } from './installation.ts';
import type { Observer } from './observer.ts';
import { Operator } from './operator.ts';
import { createStreams } from './random.ts';
import { drawSpec, type SpecLimits } from './spec.ts';
import type { Truth } from './truth.ts';
import { WorldClock } from './world-clock.ts';
import { createTruth } from './world-truth.ts';

/*
 * One simulated world: a whole installation for so many minutes, out of one seed.
 *
 *   0 s           replicas and agents start, each a little later than the last
 *   30 s          faults and persons begin (fault-schedule.ts)
 *   the last 3 min  everything is healed, and the world runs on, so that one can see whether it comes right again
 */

export interface WorldOptions extends SpecLimits {
  readonly seed: number;
  /** Of simulated time, all in all; at least 4. */
  readonly minutes: number;
  /** False = a world in which nothing goes wrong. Default true. */
  readonly faults?: boolean;
  /** Names of the catalogue: no other fault happens. */
  readonly only?: readonly string[];
  /** A line for each event. */
  readonly trace?: (line: string) => void;
}

export interface WorldResult {
  readonly seed: number;
  readonly simulatedMs: number;
  readonly events: number;
  /** The same for the same seed and the same sources, in any process. */
  readonly digest: string;
}

export interface SimWorld {
  observe(observer: Observer): void;
  /** Runs the world to its end. Rejects with what an observer threw. */
  run(): Promise<WorldResult>;
  /** Gives back what a world holds; it cannot run any more. Without it each world is kept for the process's life. */
  discard(): void;
  readonly truth: Truth;
  readonly installation: Installation;
}

const healMs = 3 * minuteMs;
const calmMs = 30 * secondMs;
const backUpEveryMs = 4 * minuteMs;

/** Makes a world; nothing moves before `run`. */
export async function createSimWorld({
  seed,
  minutes,
  faults = true,
  only,
  trace,
  ...limits
}: WorldOptions): Promise<SimWorld> {
  const stream = createStreams(seed);
  const after: ((at: number, count: number) => void)[] = [];
  const clock = new WorldClock((at, count) => {
    for (const tell of after) tell(at, count);
  });
  const events = new Events({ clock, trace: trace ?? null });
  const wishes = (kind: string) => (faults ? only?.includes(kind) : false);
  const drawn = drawSpec(stream('spec'), stream('together'), limits);
  const spec = drawBothFamilies(drawn, stream('aaaa'), wishes(bothFamiliesKind));
  const installation = await createInstallation({ spec, clock, stream, events });
  const operator = new Operator(installation, events, stream('operator'));
  const endMs = minutes * minuteMs;
  const random = stream('faults');
  const place = { installation, operator, random, longestMs: endMs / 5 };
  const schedule = new FaultSchedule({ clock, events, random, place, ...(only && { only }) });
  const wished = wishes(addressChangeKind);
  const addresses = new AddressChanges({ installation, operator, events, random: stream('address-changes'), wished });
  const families = new FamilyChanges({ installation, operator, random: stream('family-changes') });
  let healedAt: number | null = null;
  const { truth, observer } = createTruth({ installation, healedAt: () => healedAt });
  events.observe(observer);

  function begin(): void {
    for (const one of events.observers) {
      one.onBegin?.(truth);
      if (one.onEvent !== undefined) after.push((at, count) => one.onEvent?.(at, count));
    }
    const random = stream('start');
    for (const replica of installation.replicas) clock.schedule(random.between(0, 2_000), () => replica.start());
    for (const host of installation.hosts) clock.schedule(random.between(0, 5_000), () => host.startAgent());
    if (!faults) return;
    clock.schedule(calmMs, () => schedule.start());
    addresses.start(calmMs);
    families.start(calmMs);
    keepBackups();
  }

  function keepBackups(): void {
    operator.backUp();
    clock.schedule(backUpEveryMs, keepBackups);
  }

  function heal(): void {
    schedule.heal();
    addresses.heal();
    families.heal();
    healAll(installation, operator);
    healedAt = clock.now();
    events.tell('onHealed', []);
  }

  return {
    truth,
    installation,
    observe: (one) => events.observe(one),
    async run() {
      begin();
      await clock.run(endMs - healMs);
      heal();
      await clock.run(endMs);
      events.tell('onEnd', []);
      return { seed, simulatedMs: endMs, events: clock.count, digest: events.digest.text() };
    },
    discard() {
      events.close();
      for (const replica of installation.replicas) replica.discard();
    },
  };
}
