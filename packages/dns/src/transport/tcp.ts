import { Socket } from 'node:net';
import { attempt, type Endpoint, TransportError } from './transport-error.ts';

/**
 * Sends one message over a TCP connection of its own and resolves with the bytes of the one reply (RFC 1035 section 4.2.2).
 * Throws `TransportError`. Nothing stays open: the socket is destroyed whatever happens. There is no timer here; time-outs are the signal's.
 */
export function exchangeTcp(endpoint: Endpoint, request: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  if (signal.aborted) return Promise.reject(new TransportError('aborted', false, signal.reason));
  return new Promise((resolve, reject) => {
    let sent = false;
    let settled = false;
    const received: Buffer[] = [];
    const socket = new Socket().setNoDelay(true);
    // Its listeners stay until it is gone: an error emitted after the end must find one, or it ends the process.
    const settle = (finish: () => void): void => {
      if (settled) return;
      settled = true;
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      finish();
    };
    const fail = (because: TransportError['because'], cause?: unknown) =>
      settle(() => reject(new TransportError(because, sent, cause)));
    const failOfSocket = (error: unknown) => fail(sent ? 'network' : 'refused', error);
    const onAbort = () => fail('aborted', signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('connect', () => {
      if (settled) return;
      sent = true;
      attempt(() => writeFramed(socket, request), failOfSocket);
    });
    socket.on('data', (chunk) => {
      received.push(chunk);
      const reply = completeFrame(received);
      if (reply !== null) settle(() => resolve(reply));
    });
    socket.on('error', failOfSocket);
    socket.on('close', () => fail('closed'));
    socket.on('end', () => fail('closed'));
    attempt(() => socket.connect({ host: endpoint.address, port: endpoint.port }), failOfSocket);
  });
}

function writeFramed(socket: Socket, message: Uint8Array): void {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  socket.write(Buffer.concat([length, message])); // one write: some servers want length and message in one segment
}

/** The message when all of it is here; what the other side sends after it is not looked at. */
function completeFrame(received: readonly Buffer[]): Uint8Array | null {
  const total = received.reduce((sum, chunk) => sum + chunk.length, 0);
  if (total < 2) return null;
  const all = Buffer.concat(received, total);
  const length = all.readUInt16BE(0);
  return total >= length + 2 ? new Uint8Array(all.subarray(2, length + 2)) : null;
}
