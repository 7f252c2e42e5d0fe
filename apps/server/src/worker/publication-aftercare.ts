import { answerText, type DriftWatch } from './drift-watch.ts';
import type { Binding, DesiredRecord, WorkerLog } from './ports.ts';
import type { PublicationLog } from './publication-log.ts';
import type { Progress } from './publication-progress.ts';
import type { Verifier } from './verifier.ts';

/*
 * What is asked of the authoritative servers once a name is as wished, beside its passes:
 *
 *   verify   once per epoch and write, until all answer it (R24); a restart asks again, since nobody knows how far the last one came
 *   watch    from then on, as long as we lead: another answer asks for a pass (R22)
 */
export class Aftercare {
  readonly #ports: AftercarePorts;
  #verification: { readonly epoch: number; readonly stop: AbortController } | null = null;
  #watch: AbortController | null = null;

  constructor(ports: AftercarePorts) {
    this.#ports = ports;
  }

  verify(wish: DesiredRecord): void {
    if (this.#verification?.epoch === wish.epoch) return;
    const { verifier, progress, say, log } = this.#ports;
    const stop = new AbortController();
    this.#verification = { epoch: wish.epoch, stop };
    const task = { wish, previousTtlSeconds: progress.previousTtlSeconds, record: say.verified };
    progress.previousTtlSeconds = null;
    verifier
      .verify(task, stop.signal)
      .catch((error: unknown) => log.error({ err: error, name: wish.binding.name }, 'Verifying a name failed.'));
  }

  watch(binding: Binding): void {
    if (this.#watch !== null) return;
    const { driftWatch, differs, log } = this.#ports;
    this.#watch = new AbortController();
    driftWatch
      .watch(binding, () => this.#expectedAnswer(), differs, this.#watch.signal)
      .catch((error: unknown) => log.error({ err: error, name: binding.name }, 'Watching a name failed.'));
  }

  stopVerifying(): void {
    this.#verification?.stop.abort();
    this.#verification = null;
  }

  stop(): void {
    this.stopVerifying();
    this.#watch?.abort();
    this.#watch = null;
  }

  /** What the provider was last seen to hold; null while that is open, or a newer wish is under way. */
  #expectedAnswer(): string | null {
    const { view, isAcknowledged } = this.#ports.progress;
    return view === null || !isAcknowledged ? null : answerText(view.rrset?.addresses ?? []);
  }
}

export interface AftercarePorts {
  readonly verifier: Verifier;
  readonly driftWatch: DriftWatch;
  readonly progress: Progress;
  readonly say: PublicationLog;
  /** Another answer than expected was seen. */
  readonly differs: () => void;
  readonly log: WorkerLog;
}
