import type { OpenSystemdBus, SystemdListener } from '../systemd/bus.ts';
import type { ShowUnits } from '../systemd/systemctl-show.ts';
import type { UnitState } from '../unit-report.ts';

export const running: UnitState = { loadState: 'loaded', activeState: 'active', subState: 'running', job: null };
export const stopped: UnitState = { loadState: 'loaded', activeState: 'inactive', subState: 'dead', job: null };
export const failed: UnitState = { loadState: 'loaded', activeState: 'failed', subState: 'failed', job: null };
export const restarting: UnitState = { ...running, activeState: 'activating', subState: 'auto-restart' };

/** systemd with a bus that can be lost, hang or miss signals, and a systemctl that goes another way. */
export class FakeSystemd {
  readonly units = new Map<string, UnitState>();
  opened = 0;
  shown = 0;
  busIsThere = true;
  systemctlWorks = true;
  /** What systemctl says instead of the truth. */
  systemctlSays: UnitState | null = null;
  readsFail = false;
  #listener: SystemdListener | null = null;

  /** The unit changes; `silently`: the signal is lost. */
  change(unit: string, state: UnitState, silently = false): void {
    this.units.set(unit, state);
    if (!silently) this.#listener?.onUnitSignal(unit);
  }

  reload(): void {
    this.#listener?.onEverythingMayHaveChanged();
  }

  loseBus(): void {
    const listener = this.#listener;
    this.#listener = null;
    listener?.onLost('the bus closed the connection');
  }

  readonly openBus: OpenSystemdBus = async (listener) => {
    this.opened += 1;
    if (!this.busIsThere) throw new Error('no such socket');
    this.#listener = listener;
    const read = async (unit: string) => {
      if (this.readsFail || this.#listener !== listener) throw new Error('it was not answered');
      return this.#stateOf(unit);
    };
    const close = () => {
      if (this.#listener === listener) this.#listener = null;
    };
    return { watch: read, read, close };
  };

  readonly show: ShowUnits = async (units) => {
    this.shown += 1;
    if (!this.systemctlWorks) return null;
    return new Map(units.map((unit) => [unit, this.systemctlSays ?? this.#stateOf(unit)]));
  };

  #stateOf(unit: string): UnitState {
    return this.units.get(unit) ?? { loadState: 'not-found', activeState: 'inactive', subState: 'dead', job: null };
  }
}
