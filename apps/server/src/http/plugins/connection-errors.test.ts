import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { ConnectionError } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerConnectionError } from './connection-errors.ts';

/** Time for a head here; ten seconds in the house. */
const headMs = 200;
const answer = answerConnectionError(() => 'id');
const server = createServer(
  { headersTimeout: headMs, requestTimeout: 2 * headMs, connectionsCheckingInterval: 20 },
  (_request, reply) => reply.end('a file'),
);
server.on('clientError', (error, socket) => answer(error as ConnectionError, socket as Socket));
let port: number;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

/** Connected, and known to the server as well. */
async function connected(): Promise<{ readonly socket: Socket; readonly reply: Promise<string> }> {
  const accepted = new Promise((resolve) => server.once('connection', resolve));
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  socket.on('error', () => {});
  const reply = new Promise<string>((resolve) => socket.once('close', () => resolve(text)));
  await Promise.all([accepted, new Promise((resolve) => socket.once('connect', resolve))]);
  return { socket, reply };
}

/** As after SIGSTOP: what came meanwhile lies there unread, and the clock is looked at first. */
async function standStill(): Promise<void> {
  await turn();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * headMs);
}

const file = 'GET /assets/index.js HTTP/1.1\r\nhost: plane.test\r\nconnection: close\r\n\r\n';

test('a file that was asked for while the process stood still, on a connection from before, is given', async () => {
  const { socket, reply } = await connected();
  socket.write(file);
  await standStill();
  expect(await reply).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*a file/);
});

test('half of a head that came meanwhile has its time from then on, and is told 408 at its end', async () => {
  const { socket, reply } = await connected();
  socket.write(file.slice(0, 20));
  await standStill();
  const told = await reply;
  expect(told).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  expect(JSON.parse(told.slice(told.indexOf('{')))).toMatchObject({ error: { code: 'request_late', requestId: 'id' } });
});

test('on a connection that nobody used nothing is said', async () => {
  const { reply } = await connected();
  expect(await reply).toBe('');
});

test('what is no HTTP is told so', async () => {
  const { socket, reply } = await connected();
  socket.write('hello\r\n\r\n');
  expect(await reply).toMatch(/^HTTP\/1\.1 422 [\s\S]*is not HTTP/);
});
