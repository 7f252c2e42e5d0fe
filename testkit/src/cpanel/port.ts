import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { TestCertificate } from '@serverctl/dns/testing';

/** A TLS port on loopback that can be shut and opened again. */
export interface Port {
  /** `https://127.0.0.1:PORT` */
  readonly base: string;
  /** Connections are refused from now on, those that are open are ended. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

/** Opens a free one; TLS 1.2 at least, as the real one. */
export async function openPort(
  { cert, key }: TestCertificate,
  serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Port> {
  const server = createServer({ cert, key, minVersion: 'TLSv1.2' }, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  server.on('tlsClientError', () => undefined); // a client that does not trust us hangs up
  let number = 0;
  const open = async () => {
    if (server.listening) return;
    server.listen(number, '127.0.0.1');
    await once(server, 'listening');
    const bound = server.address();
    number = bound === null || typeof bound === 'string' ? 0 : bound.port;
  };
  await open();
  return {
    base: `https://127.0.0.1:${number}`,
    open,
    async shut() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
