import http from 'node:http';
import https from 'node:https';
import { createLateRequests, lateLimit } from './late-requests.ts';
import type { Clock } from './platform/clock.ts';
import { certificateTrouble, networkTrouble } from './tls-trouble.ts';
import { createTrust, type Trust } from './trust.ts';

/** One exchange with one address. A redirect, an endless reply or anything but JSON is not an answer of a control plane. */
export type HttpOutcome =
  | { readonly kind: 'reply'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'unreachable'; readonly because: UnreachableReason; readonly detail: string };

/** `untrusted`: there is an answer, but its certificate is not one of the control plane. */
export type UnreachableReason = 'network' | 'timeout' | 'bad-reply' | 'untrusted';

export interface HttpRequest {
  readonly url: string;
  readonly body: object;
  readonly token?: string;
  readonly timeoutMs: number;
}

export interface HttpClient {
  /** Never rejects: what goes wrong is an outcome. After a time-out a request with a token may still arrive (late-requests.ts). */
  post(request: HttpRequest): Promise<HttpOutcome>;
  /** Ends all connections, also those of requests that may still arrive. */
  close(): void;
}

const replyLimitBytes = 64 * 1024;
/** Two scheduled beats, an urgent one beside them, a renewal of the token, and the late ones: no request ever waits for a socket. */
const socketsLimit = 4 + lateLimit;

/** Connections are kept, so that a beat costs one packet each way and no handshake. TLS is always verified (R37). */
export function createHttpClient(clock: Clock, trust: Trust = createTrust(null)): HttpClient {
  const plain = new http.Agent(kept);
  const secure = createSecureAgents(trust);
  const late = createLateRequests(clock);

  return {
    post(request) {
      return new Promise((resolve) => {
        const isSecure = new URL(request.url).protocol === 'https:';
        const body = Buffer.from(JSON.stringify(request.body));
        const options = {
          method: 'POST',
          agent: isSecure ? secure.current() : plain,
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
        outgoing.on('error', (error: NodeJS.ErrnoException) => {
          const code = error.code ?? error.message;
          const untrusted = isSecure ? certificateTrouble(code, request.url, trust.remedy) : null;
          if (untrusted === null) return fail('network', networkTrouble(code));
          secure.lookAgain();
          fail('untrusted', untrusted);
        });
        outgoing.on('response', (incoming) => collect(incoming, finish, fail));
        outgoing.end(body);
      });
    },
    close() {
      late.close();
      plain.destroy();
      secure.close();
    },
  };
}

const kept = { keepAlive: true, maxSockets: socketsLimit, maxFreeSockets: 2 } as const;

/**
 * The connections for https. After a certificate was not trusted the CAs are read again, since a host gets new ones while we run; what
 * has not changed keeps its connections. An environment variable changes nothing here: `ca` and `rejectUnauthorized` are always given.
 */
function createSecureAgents(trust: Trust) {
  let authorities = trust.authorities();
  const make = () =>
    new https.Agent({
      ...kept,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      ...(authorities === undefined ? {} : { ca: authorities }),
    });
  let agent = make();
  return {
    current: () => agent,
    lookAgain() {
      const now = trust.authorities();
      if (now === authorities) return;
      authorities = now;
      agent.destroy();
      agent = make();
    },
    close: () => agent.destroy(),
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
