import type { Cancel, Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { OnUnitChange, ServiceManager } from '../service-manager.ts';
import { isUnitName, type UnitReport, type UnitState, watchedUnitsLimit } from '../unit-report.ts';
import type { OpenSystemdBus, SystemdBus } from './bus.ts';
import { CrossCheck } from './cross-check.ts';
import { createSettling, type Settling } from './settle.ts';
import type { ShowUnits } from './systemctl-show.ts';
import { UnitStates } from './unit-states.ts';

/*
 * Units as systemd has them, by its signals.
 *
 *   lost       --bus opens--> following; every unit is read
 *   following  --signal of a unit--> following; it is read again when it rests (settle.ts), and *that* is reported
 *   following  --units reloaded, systemd started anew--> following; every unit is read again
 *   following  --connection ends, a read fails, systemctl differs (cross-check.ts)--> lost
 *   lost       --after 0.25, 0.5 … 5 s--> opens the bus again; meanwhile systemctl is asked, and what it has not
 *                                         confirmed for 10 s is left out of the reports (unit-states.ts)
 */
export interface UnitWatchParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly openBus: OpenSystemdBus;
  readonly show: ShowUnits;
  readonly onChange: OnUnitChange;
  /** A unit that rested gave a signal, or has changed without one: something is reported soon that nothing read before now can know of. */
  readonly onNews?: () => void;
}

const reopenFirstMs = 250;
const reopenLongestMs = 5_000;

export class UnitWatch implements ServiceManager {
  readonly versionSuffix = '';
  readonly #parts: UnitWatchParts;
  readonly #states: UnitStates;
  readonly #crossCheck: CrossCheck;
  readonly #settling = new Map<string, Settling>();
  #bus: SystemdBus | null = null;
  #reopenMs = reopenFirstMs;
  #cancelReopen: Cancel = () => undefined;
  #toldWhy: string | null = null;
  #closed = false;

  constructor(parts: UnitWatchParts) {
    this.#parts = parts;
    this.#states = new UnitStates(parts.clock, parts.onChange);
    this.#crossCheck = new CrossCheck({
      ...parts,
      states: this.#states,
      isFollowing: () => this.#bus !== null,
      onMissedSignal: (unit, had, shown) => this.#onMissedSignal(unit, had, shown),
    });
    this.#crossCheck.plan();
    void this.#open();
  }

  watch(names: readonly string[]): void {
    const refused = names.filter((name) => !isUnitName(name));
    if (refused.length > 0) this.#parts.log.warn('not names of units, not watched', { names: refused.join(' ') });
    const wanted = names.filter(isUnitName).slice(0, watchedUnitsLimit);
    for (const unit of this.#states.units.filter((known) => !wanted.includes(known))) {
      this.#settling.get(unit)?.stop();
      this.#settling.delete(unit);
      this.#states.remove(unit);
    }
    for (const unit of wanted.filter((name) => !this.#states.has(name))) {
      this.#states.add(unit);
      const { clock } = this.#parts;
      const report = (state: UnitState) => this.#states.accept(unit, state);
      this.#settling.set(
        unit,
        createSettling(clock, () => this.#read((bus) => bus.read(unit)), report),
      );
      void this.#follow(unit);
    }
  }

  report(): readonly UnitReport[] {
    return this.#states.report(this.#bus !== null);
  }

  /** True while a signal of a unit has not been followed by a report. */
  isRestless(): boolean {
    return [...this.#settling.values()].some((settling) => settling.isRestless());
  }

  close(): void {
    this.#closed = true;
    this.#crossCheck.stop();
    this.#cancelReopen();
    for (const settling of this.#settling.values()) settling.stop();
    this.#bus?.close();
  }

  async #open(): Promise<void> {
    let opened: SystemdBus | null = null;
    let lost: string | null = null;
    try {
      opened = await this.#parts.openBus({
        onUnitSignal: (unit) => this.#onSignal(unit),
        onEverythingMayHaveChanged: () => this.#states.units.map((unit) => this.#onSignal(unit)),
        onLost: (why) => {
          lost = why;
          if (opened !== null && this.#bus === opened) this.#onLost(why);
        },
      });
    } catch (error) {
      lost = error instanceof Error ? error.message : String(error);
    }
    if (this.#closed) return opened?.close();
    if (opened === null || lost !== null) return this.#reopenLater(lost ?? 'no reason given');
    this.#bus = opened;
    this.#crossCheck.plan();
    this.#toldWhy = null;
    this.#parts.log.info('following systemd by its signals');
    await Promise.all(this.#states.units.map((unit) => this.#follow(unit)));
    if (this.#bus === opened) this.#reopenMs = reopenFirstMs;
  }

  async #follow(unit: string): Promise<void> {
    const state = await this.#read((bus) => bus.watch(unit)).catch(() => null);
    if (state === null || this.#settling.get(unit)?.isRestless() !== false) return;
    this.#parts.onNews?.();
    this.#states.accept(unit, state);
  }

  /** A read that fails means that this connection is of no use any more, whatever the reason. */
  async #read(read: (bus: SystemdBus) => Promise<UnitState>): Promise<UnitState> {
    const bus = this.#bus;
    if (bus === null) throw new Error('not connected');
    try {
      return await read(bus);
    } catch (error) {
      if (bus === this.#bus) this.#onLost(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  #onSignal(unit: string): void {
    const settling = this.#settling.get(unit);
    if (settling?.isRestless() === false) this.#parts.onNews?.();
    this.#states.touch(unit);
    settling?.signal();
  }

  #onMissedSignal(unit: string, had: UnitState, shown: UnitState): void {
    this.#parts.log.error('systemctl and the signals differ; systemctl is believed', {
      unit,
      had: `${had.activeState}/${had.subState}`,
      shown: `${shown.activeState}/${shown.subState}`,
    });
    this.#onLost('a signal was missed');
  }

  #onLost(why: string): void {
    const bus = this.#bus;
    this.#bus = null;
    bus?.close();
    this.#crossCheck.plan();
    this.#reopenLater(why);
  }

  #reopenLater(why: string): void {
    if (this.#closed) return;
    if (this.#toldWhy !== why) this.#parts.log.warn('systemd is not followed now; it is tried again', { why });
    this.#toldWhy = why;
    this.#cancelReopen();
    this.#cancelReopen = this.#parts.clock.after(this.#reopenMs, () => void this.#open());
    this.#reopenMs = Math.min(this.#reopenMs * 2, reopenLongestMs);
  }
}
