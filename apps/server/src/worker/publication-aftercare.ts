import type { Clock } from '../platform/clock.ts';
import { serverKey } from './answer-sheet.ts';
import { answerText, createDifferences, type Differences, type DriftWatch } from './drift-watch.ts';
import type { AuthoritativeServer, Binding, DesiredRecord, WorkerLog } from './ports.ts';
import type { PublicationLog } from './publication-log.ts';
import type { Progress } from './publication-progress.ts';
import type { Verifier } from './verifier.ts';

/*
 * What is asked of the authoritative servers once a name is as wished, beside its passes:
 *
 *   verify   once per epoch and write, until all answer it (R24); a restart asks again, since nobody knows how far the last one came
 *   watch    from then on, as long as we lead: another answer asks for a pass (R22)
 *
 * Where the provider's edge answers for the name, what its API was read to hold is the proof, and nothing is watched between two reads
 * (R22, R24). Whether it does may be known only later, from the name's other record: then it is verified again, by the next read.
 */
export class Aftercare {
  readonly #ports: AftercarePorts;
  #verification: { readonly epoch: number; readonly isByRead: boolean; readonly stop: AbortController } | null = null;
  #watch: AbortController | null = null;
  #differences: Differences;

  constructor(ports: AftercarePorts) {
    this.#ports = ports;
    this.#differences = createDifferences(ports.clock);
  }

  verify(wish: DesiredRecord): void {
    const { verifier, progress, say, log } = this.#ports;
    const read = this.#ports.isProxied() ? progress.view : null;
    const isByRead = read !== null;
    if (this.#verification?.epoch === wish.epoch && this.#verification.isByRead === isByRead) return;
    this.stopVerifying();
    const stop = new AbortController();
    this.#verification = { epoch: wish.epoch, isByRead, stop };
    const { oldAnswerTtlSeconds } = progress.replaced;
    progress.verifies();
    const right = (server: AuthoritativeServer) => this.#noteRight(server, answerText(addressesOf(wish)));
    const task = { wish, oldAnswerTtlSeconds, record: say.verified, right };
    if (read !== null) {
      verifier.verifyByRead(task, read);
      return;
    }
    verifier
      .verify(task, stop.signal)
      .catch((error: unknown) => log.error({ err: error, name: wish.binding.name }, 'Verifying a name failed.'));
  }

  /** Unless the provider was seen to hold something else since. */
  #noteRight(server: AuthoritativeServer, text: string): void {
    this.#ports.progress.unseen.answered(serverKey(server), text);
    if (text === this.#expectedAnswer()) this.#differences.note([{ server, text }], text);
  }

  watch(binding: Binding): void {
    if (this.#watch !== null) return;
    const { driftWatch, differs, log } = this.#ports;
    this.#watch = new AbortController();
    const task = { binding, expected: () => this.#expectedAnswer(), differences: this.#differences, differs };
    driftWatch
      .watch(task, this.#watch.signal)
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
    this.#differences = createDifferences(this.#ports.clock);
  }

  /** What the provider was last known to hold; null while that is open, or a newer wish is under way. */
  #expectedAnswer(): string | null {
    const { progress, isProxied } = this.#ports;
    const { addresses, isAcknowledged } = progress;
    return addresses === null || isProxied() || !isAcknowledged ? null : answerText(addresses);
  }
}

function addressesOf({ address }: DesiredRecord): readonly string[] {
  return address === null ? [] : [address];
}

export interface AftercarePorts {
  readonly clock: Clock;
  readonly verifier: Verifier;
  readonly driftWatch: DriftWatch;
  readonly progress: Progress;
  /** The provider's edge answers for the name. */
  readonly isProxied: () => boolean;
  readonly say: PublicationLog;
  /** Another answer than expected was seen. */
  readonly differs: () => void;
  readonly log: WorkerLog;
}
