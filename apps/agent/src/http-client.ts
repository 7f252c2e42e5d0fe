import http from 'node:http';
import https from 'node:https';
import { createLateRequests, lateLimit } from './late-requests.ts';
import type { Clock } from './platform/clock.ts';

/** One exchange with one address. A redirect, an endless reply or anything but JSON is not an answer of a control plane. */
export type HttpOutcome =
  | { readonly kind: 'reply'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'unreachable'; readonly because: UnreachableReason; readonly detail: string };

export type UnreachableReason = 'network' | 'timeout' | 'bad-reply';

export interface HttpRequest {
  readonly url: string;
  readonly body: object;
  readonly token?: string;
  readonly timeoutMs: number;
}

export interface HttpClient {
  /** Never rejects: what goes wrong is an outcome. After a time-out a request with a token may still arrive (late-requests.ts). */
  post(request: HttpRequest): Promise<HttpOutcome>;
  close(): void;
}

const replyLimitBytes = 64 * 1024;
/** Two scheduled beats, an urgent one beside them, a renewal of the token, and the late ones: no request ever waits for a socket. */
const socketsLimit = 4 + lateLimit;

/** Connections are kept, so that a beat costs one packet each way and no handshake. TLS is always verified (R37). */
export function createHttpClient(clock: Clock): HttpClient {
  const kept = { keepAlive: true, maxSockets: socketsLimit, maxFreeSockets: 2 };
  const plain = new http.Agent(kept);
  const secure = new https.Agent({ ...kept, rejectUnauthorized: true, minVersion: 'TLSv1.2' });
  const late = createLateRequests(clock);

  return {
    post(request) {
      return new Promise((resolve) => {
        const isSecure = new URL(request.url).protocol === 'https:';
        const body = Buffer.from(JSON.stringify(request.body));
        const options = {
          method: 'POST',
          agent: isSecure ? secure : plain,
          headers: {
            'content-type': 'application/json',
            'content-length': body.length,
            ...(request.token === undefined ? {} : { authorization: `Bearer ${request.token}` }),
          },
        };
        const outgoing = (isSecure ? https : http).request(request.url, options);
        const fail = (because: UnreachableReason, detail: string) => {
          finish({ kind: 'unreachable', because, detail });
          outgoing.destroy();
        };
        const cancelTimeout = clock.after(request.timeoutMs, () => {
          finish({ kind: 'unreachable', because: 'timeout', detail: `no reply within ${request.timeoutMs} ms` });
          // Only a beat is worth something late. A proof would make a boot that supersedes the one proved after it.
          if (request.token === undefined) outgoing.destroy();
          else late.leave(outgoing);
        });
        const finish = (outcome: HttpOutcome) => {
          cancelTimeout();
          resolve(outcome);
        };
        outgoing.on('error', (error: NodeJS.ErrnoException) => fail('network', error.code ?? error.message));
        outgoing.on('response', (incoming) => collect(incoming, finish, fail));
        outgoing.end(body);
      });
    },
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

/** Reads one reply to its end. The connection is given up with a reply that is too large, since the rest of it would follow. */
function collect(
  incoming: http.IncomingMessage,
  finish: (outcome: HttpOutcome) => void,
  fail: (because: UnreachableReason, detail: string) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  incoming.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > replyLimitBytes) return fail('bad-reply', `the reply is larger than ${replyLimitBytes} bytes`);
    chunks.push(chunk);
  });
  incoming.on('aborted', () => fail('network', 'the connection ended in the middle of the reply'));
  incoming.on('error', (error) => fail('network', error.message));
  incoming.on('end', () => {
    const status = incoming.statusCode ?? 0;
    if (status >= 300 && status < 400) return fail('bad-reply', `a redirect (${status}), which is never followed`);
    const body = parseJson(Buffer.concat(chunks).toString('utf8'));
    if (body === undefined && status < 300) return fail('bad-reply', 'the reply is not JSON');
    finish({ kind: 'reply', status, body });
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
