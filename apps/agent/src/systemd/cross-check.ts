import { type Cancel, type Clock, pause } from '../platform/clock.ts';
import type { UnitState } from '../unit-report.ts';
import type { ShowUnits } from './systemctl-show.ts';
import type { UnitStates } from './unit-states.ts';

/*
 * The second opinion: `systemctl show` of all units, every 15 s while signals reach us, every 2 s while they do not.
 *
 *   waiting --time--> asking --same--> waiting; the states are confirmed
 *   asking  --differs--> looking twice, 100 ms: a signal on its way may explain it
 *   looking twice --a signal or a read came--> waiting: the signals are right, systemctl was asked too early or late
 *   looking twice --nothing came--> a signal was missed: systemctl is believed, and the listener told
 */
export interface CrossCheckParts {
  readonly clock: Clock;
  readonly show: ShowUnits;
  readonly states: UnitStates;
  readonly isFollowing: () => boolean;
  /** A unit has changed without a signal, and is reported now. */
  readonly onNews?: () => void;
  readonly onMissedSignal: (unit: string, had: UnitState, shown: UnitState) => void;
}

const whileFollowingMs = 15_000;
const whileLostMs = 2_000;
const secondLookMs = 100;

export class CrossCheck {
  readonly #parts: CrossCheckParts;
  #cancel: Cancel = () => undefined;
  #isAsking = false;
  #stopped = false;

  constructor(parts: CrossCheckParts) {
    this.#parts = parts;
  }

  /** Counts the time anew; called when signals begin or cease to reach us. */
  plan(): void {
    this.#cancel();
    if (this.#stopped) return;
    const waitMs = this.#parts.isFollowing() ? whileFollowingMs : whileLostMs;
    this.#cancel = this.#parts.clock.after(waitMs, () => {
      this.plan();
      void this.#ask();
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const { states, show, clock } = this.#parts;
    const versions = new Map(states.units.map((unit) => [unit, states.versionOf(unit)]));
    const shown = (await show([...versions.keys()]).catch(() => null)) ?? new Map<string, UnitState>();
    const differs = ([unit, state]: [string, UnitState]) => !this.#agrees(unit, state);
    if ([...shown].some(differs) && this.#parts.isFollowing()) await pause(clock, secondLookMs);
    this.#isAsking = false;
    if (this.#stopped) return;
    for (const [unit, state] of shown) {
      if (states.versionOf(unit) === versions.get(unit)) this.#believe(unit, state);
    }
  }

  #believe(unit: string, shown: UnitState): void {
    const { states } = this.#parts;
    const had = states.stateOf(unit);
    // Where they agree ours is kept, since systemctl does not tell the type of a job.
    const agrees = had !== null && this.#agrees(unit, shown);
    if (!agrees) this.#parts.onNews?.();
    states.accept(unit, agrees ? had : shown);
    if (had !== null && !agrees && this.#parts.isFollowing()) this.#parts.onMissedSignal(unit, had, shown);
  }

  /** systemctl shows that there is a job but not its type, so only its presence is compared. */
  #agrees(unit: string, shown: UnitState): boolean {
    const had = this.#parts.states.stateOf(unit);
    return (
      had !== null &&
      had.loadState === shown.loadState &&
      had.activeState === shown.activeState &&
      had.subState === shown.subState &&
      (had.job === null) === (shown.job === null)
    );
  }
}
