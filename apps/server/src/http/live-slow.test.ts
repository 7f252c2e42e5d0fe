import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { fullAccess } from '@serverctl/core';
import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { OpenStream } from '../services/live/live-desk.ts';
import { rememberPrincipal } from './caller.ts';
import { requireDeclarations } from './permission.ts';
import { liveRoutes } from './routes/live.ts';
import { portOf } from './testing/live-reader.ts';

/** One stream of parts without end, which counts what was made of it. */
interface Counted {
  made: number;
  hasLeft: boolean;
  readonly cut: AbortController;
}

const part = Buffer.alloc(1024 * 1024, 'x');
const streams: Counted[] = [];
const app = Fastify();
let port: number;

beforeAll(async () => {
  requireDeclarations(app);
  app.setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler);
  app.addHook('onRequest', async (asked) =>
    rememberPrincipal(asked, { kind: 'host', actor: 'host', access: fullAccess }, async () => null),
  );
  // As a look-up that takes longer than the caller waits.
  app.addHook('preHandler', async ({ headers }, reply) => {
    if (headers['x-impatient'] !== undefined) await once(reply.raw, 'close');
  });
  const desk = { open: openCounted, close: () => {} };
  await app.register(liveRoutes, { desk, closing: new AbortController().signal, prefix: '/api/v1' });
  port = await portOf(app);
});
afterAll(() => app.close());

function openCounted(): OpenStream {
  const counted: Counted = { made: 0, hasLeft: false, cut: new AbortController() };
  streams.push(counted);
  return {
    async *chunks() {
      while (!counted.hasLeft) {
        counted.made += 1;
        yield part;
      }
    },
    cut: counted.cut.signal,
    leave: () => {
      counted.hasLeft = true;
    },
  };
}

async function connect(): Promise<IncomingMessage> {
  const asked = request({ port, host: '127.0.0.1', path: '/api/v1/live', agent: false }).on('error', () => {});
  asked.end();
  const [reply] = (await once(asked, 'response')) as [IncomingMessage];
  return reply.on('error', () => {});
}

test('for a reader that takes nothing no more is made than is on the way; cut, its connection is gone', async () => {
  const slow = await connect();
  slow.pause();
  const quick = await connect();
  let taken = 0;
  quick.on('data', (bytes: Buffer) => {
    taken += bytes.length;
    if (taken > 300 * part.length) quick.destroy();
  });
  await once(quick, 'close');
  expect(streams[1]?.made).toBeGreaterThanOrEqual(300);
  expect(streams[0]?.made).toBeLessThan(40); // the kernel's buffers, ours of a part or two
  streams[0]?.cut.abort();
  const over = new Promise((resolve) => slow.once('close', resolve));
  slow.resume();
  await over;
  expect(streams.map(({ hasLeft }) => hasLeft)).toEqual([true, true]);
});

test('a caller that is gone before the stream begins leaves none behind', async () => {
  const before = streams.length;
  const asked = request({
    port,
    host: '127.0.0.1',
    path: '/api/v1/live',
    agent: false,
    headers: { 'x-impatient': '1' },
  });
  const arrived = once(app.server, 'request');
  asked.on('error', () => {}).end();
  await arrived;
  asked.destroy();
  await vi.waitFor(() => expect(streams.length).toBe(before + 1), { timeout: 30_000, interval: 20 });
  await vi.waitFor(() => expect(streams.at(-1)?.hasLeft).toBe(true), { timeout: 30_000, interval: 20 });
});
