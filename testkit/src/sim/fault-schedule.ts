import type { Begun } from './begun.ts';
import type { Events } from './events.ts';
import type { FaultKind, Place } from './fault.ts';
import type { FaultEvent } from './fault-event.ts';
import { amidFaults } from './faults-amid.ts';
import { controlPlaneFaults } from './faults-control-plane.ts';
import { hostFaults } from './faults-host.ts';
import { networkFaults, providerWayFaults, replicaWayFaults } from './faults-network.ts';
import { personFaults } from './faults-person.ts';
import { providerFaults } from './faults-provider.ts';
import type { Host } from './host.ts';
import type { Stream } from './random.ts';
import type { Timer } from './timer-heap.ts';
import type { WorldClock } from './world-clock.ts';

/** Everything that can go wrong, by name. */
export const faultCatalogue: readonly FaultKind[] = [
  ...hostFaults,
  ...networkFaults,
  ...replicaWayFaults,
  ...providerWayFaults,
  ...controlPlaneFaults,
  ...providerFaults,
  ...personFaults,
  ...amidFaults,
];

export interface ScheduleParts {
  readonly clock: WorldClock;
  readonly events: Events;
  readonly random: Stream;
  readonly place: Omit<Place, 'isFree' | 'strike' | 'happen'>;
  /** The kinds that this world may draw; all when left out. */
  readonly only?: readonly string[];
}

interface InForce {
  readonly begun: Begun;
  readonly ended: FaultEvent;
  readonly timer: Timer;
}

/*
 * How hard a world is, drawn from its seed: how long one waits for the next fault on average, and whether faults of one side alone are
 * drawn. A world of the control plane's faults alone must move no record (I10).
 */
const shortestGapMs = 8_000;
const meanGapsMs = [90_000, 40_000, 40_000, 18_000, shortestGapMs];
const oneSided = ['control-plane', 'host', 'network', 'provider'] as const;

export class FaultSchedule {
  readonly #parts: ScheduleParts;
  readonly #kinds: readonly FaultKind[];
  readonly #meanGapMs: number;
  readonly #inForce = new Set<InForce>();
  readonly #claimed = new Set<string>();
  #count = 0;
  #isOver = false;

  constructor(parts: ScheduleParts) {
    this.#parts = parts;
    const { random, only } = parts;
    this.#meanGapMs = only === undefined ? random.pick(meanGapsMs) : shortestGapMs;
    const side = random.chance(0.25) ? random.pick(oneSided) : null;
    const kinds =
      only === undefined
        ? faultCatalogue.filter((one) => side === null || one.side === side)
        : faultCatalogue.filter(({ kind }) => only.includes(kind));
    // A world has some kinds and not others, so that each meets each other one somewhere.
    this.#kinds = only === undefined ? kinds.filter(() => random.chance(0.7)) : kinds;
  }

  start(): void {
    if (this.#kinds.length > 0) this.#plan();
  }

  /** Ends all of them; none comes any more. */
  heal(): void {
    this.#isOver = true;
    for (const one of [...this.#inForce]) this.#end(one);
  }

  #plan(): void {
    const { clock, random } = this.#parts;
    clock.schedule(random.waiting(this.#meanGapMs), () => {
      if (this.#isOver) return;
      this.#begin(this.#drawn());
      this.#plan();
    });
  }

  #drawn(): FaultKind {
    const total = this.#kinds.reduce((sum, { weight }) => sum + weight, 0);
    let left = total * this.#parts.random.fraction();
    const drawn = this.#kinds.find(({ weight }) => {
      left -= weight;
      return left < 0;
    });
    return drawn ?? (this.#kinds[0] as FaultKind);
  }

  #begin({ kind, side, begin }: FaultKind): void {
    const { clock, place } = this.#parts;
    const id = ++this.#count;
    const isFree = (claim: string) => !this.#claimed.has(claim);
    const strike: Place['strike'] = (part, host) => this.#strike(part, host);
    const begun = begin({ ...place, isFree, strike, happen: (part, of) => this.#happen(part, of) });
    if (begun === null) return;
    const { poolId = null, memberId = null, replica = null, forMs, claims = [] } = begun;
    const event = { id, kind, side, poolId, memberId, replica, momentary: forMs === 0 };
    this.#tell({ ...event, phase: 'begin' });
    const ended: FaultEvent = { ...event, phase: 'end' };
    if (forMs === 0) return void this.#tell(ended);
    for (const claim of claims) this.#claimed.add(claim);
    const one: InForce = { begun, ended, timer: clock.schedule(forMs, () => this.#end(one)) };
    this.#inForce.add(one);
  }

  #end(one: InForce): void {
    this.#inForce.delete(one);
    one.timer.action = null;
    one.begun.end?.();
    for (const claim of one.begun.claims ?? []) this.#claimed.delete(claim);
    this.#tell(one.ended);
  }

  #strike(kind: string, { disk: { memberId } }: Host): () => void {
    const poolId = this.#parts.place.installation.storage.house.members.get(memberId)?.poolId ?? null;
    const event = { id: ++this.#count, kind, side: 'host' as const, poolId, memberId, replica: null, momentary: false };
    this.#tell({ ...event, phase: 'begin' });
    return () => this.#tell({ ...event, phase: 'end' });
  }

  #happen(kind: string, side: FaultEvent['side']): void {
    const event = { id: ++this.#count, kind, side, poolId: null, memberId: null, replica: null, momentary: true };
    this.#tell({ ...event, phase: 'begin' });
    this.#tell({ ...event, phase: 'end' });
  }

  #tell(fault: FaultEvent): void {
    const { kind, phase, poolId, memberId, replica } = fault;
    this.#parts.events.tell('onFault', [kind, phase, poolId ?? '', memberId ?? '', replica ?? ''], fault);
  }
}
