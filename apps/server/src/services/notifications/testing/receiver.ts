import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it came. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What is answered; null = nothing at all, ever. */
export type Reply = { readonly status: number; readonly headers?: Readonly<Record<string, string>> } | null;

/** A receiver of webhooks on loopback that keeps what it gets. */
export interface Receiver {
  readonly port: number;
  readonly url: string;
  readonly received: readonly Received[];
  reply: (nth: number) => Reply;
  close(): void;
}

export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      const reply = receiver.reply(received.length);
      if (reply !== null) response.writeHead(reply.status, reply.headers ?? {}).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    port,
    url: `http://hooks.example.com:${port}/edge?token=canary-url`,
    received,
    reply: () => ({ status: 204 }),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return receiver;
}
