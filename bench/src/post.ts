import http from 'node:http';
import https from 'node:https';
import { heartbeatTimeoutMs } from '@serverctl/contract/agent';
import type { Address } from './messages.ts';

/** One host's way to one address: a single connection of its own that is kept, as an agent has in calm. */
export interface Line {
  /** Rejects when there was no whole reply in time. */
  post(path: string, body: object, token?: string, timeoutMs?: number): Promise<Reply>;
  close(): void;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly tookMs: number;
}

/** TLS is verified like everywhere (R37), with a session of its own per line: none profits from another's handshake. */
export function openLine({ url, ca }: Address): Line {
  const { protocol, hostname, port } = new URL(url);
  const kept = { keepAlive: true, maxSockets: 1 };
  const secure = protocol === 'https:';
  const agent = secure ? new https.Agent({ ...kept, ...(ca !== null && { ca }) }) : new http.Agent(kept);
  const open = secure ? https.request : http.request;
  return {
    post: (path, body, token, timeout = heartbeatTimeoutMs) =>
      new Promise((resolve, reject) => {
        const payload = Buffer.from(JSON.stringify(body));
        const headers = {
          'content-type': 'application/json',
          'content-length': payload.length,
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        };
        const beganMs = performance.now();
        const request = open({ method: 'POST', hostname, port, path, agent, headers, timeout }, (reply) => {
          const chunks: Buffer[] = [];
          reply.on('data', (chunk: Buffer) => chunks.push(chunk));
          reply.on('error', reject);
          reply.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            resolve({ status: reply.statusCode ?? 0, text, tookMs: performance.now() - beganMs });
          });
        });
        request.on('timeout', () => request.destroy(Object.assign(new Error('no reply in time'), { code: 'timeout' })));
        request.on('error', reject);
        request.end(payload);
      }),
    close: () => agent.destroy(),
  };
}
