import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Transport } from '../transport/exchange.ts';
import { type DecodedMessage, decodeMessage } from '../wire/message.ts';

/** A request as it came, and how. */
export interface Asked {
  readonly message: DecodedMessage;
  readonly bytes: Uint8Array;
  readonly transport: Transport;
}

/** A name server that says what a test wants, over UDP and TCP on one port. */
export interface FakeServer {
  readonly address: string;
  readonly port: number;
  readonly asked: readonly Asked[];
  /** Connections that are open now. */
  readonly connections: number;
  stop(): Promise<void>;
}

/** `answer` gives the bytes of each reply; null = silence, 'close' = the TCP connection ends without one. */
export async function startFakeServer(
  answer: (asked: Asked) => Uint8Array | null | 'close',
  address = '127.0.0.1',
): Promise<FakeServer> {
  const asked: Asked[] = [];
  const open = new Set<Socket>();
  const reply = (bytes: Uint8Array, transport: Transport) => {
    const request = { message: decodeMessage(bytes), bytes, transport };
    asked.push(request);
    return answer(request);
  };
  const tcp = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined).once('close', () => open.delete(socket));
    socket.on('data', (chunk) => {
      const said = reply(new Uint8Array(chunk.subarray(2)), 'tcp');
      if (said === 'close') socket.destroy();
      else if (said !== null) socket.write(framed(said));
    });
  }).listen(0, address);
  await once(tcp, 'listening');
  const bound = tcp.address();
  const port = bound === null || typeof bound === 'string' ? 0 : bound.port;
  const udp = createSocket('udp4');
  udp.on('message', (datagram, from) => {
    const said = reply(new Uint8Array(datagram), 'udp');
    if (said !== null && said !== 'close') udp.send(said, from.port, from.address);
  });
  udp.bind(port, address);
  await once(udp, 'listening');
  return {
    address,
    port,
    asked,
    get connections() {
      return open.size;
    },
    async stop() {
      for (const socket of open) socket.destroy();
      udp.close();
      tcp.close();
      await once(tcp, 'close');
    },
  };
}

function framed(message: Uint8Array): Uint8Array {
  return Uint8Array.from([message.length >> 8, message.length & 255, ...message]);
}
