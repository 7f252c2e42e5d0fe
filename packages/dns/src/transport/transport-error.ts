/**
 * Why no reply came: `aborted` by the caller's signal, `late` by a time limit of whoever carries requests, `refused` before anything was
 * sent, `closed` by the other side, `network` else.
 */
export type TransportFailure = 'aborted' | 'late' | 'refused' | 'closed' | 'network';

/** For people, in an error's details. A signal ends for want of time, or because nobody waits any more: both are no answer in time. */
const failureWords: Readonly<Record<TransportFailure, string>> = {
  aborted: 'no answer in time',
  late: 'no answer in time',
  refused: 'no connection',
  closed: 'it closed the connection without an answer',
  network: 'the connection broke before an answer',
};

/** An exchange without a reply. `sent` decides whether the server may have acted: only an update minds (R19). */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly because: TransportFailure;
  /** True once a byte of the request may have left this host. */
  readonly sent: boolean;
  /** Why, for a person. */
  readonly words: string;

  /** `words`: where whoever carries the request can say more exactly what happened, such as whom it asked and for how long it waited. */
  constructor(because: TransportFailure, sent: boolean, cause?: unknown, words: string = failureWords[because]) {
    super(`no reply: ${because}`, cause === undefined ? undefined : { cause });
    this.because = because;
    this.sent = sent;
    this.words = words;
  }
}

/** Where a name server listens: an address, never a name, so that it is checked once and then connected to (R40). */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Takes a step of a socket that may throw at once: thrown inside a listener, it would end the process. */
export function attempt(step: () => void, failed: (error: unknown) => void): void {
  try {
    step();
  } catch (error) {
    failed(error);
  }
}
