import type { Clock } from '../platform/clock.ts';
import type { OnUnitChange } from '../service-manager.ts';
import { isSameState, type UnitReport, type UnitState } from '../unit-report.ts';

interface Known {
  readonly state: UnitState | null;
  readonly confirmedAtMs: number;
  /** Counts everything that touched the unit, so that a slow comparison can tell whether anything happened meanwhile. */
  readonly version: number;
}

/** How long a state may be reported that nobody has confirmed, while no signals reach us. */
const vouchedForMs = 10_000;

/** What is known of the watched units, and since when. Holds no connection and asks nobody. */
export class UnitStates {
  readonly #clock: Clock;
  readonly #onChange: OnUnitChange;
  readonly #known = new Map<string, Known>();

  constructor(clock: Clock, onChange: OnUnitChange) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  get units(): readonly string[] {
    return [...this.#known.keys()];
  }

  has(unit: string): boolean {
    return this.#known.has(unit);
  }

  add(unit: string): void {
    this.#known.set(unit, { state: null, confirmedAtMs: 0, version: 0 });
  }

  remove(unit: string): void {
    this.#known.delete(unit);
  }

  stateOf(unit: string): UnitState | null {
    return this.#known.get(unit)?.state ?? null;
  }

  versionOf(unit: string): number {
    return this.#known.get(unit)?.version ?? -1;
  }

  /** A signal came: whatever is being compared is out of date. */
  touch(unit: string): void {
    const known = this.#known.get(unit);
    if (known !== undefined) this.#known.set(unit, { ...known, version: known.version + 1 });
  }

  /** Somebody who knows said so now. Ignored for a unit that is not watched any more. */
  accept(unit: string, state: UnitState): void {
    const known = this.#known.get(unit);
    if (known === undefined) return;
    this.#known.set(unit, { state, confirmedAtMs: this.#clock.nowMs(), version: known.version + 1 });
    if (!isSameState(known.state, state)) this.#onChange(unit);
  }

  /** `isFollowing`: every change is told to us, so the last state is the present one. Otherwise it ages. */
  report(isFollowing: boolean): readonly UnitReport[] {
    const oldestMs = this.#clock.nowMs() - vouchedForMs;
    return [...this.#known].flatMap(([unit, { state, confirmedAtMs }]) =>
      state === null || (!isFollowing && confirmedAtMs < oldestMs) ? [] : [{ unit, ...state, answers: null }],
    );
  }
}
