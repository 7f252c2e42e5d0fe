import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { type Endpoint, TransportError } from './transport-error.ts';

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
  if (signal.aborted) return Promise.reject(new TransportError('aborted', false, signal.reason));
  return new Promise((resolve, reject) => {
    let sent = false;
    const socket = createSocket(isIPv6(endpoint.address) ? 'udp6' : 'udp4');
    const settle = (finish: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      socket.removeAllListeners().on('error', ignore).close();
      finish();
    };
    const fail = (because: TransportError['because'], cause?: unknown) =>
      settle(() => reject(new TransportError(because, sent, cause)));
    const onAbort = () => fail('aborted', signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('error', (error) => fail(sent ? 'network' : 'refused', error));
    socket.on('message', (datagram) => {
      const reply = new Uint8Array(datagram);
      if (accepts(reply)) settle(() => resolve(reply));
    });
    // Connected, the kernel drops datagrams from elsewhere and tells us when nobody listens there.
    socket.connect(endpoint.port, endpoint.address, () => {
      sent = true;
      socket.send(request);
    });
  });
}

function ignore(): void {}
