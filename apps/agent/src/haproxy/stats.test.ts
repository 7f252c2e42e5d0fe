import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { answerLimitBytes, readingLimitMs, readTraffic } from './stats.ts';

const table = '# pxname,svname,scur,rate,req_rate\nweb,FRONTEND,3,2,1\n\n';
const answer = `Version: 3.0\nUptime_sec: 9\n\n${table}`;
const traffic = { version: '3.0', uptimeSeconds: 9, sessions: 3, sessionRate: 2, requestRate: 1 };

type Behaviour = (socket: Socket, request: string) => unknown;

/** Sockets that behave so; `seen` are the requests, `open` the connections that were not ended. */
async function haproxy(behaviours: { readonly worker?: Behaviour; readonly master?: Behaviour }) {
  const directory = await mkdtemp(join(tmpdir(), 'sct-stats-'));
  const seen: string[] = [];
  const open = new Set<Socket>();
  for (const [name, behave] of Object.entries(behaviours)) {
    const server = createServer((socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket)).on('error', () => undefined);
      socket.once('data', (request) => {
        seen.push(`${name} ${String(request)}`);
        behave(socket, String(request));
      });
    });
    await new Promise<void>((resolve) => server.listen(join(directory, name), resolve));
    onTestFinished(() => void server.close());
  }
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    await rm(directory, { recursive: true });
  });
  const read = () => readTraffic(systemClock, [join(directory, 'worker')], [join(directory, 'master')]);
  return { read, seen, open };
}

const answering: Behaviour = (socket) => socket.end(answer);

it('the worker is asked in one connection, also when its answer comes in pieces', async () => {
  const { read, seen } = await haproxy({
    worker: (socket) => {
      for (const part of answer.match(/.{1,7}/gs) ?? []) socket.write(part);
      socket.end();
    },
    master: answering,
  });
  expect(await read()).toEqual({ kind: 'read', traffic });
  expect(seen).toEqual(['worker show info;show stat -1 1 -1\n']);
});

it('the master is asked for its newest worker where a worker’s own socket says nothing', async () => {
  const { read, seen } = await haproxy({ worker: (socket) => socket.end('Permission denied\n\n'), master: answering });
  expect(await read()).toEqual({ kind: 'read', traffic });
  expect(seen.at(-1)).toBe('master @1 show info;@1 show stat -1 1 -1;quit\n');
});

it('without a socket there is nothing to read', async () => {
  expect(await (await haproxy({})).read()).toEqual({ kind: 'nothing' });
});

it.each<[string, Behaviour]>([
  ['closes early', (socket) => socket.end(answer.slice(0, -3))],
  ['closes at once', (socket) => socket.destroy()],
  ['says something else', (socket) => socket.end('hello\n\n')],
])('a socket that %s is no news', async (_what, worker) => {
  expect(await (await haproxy({ worker })).read()).toEqual({ kind: 'nothing' });
});

it.each<[string, Behaviour]>([
  ['hangs', () => undefined],
  ['says all but never closes', (socket) => socket.write(answer)],
  ['drips', (socket) => socket.on('close', () => clearInterval(drip.timer)) && startDrip(socket)],
])('a socket that %s is given up in time, and the connection with it', async (_what, worker) => {
  const { read, open } = await haproxy({ worker, master: answering });
  const before = performance.now();
  expect(await read()).toEqual({ kind: 'silent' });
  expect(performance.now() - before).toBeGreaterThanOrEqual(readingLimitMs - 5);
  while (open.size > 0) await new Promise((resolve) => setImmediate(resolve));
});

const drip: { timer?: NodeJS.Timeout } = {};
function startDrip(socket: Socket): void {
  drip.timer = setInterval(() => socket.write('Version: 3.0\n'), 10);
}

it('a flood is cut at its limit', async () => {
  let sent = 0;
  const { read, open } = await haproxy({
    worker: (socket) => {
      const line = `${'x'.repeat(8_191)}\n`;
      const pour = () => {
        while (!socket.destroyed && socket.write(line)) sent += line.length;
      };
      socket.on('drain', pour);
      pour();
    },
  });
  expect(await read()).toEqual({ kind: 'nothing' });
  while (open.size > 0) await new Promise((resolve) => setImmediate(resolve));
  expect(sent).toBeLessThan(20 * answerLimitBytes);
});
