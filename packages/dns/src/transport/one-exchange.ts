import { attempt, TransportError } from './transport-error.ts';

/** What one kind of socket does for one exchange. */
export interface Wiring<Wire> {
  open(): Wire;
  /** Called once, before anybody hears how it ended. The listeners stay until it is gone: an error without one ends the process. */
  close(socket: Wire): void;
  /** Adds the listeners and connects. */
  begin(socket: Wire, one: OneExchange): void;
}

/** An exchange that ends once, by whatever comes first. */
export interface OneExchange {
  isOver(): boolean;
  /** From now on the request may have left. Nothing once it is over. */
  sends(step: () => void): void;
  answered(reply: Uint8Array): void;
  /** By the other side. */
  closed(): void;
  /** The socket’s own error. */
  failed(error: unknown): void;
  /** Something else than the transport went wrong. */
  threw(error: unknown): void;
}

/** Throws `TransportError`. Nothing stays open. There is no timer here: time-outs are the signal's. */
export function exchangeOnce<Wire>(signal: AbortSignal, { open, close, begin }: Wiring<Wire>): Promise<Uint8Array> {
  if (signal.aborted) return Promise.reject(new TransportError('aborted', false, signal.reason));
  return new Promise((resolve, reject) => {
    let sent = false;
    let settled = false;
    const socket = open();
    const settle = (finish: () => void): void => {
      if (settled) return;
      settled = true;
      signal.removeEventListener('abort', onAbort);
      close(socket);
      finish();
    };
    const fail = (because: TransportError['because'], cause?: unknown) =>
      settle(() => reject(new TransportError(because, sent, cause)));
    const failed = (error: unknown) => fail(sent ? 'network' : 'refused', error);
    const onAbort = () => fail('aborted', signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const one: OneExchange = {
      isOver: () => settled,
      sends(step) {
        if (settled) return;
        sent = true;
        attempt(step, failed);
      },
      answered: (reply) => settle(() => resolve(reply)),
      closed: () => fail('closed'),
      failed,
      threw: (error) => settle(() => reject(error)),
    };
    begin(socket, one);
  });
}
