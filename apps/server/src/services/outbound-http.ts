import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** What came back, whatever its status: a redirect is told like anything else, and not followed (R40). */
export interface HttpReply {
  readonly status: number;
  /** Lower-case names; those that come as lists (`set-cookie`) are left out. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  /** It was longer than is read: `text` is its beginning. */
  readonly isCut: boolean;
}

/** What is sent, and how much of the reply is read. */
export interface Exchange {
  readonly body: string | null;
  readonly limitBytes: number;
  /** Called before a byte of the request may leave; not called where none did. */
  readonly onSending?: () => void;
}

/** Node puts none on the body of a DELETE, which then reads as a request of its own. */
export function lengthOf(body: string | null): Record<string, string> {
  return body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
}

/** One request by Node's own means. Rejects with what the platform or the look-up says; nothing is repeated. */
export function exchange(
  url: URL,
  options: RequestOptions,
  { body, limitBytes, onSending }: Exchange,
): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const isSealed = url.protocol === 'https:';
    const request = (isSealed ? httpsRequest : httpRequest)(url, options, (reply) => {
      readLimited(reply, limitBytes).then(({ text, isCut }) => {
        if (isCut || options.agent === false) request.destroy();
        resolve({ status: reply.statusCode ?? 0, headers: singleHeaders(reply), text, isCut });
      }, reject);
    });
    // What is written to a socket that is being connected waits in it: for the connection, and for TLS until the server has proven itself.
    request.on('socket', (socket) => {
      if (onSending === undefined) return;
      if (request.reusedSocket || !socket.connecting) onSending();
      else socket.once(isSealed ? 'secureConnect' : 'connect', onSending);
    });
    request.on('error', reject);
    request.end(body ?? undefined);
  });
}

function singleHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

async function readLimited(reply: IncomingMessage, limitBytes: number): Promise<{ text: string; isCut: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limitBytes) break;
  }
  return { text: Buffer.concat(chunks).subarray(0, limitBytes).toString('utf8'), isCut: size > limitBytes };
}
