import { Socket } from 'node:net';
import { exchangeOnce } from './one-exchange.ts';
import { attempt, type Endpoint } from './transport-error.ts';

/**
 * Sends one message over a TCP connection of its own and resolves with the bytes of the one reply (RFC 1035 section 4.2.2).
 * Throws `TransportError`. Nothing stays open: the socket is destroyed whatever happens. There is no timer here; time-outs are the signal's.
 */
export function exchangeTcp(endpoint: Endpoint, request: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  return exchangeOnce(signal, {
    open: () => new Socket().setNoDelay(true),
    close: (socket) => void socket.destroy(),
    begin(socket, one) {
      const received: Buffer[] = [];
      socket.on('connect', () => one.sends(() => writeFramed(socket, request)));
      socket.on('data', (chunk) => {
        received.push(chunk);
        const reply = completeFrame(received);
        if (reply !== null) one.answered(reply);
      });
      socket.on('error', one.failed);
      socket.on('close', one.closed);
      socket.on('end', one.closed);
      attempt(() => socket.connect({ host: endpoint.address, port: endpoint.port }), one.failed);
    },
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
