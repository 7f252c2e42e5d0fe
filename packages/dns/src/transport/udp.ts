import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { exchangeOnce } from './one-exchange.ts';
import { attempt, type Endpoint } from './transport-error.ts';

/**
 * Sends one datagram and resolves with the first one from that server which `accepts` says is the reply; others are ignored, since
 * anybody can send a datagram (RFC 5452). Throws `TransportError`. Nothing stays open; nothing is sent twice; time-outs are the signal's.
 */
export function exchangeUdp(
  endpoint: Endpoint,
  request: Uint8Array,
  accepts: (reply: Uint8Array) => boolean,
  signal: AbortSignal,
): Promise<Uint8Array> {
  return exchangeOnce(signal, {
    open: () => createSocket(isIPv6(endpoint.address) ? 'udp6' : 'udp4'),
    close: (socket) => void socket.close(),
    begin(socket, one) {
      socket.on('error', one.failed);
      socket.on('message', (datagram) => {
        const reply = new Uint8Array(datagram);
        try {
          if (!one.isOver() && accepts(reply)) one.answered(reply);
        } catch (error) {
          one.threw(error);
        }
      });
      socket.on('connect', () => one.sends(() => socket.send(request)));
      // Connected, the kernel drops datagrams from elsewhere and tells us when nobody listens there. Without a callback: one would get
      // the error of a missing route as its argument, `error` and `connect` keep the two apart.
      attempt(() => socket.connect(endpoint.port, endpoint.address), one.failed);
    },
  });
}
