import type { FastifyInstance, InjectOptions } from 'fastify';

export interface WholeReply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** As `app.inject`, also where the reply has no end: of a live stream it takes all up to the first picture, and leaves. */
export async function injectWhole(app: FastifyInstance, options: InjectOptions): Promise<WholeReply> {
  const reply = await app.inject({ ...options, payloadAsStream: true });
  const isEndless = String(reply.headers['content-type']).startsWith('text/event-stream');
  const parts: Buffer[] = [];
  for await (const part of reply.stream()) {
    parts.push(part);
    if (isEndless && String(part).includes('event: snapshot\n')) break;
  }
  if (isEndless) reply.raw.res.destroy();
  return { statusCode: reply.statusCode, headers: reply.headers, body: Buffer.concat(parts).toString() };
}
