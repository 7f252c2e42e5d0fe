import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DnsName } from '@serverctl/core';
import { createMemoryZone } from '../../../../../packages/dns/src/memory/index.ts';
import type { Answer, Right } from './arrived.ts';
import { answerOf } from './routes.ts';

/** The next request of this kind arrives and has no reply; `applied`: it takes effect all the same (R19). */
interface Loss {
  readonly isWrite: boolean;
  readonly applied: boolean;
}

/**
 * The API on a real socket, before one zone in memory. What it answers is of routes.ts; the zone, the tokens and lost messages are here. Ends
 * badly where a request came that no route knows, so that none is answered by chance.
 */
export async function startNextkindEmulator(zoneName: DnsName) {
  const zone = createMemoryZone(zoneName);
  const rights = new Map<string, Right>();
  const asked: string[] = [];
  const losses: Loss[] = [];
  const unknown = new Set<string>();
  let lost = Promise.withResolvers<void>();

  async function answer(request: IncomingMessage, body: string): Promise<Answer> {
    const { method = '', url: path = '', headers } = request;
    const right = rights.get(headers.authorization?.replace('Bearer ', '') ?? '');
    if (right === undefined) return { status: 401, body: null };
    try {
      return await answerOf({ method, path, body, right }, zone);
    } catch (error) {
      unknown.add(error instanceof Error ? error.message : String(error));
      return { status: 501, body: null };
    }
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    asked.push(`${request.method} ${request.url}`);
    const at = losses.findIndex(({ isWrite }) => isWrite === (request.method !== 'GET'));
    const [loss] = at < 0 ? [] : losses.splice(at, 1);
    const reply = loss === undefined || loss.applied ? await answer(request, body) : null;
    if (loss !== undefined || reply === null) return lost.resolve();
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    ...{ zone, rights, asked, apiBase: `http://127.0.0.1:${port}` },
    /** Loses one message; resolves once it is lost. */
    lose(loss: Loss): Promise<void> {
      losses.push(loss);
      lost = Promise.withResolvers<void>();
      return lost.promise;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (unknown.size > 0) throw new Error(`asked for what no route answers: ${[...unknown].join('; ')}`);
    },
  };
}

export type NextkindEmulator = Awaited<ReturnType<typeof startNextkindEmulator>>;
