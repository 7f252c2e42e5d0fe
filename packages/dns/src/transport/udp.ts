import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { attempt, type Endpoint, TransportError } from './transport-error.ts';

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
    let settled = false;
    const socket = createSocket(isIPv6(endpoint.address) ? 'udp6' : 'udp4');
    // Its listeners stay until it is closed: an error emitted after the end must find one, or it ends the process.
    const settle = (finish: () => void): void => {
      if (settled) return;
      settled = true;
      signal.removeEventListener('abort', onAbort);
      socket.close();
      finish();
    };
    const fail = (because: TransportError['because'], cause?: unknown) =>
      settle(() => reject(new TransportError(because, sent, cause)));
    const failOfSocket = (error: unknown) => fail(sent ? 'network' : 'refused', error);
    const onAbort = () => fail('aborted', signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('error', failOfSocket);
    socket.on('message', (datagram) => {
      const reply = new Uint8Array(datagram);
      try {
        if (!settled && accepts(reply)) settle(() => resolve(reply));
      } catch (error) {
        settle(() => reject(error));
      }
    });
    socket.on('connect', () => {
      if (settled) return;
      sent = true;
      attempt(() => socket.send(request), failOfSocket);
    });
    // Connected, the kernel drops datagrams from elsewhere and tells us when nobody listens there. Without a callback: one would get
    // the error of a missing route as its argument, `error` and `connect` keep the two apart.
    attempt(() => socket.connect(endpoint.port, endpoint.address), failOfSocket);
  });
}
