import { once } from 'node:events';
import { connect } from 'node:net';
import { createFakeClock, type FakeClock } from '@serverctl/testkit';
import Fastify from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stoppable } from './stop-server.ts';

let clock: FakeClock;
let app: ReturnType<typeof Fastify>;
let release: () => void;
let stop: () => Promise<void>;
let port: number;
/** What a part of the app does at its end. */
let atClose: () => void;

beforeEach(async () => {
  clock = createFakeClock();
  app = Fastify({ forceCloseConnections: 'idle' });
  app.get('/slow', () => new Promise<string>((resolve) => (release = () => resolve('whole'))));
  atClose = () => {};
  app.addHook('onClose', async () => atClose());
  stop = stoppable(app, clock);
  port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterEach(() => app.close());

test('a connection that never asks anything does not hold up a clean stop', async () => {
  const silent = connect(port, '127.0.0.1').on('error', () => {});
  await once(app.server, 'connection');
  let stopped = false;
  const stopping = stop().then(() => (stopped = true));
  await clock.advance(999);
  expect(stopped).toBe(false);
  await clock.advance(1);
  await stopping;
  silent.destroy();
});

test('a request in flight is answered whole; its kept connection is cut with the others', async () => {
  const reply = fetch(`http://127.0.0.1:${port}/slow`);
  await once(app.server, 'request');
  const stopping = stop();
  await clock.advance(500);
  release();
  expect(await (await reply).text()).toBe('whole');
  await clock.advance(500);
  await stopping;
});

test('a stop that fails says so and leaves no timer behind', async () => {
  atClose = () => {
    throw new Error('a part would not close');
  };
  await expect(stop()).rejects.toThrow('a part would not close');
  expect(clock.pendingTimers).toBe(0);
});
