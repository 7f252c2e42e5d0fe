import { request as httpRequest, type IncomingMessage } from 'node:http';
import { type Agent, request as httpsRequest } from 'node:https';
import type { ApiHttp, ApiReply, ApiRequest } from '../api-http.ts';
import { TransportError } from '../transport/transport-error.ts';

/**
 * The port on Node's own clients, for tests: to loopback, unchecked. Over TLS by this agent where one is given, which hands a connection to
 * its request only once it is proven: nothing was sent before.
 */
export function createNodeHttp(apiBase: string, agent: Agent | null = null): ApiHttp {
  return { request: (request) => send(`${apiBase}${request.path}`, request, agent) };
}

function send(
  url: string,
  { method, headers, body, replyLimitBytes, signal }: ApiRequest,
  agent: Agent | null,
): Promise<ApiReply> {
  return new Promise((resolve, reject) => {
    const settings = { method, headers, signal, agent: agent ?? false };
    let isConnected = false;
    const take = (reply: IncomingMessage) => {
      readLimited(reply, replyLimitBytes).then(({ text, isCut }) => {
        if (isCut || agent === null) request.destroy();
        const known = ['retry-after', 'ratelimit'].map((name) => [name, reply.headers[name]]);
        resolve({ status: reply.statusCode ?? 0, headers: Object.fromEntries(known), text, isCut });
      }, reject);
    };
    const request = agent === null ? httpRequest(url, settings, take) : httpsRequest(url, settings, take);
    request.once('socket', () => {
      isConnected = agent !== null;
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      const isUnsent = agent === null ? error.code === 'ECONNREFUSED' : !isConnected;
      reject(isUnsent ? new TransportError('refused', false, error) : error);
    });
    request.end(body ?? undefined);
  });
}

async function readLimited(reply: IncomingMessage, replyLimitBytes: number) {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > replyLimitBytes) break;
  }
  const text = Buffer.concat(chunks).subarray(0, replyLimitBytes).toString('utf8');
  return { text, isCut: size > replyLimitBytes };
}
