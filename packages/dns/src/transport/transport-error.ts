/** Why no reply came: `aborted` by the caller's signal, `refused` before anything was sent, `closed` by the other side, `network` else. */
export type TransportFailure = 'aborted' | 'refused' | 'closed' | 'network';

/** An exchange without a reply. `sent` decides whether the server may have acted: only an update minds (R19). */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly because: TransportFailure;
  /** True once a byte of the request may have left this host. */
  readonly sent: boolean;

  constructor(because: TransportFailure, sent: boolean, cause?: unknown) {
    super(`no reply: ${because}`, cause === undefined ? undefined : { cause });
    this.because = because;
    this.sent = sent;
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
