import { defaultUnit } from '@serverctl/core';
import type { ServiceManager } from '../../../apps/agent/src/service-manager.ts';
import type { UnitReport } from '../../../apps/agent/src/unit-report.ts';
import type { Stream } from './random.ts';
import type { HaproxyState } from './truth.ts';
import type { WorldClock } from './world-clock.ts';

/*
 * HAProxy's unit on one host, as systemd shows it. A change runs through its states by itself:
 *
 *   reload    running → reloading (0.1–1.5 s, still serving) → running
 *   restart   running → stopping (job restart) → restarting → running, 0.3–3 s in all
 *   crash     running → auto-restart → running, or, when it cannot come up, again and again; systemd gives up after five: failed
 *   stop      running → stopping → stopped
 */

interface Shown {
  readonly activeState: string;
  readonly subState: string;
  readonly job: string | null;
}

const shown: Readonly<Record<HaproxyState, Shown>> = {
  running: { activeState: 'active', subState: 'running', job: null },
  reloading: { activeState: 'reloading', subState: 'reload', job: 'reload' },
  stopping: { activeState: 'deactivating', subState: 'stop-sigterm', job: 'stop' },
  restarting: { activeState: 'activating', subState: 'start', job: 'restart' },
  'auto-restart': { activeState: 'activating', subState: 'auto-restart', job: 'restart' },
  failed: { activeState: 'failed', subState: 'failed', job: null },
  stopped: { activeState: 'inactive', subState: 'dead', job: null },
};

/** States in which it takes connections. */
const serving: ReadonlySet<HaproxyState> = new Set(['running', 'reloading']);
const tries = 5;

export class Haproxy {
  readonly #clock: WorldClock;
  readonly #random: Stream;
  readonly #changed = new Set<() => void>();
  /** Rises with each order: what an older one had still to do is not done. */
  #order = 0;
  #state: HaproxyState = 'running';
  /** It cannot come up: its configuration is broken, or its binary. */
  isBroken = false;
  sinceMs = 0;

  constructor(clock: WorldClock, random: Stream) {
    this.#clock = clock;
    this.#random = random;
  }

  get state(): HaproxyState {
    return this.#state;
  }

  get serves(): boolean {
    return serving.has(this.#state);
  }

  reload(): void {
    if (this.#state === 'running') this.#run(['reloading', this.#random.between(100, 1_500)], ['running', 0]);
  }

  restart(): void {
    const stopMs = this.#random.between(50, 1_000);
    const startMs = this.#random.between(200, 2_000);
    this.#run(['stopping', stopMs], ['restarting', startMs], [this.isBroken ? 'failed' : 'running', 0]);
  }

  crash(): void {
    this.#crash(++this.#order, 1);
  }

  stop(): void {
    this.#run(['stopping', this.#random.between(20, 2_000)], ['stopped', 0]);
  }

  start(): void {
    if (this.serves) return;
    this.#run(['restarting', this.#random.between(100, 1_000)], [this.isBroken ? 'failed' : 'running', 0]);
  }

  /** As after a boot of the host: systemd starts it. */
  boot(): void {
    this.#order += 1;
    this.#turn('stopped');
    this.start();
  }

  /** What systemd shows, while it is asked. */
  manager(onChange: () => void): ServiceManager {
    let watched: readonly string[] = [];
    this.#changed.add(onChange);
    return {
      versionSuffix: '+simulated',
      watch(units) {
        watched = units;
      },
      report: () => watched.map((unit) => this.#report(unit)),
      close: () => void this.#changed.delete(onChange),
    };
  }

  #report(unit: string): UnitReport {
    if (unit !== defaultUnit) return { unit, loadState: 'not-found', ...shown.stopped, answers: null };
    return { unit, loadState: 'loaded', ...shown[this.#state], answers: null };
  }

  #crash(order: number, nth: number): void {
    if (order !== this.#order) return;
    if (nth > tries) return void this.#turn('failed');
    this.#turn('auto-restart');
    this.#clock.schedule(this.#random.between(100, 600), () => {
      if (order !== this.#order) return;
      if (!this.isBroken) return this.#turn('running');
      this.#turn('restarting');
      this.#clock.schedule(this.#random.between(50, 500), () => this.#crash(order, nth + 1));
    });
  }

  #run(...steps: readonly (readonly [HaproxyState, number])[]): void {
    this.#step(++this.#order, steps);
  }

  #step(order: number, [first, ...rest]: readonly (readonly [HaproxyState, number])[]): void {
    if (order !== this.#order || first === undefined) return;
    this.#turn(first[0]);
    if (rest.length > 0) this.#clock.schedule(first[1], () => this.#step(order, rest));
  }

  #turn(state: HaproxyState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.sinceMs = this.#clock.now();
    for (const tell of [...this.#changed]) tell();
  }
}
