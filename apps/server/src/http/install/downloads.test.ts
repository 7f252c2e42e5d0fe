import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { installPaths } from '@serverctl/contract/agent';
import { createFakeClock, type FakeClock } from '@serverctl/testkit';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemRandom } from '../../platform/random.ts';
import { createAgentFiles } from '../../services/agent-files.ts';
import { trustProxies } from '../agent/peer.ts';
import { answerErrors } from '../plugins/errors.ts';
import { writeAgentFiles } from '../testing/agent-files.ts';
import { createInstaller } from './installer.ts';
import { installRoutes } from './plugin.ts';
import { downloadsAtOnce, downloadsPerPlace } from './slots.ts';

let directory: string;
let clock: FakeClock;
let app: FastifyInstance;
let port: number;
let sockets: Socket[];
/** What a download waits for before its file is opened, and how many wait. */
let door: Promise<void>;
let atTheDoor: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-downloads-'));
  await writeAgentFiles(directory, systemRandom.bytes(6_000_000));
  [sockets, door, atTheDoor] = [[], Promise.resolve(), 0];
  clock = createFakeClock();
  app = Fastify();
  answerErrors(app);
  trustProxies(app, ['127.0.2.1']);
  const trust = () => ({ caPem: null, pin: null });
  const installer = createInstaller({ urls: ['http://127.0.0.1:1'], files: createAgentFiles(directory), trust });
  const download: typeof installer.download = async (architecture) => {
    atTheDoor += 1;
    await door;
    return installer.download(architecture);
  };
  await app.register(installRoutes, { installer: { ...installer, download }, clock });
  port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await app.close();
  await rm(directory, { recursive: true });
});

const question = (forwarded?: string) =>
  `GET ${installPaths.agent.x64} HTTP/1.1\r\nHost: x\r\n${forwarded ? `X-Forwarded-For: ${forwarded}\r\n` : ''}\r\n`;

/** A client that asks, and reads nothing by itself. */
function ask(localAddress: string, text = question()): Socket {
  const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => {});
  sockets.push(socket);
  socket.write(text);
  return socket;
}

/** The status of its reply, after the first bytes; the rest is left unread. */
async function statusOf(socket: Socket): Promise<number> {
  await once(socket, 'readable');
  const head = String(socket.read(400));
  expect(head).toMatch(/^HTTP\/1\.1 (200|503) /);
  if (head.includes(' 503 ')) expect(head.toLowerCase()).toContain('retry-after: 5');
  return Number(head.slice(9, 12));
}

/** Asks again until it is let in; a slot that leaked ends this by the test's time limit. */
async function untilServed(localAddress: string): Promise<void> {
  for (;;) {
    const socket = ask(localAddress);
    const status = await statusOf(socket);
    socket.destroy();
    if (status === 200) return;
    await turn();
  }
}

/** Every slot can be taken again: none was lost, and none was given back twice. */
async function expectAllSlotsFree(): Promise<void> {
  for (let n = 0; n < downloadsAtOnce; n += 1) {
    const peer = `127.0.3.${1 + Math.floor(n / downloadsPerPlace)}`;
    let socket = ask(peer);
    while ((await statusOf(socket)) !== 200) socket = ask(peer);
  }
  expect(await statusOf(ask('127.0.3.99'))).toBe(503);
}

test('clients that go before the file is open take no slot with them', async () => {
  const opened = Promise.withResolvers<void>();
  door = opened.promise;
  const early = Array.from({ length: 5 * downloadsAtOnce }, (_, n) => ask(`127.0.1.${1 + n}`));
  while (atTheDoor < early.length) await turn();
  const connections = () => new Promise<number>((resolve) => app.server.getConnections((_, n) => resolve(n)));
  for (const socket of early) socket.resetAndDestroy();
  while ((await connections()) > 0) await turn();
  opened.resolve();
  await expectAllSlotsFree();
});

test('a download that waits behind another on its connection gives its slot back with the connection', async () => {
  for (const peer of ['127.0.1.1', '127.0.1.2', '127.0.1.3', '127.0.1.4']) {
    const socket = ask(peer, question() + question());
    expect(await statusOf(socket)).toBe(200);
    while (atTheDoor % 2 === 1) await turn();
  }
  expect(await statusOf(ask('127.0.1.5'))).toBe(503);
  for (const socket of sockets) socket.destroy();
  await expectAllSlotsFree();
});

test('a download that takes too long loses its connection, and its slot is free', async () => {
  const slow = ask('127.0.1.1');
  expect(await statusOf(slow)).toBe(200);
  await clock.advance(15 * 60_000);
  await expectAllSlotsFree();
  expect(clock.pendingTimers).toBe(downloadsAtOnce);
});

test('one address never holds every slot; behind a trusted proxy the host counts, not the proxy (R36)', async () => {
  const [proxy, stranger] = ['127.0.2.1', '127.0.1.1'];
  for (let n = 0; n < downloadsPerPlace; n += 1) expect(await statusOf(ask(stranger))).toBe(200);
  // The header of who is no proxy says nothing.
  expect(await statusOf(ask(stranger, question('192.0.2.9')))).toBe(503);
  for (const host of ['192.0.2.1', '192.0.2.2']) {
    for (let n = 0; n < downloadsPerPlace; n += 1) expect(await statusOf(ask(proxy, question(host)))).toBe(200);
    expect(await statusOf(ask(proxy, question(host)))).toBe(503);
  }
  sockets[0]?.destroy();
  await untilServed(stranger);
});
