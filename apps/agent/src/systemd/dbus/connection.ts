import { connect, type Socket } from 'node:net';
import type { Cancel, Clock } from '../../platform/clock.ts';
import { DbusFailure } from './failure.ts';
import { type DbusMessage, decodeMessage, encodeMessage, messageKinds, messageLength } from './message.ts';
import { authenticate } from './sasl.ts';
import type { WireValue } from './signature.ts';

/*
 * One connection to a bus.
 *
 *   connecting --socket--> authenticating (SASL EXTERNAL: the kernel tells the bus our user) --OK--> open
 *   any --error, end, malformed bytes, close()--> closed: every call that waits fails, and onClosed is called once
 *
 * A connection is never mended: whoever wants one again opens another.
 */
export interface MethodCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly WireValue[];
}

interface Waiting {
  readonly resolve: (body: readonly WireValue[]) => void;
  readonly reject: (error: DbusFailure) => void;
  readonly cancelTimeout: Cancel;
}

const callTimeoutMs = 2_000;

export class DbusConnection {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();
  readonly #onSignal: (signal: DbusMessage) => void;
  readonly #onClosed: (why: string) => void;
  #received: Buffer;
  #serial = 0;
  #closedBecause: string | null = null;

  constructor(socket: Socket, rest: Buffer, clock: Clock, listener: ConnectionListener) {
    this.#socket = socket;
    this.#clock = clock;
    this.#received = rest;
    this.#onSignal = listener.onSignal;
    this.#onClosed = listener.onClosed;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.close(error.message));
    socket.on('close', () => this.close('the bus closed the connection'));
    if (rest.length > 0) this.#receive(Buffer.alloc(0));
  }

  /** Calls a method and gives the body of its reply. Rejects with DbusFailure. */
  call(call: MethodCall): Promise<readonly WireValue[]> {
    if (this.#closedBecause !== null) return Promise.reject(new DbusFailure('closed', this.#closedBecause));
    this.#serial += 1;
    const serial = this.#serial;
    return new Promise((resolve, reject) => {
      const cancelTimeout = this.#clock.after(callTimeoutMs, () => {
        this.#waiting.delete(serial);
        reject(new DbusFailure('timeout', `${call.member} was not answered within ${callTimeoutMs} ms`));
      });
      this.#waiting.set(serial, { resolve, reject, cancelTimeout });
      this.#socket.write(encodeMessage({ kind: messageKinds.call, serial, ...call }));
    });
  }

  close(why: string): void {
    if (this.#closedBecause !== null) return;
    this.#closedBecause = why;
    this.#socket.destroy();
    for (const waiting of this.#waiting.values()) {
      waiting.cancelTimeout();
      waiting.reject(new DbusFailure('closed', why));
    }
    this.#waiting.clear();
    this.#onClosed(why);
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    try {
      for (;;) {
        const length = messageLength(this.#received);
        if (length === null || this.#received.length < length) return;
        const message = decodeMessage(this.#received.subarray(0, length));
        this.#received = this.#received.subarray(length);
        this.#deliver(message);
      }
    } catch (error) {
      this.close(`the bus sent what is not D-Bus: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #deliver(message: DbusMessage): void {
    if (message.kind === messageKinds.signal) this.#onSignal(message);
    const waiting = this.#waiting.get(message.replySerial);
    if (waiting === undefined) return; // a signal, a call to us, or a reply that came after its time-out
    this.#waiting.delete(message.replySerial);
    waiting.cancelTimeout();
    if (message.kind === messageKinds.reply) waiting.resolve(message.body);
    else waiting.reject(failureOf(message));
  }
}

function failureOf({ errorName, body: [words] }: DbusMessage): DbusFailure {
  return new DbusFailure(errorName, typeof words === 'string' ? words : errorName);
}

export interface ConnectionListener {
  readonly onSignal: (signal: DbusMessage) => void;
  readonly onClosed: (why: string) => void;
}

/** Connects, authenticates as the user this process runs as, and says Hello. Rejects with DbusFailure. */
export async function openConnection(
  socketPath: string,
  clock: Clock,
  listener: ConnectionListener,
): Promise<DbusConnection> {
  const socket = connect(socketPath);
  const rest = await authenticate(socket, clock);
  const connection = new DbusConnection(socket, rest, clock, listener);
  const bus = 'org.freedesktop.DBus';
  await connection.call({ destination: bus, path: '/org/freedesktop/DBus', interface: bus, member: 'Hello' });
  return connection;
}
