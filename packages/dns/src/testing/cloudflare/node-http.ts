import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { CloudflareHttp, CloudflareReply, CloudflareRequest } from '../../cloudflare/http.ts';
import { TransportError } from '../../transport/transport-error.ts';

/** The port on node:http, for tests: to loopback, unchecked. */
export function createNodeHttp(apiBase: string): CloudflareHttp {
  return { request: (request) => send(`${apiBase}${request.path}`, request) };
}

function send(
  url: string,
  { method, headers, body, replyLimitBytes, signal }: CloudflareRequest,
): Promise<CloudflareReply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, signal, agent: false }, (reply) => {
      readLimited(reply, replyLimitBytes).then(({ text, isCut }) => {
        request.destroy();
        const known = ['retry-after', 'ratelimit'].map((name) => [name, reply.headers[name]]);
        resolve({ status: reply.statusCode ?? 0, headers: Object.fromEntries(known), text, isCut });
      }, reject);
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      const isRefused = error.code === 'ECONNREFUSED';
      reject(isRefused ? new TransportError('refused', false, error) : error);
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
