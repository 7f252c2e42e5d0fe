import { type IncomingMessage, request } from 'node:http';
import { type LiveMessages, liveMessages } from '@serverctl/contract';
import type { FastifyInstance } from 'fastify';

type Name = keyof LiveMessages;

/** One message as a browser would be told of it, its data checked by the contract. */
export type Told = {
  readonly [N in Name]: { readonly name: N; readonly id: string | null; readonly data: LiveMessages[N] };
}[Name];

/** A stream read by a socket of its own. */
export interface LiveReader {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Everything told so far. */
  readonly told: readonly Told[];
  /** The first message of that name from `from` on that fits, now or later. Rejects when the stream ends before. */
  next<N extends Name>(name: N, fits?: (data: LiveMessages[N]) => boolean, from?: number): Promise<LiveMessages[N]>;
  /** The reply as text, for one that is no stream. */
  body(): Promise<string>;
  /** Resolves when the connection is over. */
  readonly ended: Promise<void>;
  /** Takes nothing more from the socket. */
  stall(): void;
  close(): void;
}

export interface ReaderOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
}

/** Where the app listens; it begins to, where it does not. */
export async function portOf(app: FastifyInstance): Promise<number> {
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on no port');
  return address.port;
}

/** Asks for the stream by bearer token, or without one by what `headers` say. */
export async function readLive(
  port: number,
  secret: string | null,
  { headers = {}, query = '' }: ReaderOptions = {},
): Promise<LiveReader> {
  const asked = request({
    port,
    host: '127.0.0.1',
    path: `/api/v1/live${query}`,
    agent: false,
    headers: { ...(secret !== null && { authorization: `Bearer ${secret}` }), ...headers },
  });
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.on('response', resolve).on('error', reject).end();
  });
  const told: Told[] = [];
  const waiting = new Set<() => void>();
  let text = '';
  const isStream = reply.headers['content-type']?.startsWith('text/event-stream') ?? false;
  let isOver = false;
  const ended = new Promise<void>((resolve) => {
    reply
      .on('error', () => {})
      .on('close', () => {
        isOver = true;
        for (const look of waiting) look();
        resolve();
      });
  });
  reply.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    if (!isStream) return;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    told.push(...blocks.flatMap(toldIn));
    for (const look of waiting) look();
  });
  return {
    status: reply.statusCode ?? 0,
    headers: reply.headers,
    told,
    ended,
    next: (name, fits = () => true, from = 0) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = told.slice(from).find((one) => one.name === name && fits(one.data as never));
          if (found === undefined && !isOver) return void waiting.add(look);
          waiting.delete(look);
          if (found === undefined) reject(new Error(`the stream ended before ${name}`));
          else resolve(found.data as never);
        };
        look();
      }),
    async body() {
      await ended;
      return text;
    },
    stall: () => void reply.pause(),
    close: () => void asked.destroy(),
  };
}

function toldIn(block: string): Told[] {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  const name = fields.get('event') as Name | undefined;
  if (name === undefined) return [];
  const data = liveMessages[name].parse(JSON.parse(fields.get('data') ?? ''));
  return [{ name, id: fields.get('id') ?? null, data } as Told];
}
