import { get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrafficSums } from './client-traffic.ts';

/*
 * Runs where clients are, against one HAProxy, and prints the sums so far as a line every 100 ms.
 *
 *   requests  an HTTP request on a connection of its own, every 10 ms, one at a time
 *   session   one TCP connection that is never opened anew: a number goes out every 50 ms and must come back
 */
const [kind = '', address = '', port = ''] = process.argv.slice(2);
const patienceMs = 5_000;
const sums = { done: 0, failed: 0, longestMs: 0, lastFailure: null as string | null };

setInterval(() => process.stdout.write(`${JSON.stringify(sums satisfies TrafficSums)}\n`), 100);
await (kind === 'session' ? session() : requests());

async function requests(): Promise<void> {
  for (;;) {
    await count(request());
    await sleep(10);
  }
}

async function session(): Promise<void> {
  const socket = connect({ host: address, port: Number(port) }).setEncoding('utf8');
  socket.on('error', () => undefined); // told by `echo`, which hears the end that follows
  for (let number = 1; !socket.destroyed; number += 1) {
    await count(echo(socket, `${number}\n`));
    await sleep(50);
  }
}

/** One exchange: how long it took, or why it failed. */
async function count(exchange: Promise<void>): Promise<void> {
  const started = performance.now();
  try {
    await exchange;
    sums.done += 1;
  } catch (error) {
    sums.failed += 1;
    sums.lastFailure = String(error);
  }
  sums.longestMs = Math.max(sums.longestMs, performance.now() - started);
}

function request(): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { host: address, port, agent: false as const, timeout: patienceMs };
    const sent = get(options, (response) => {
      response.resume();
      response.once('error', reject);
      response.once('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`${response.statusCode}`)),
      );
    });
    sent.once('timeout', () => sent.destroy(new Error('timed out')));
    sent.once('error', reject);
  });
}

function echo(socket: Socket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (failure: string | null) => {
      clearTimeout(deadline);
      socket.off('data', onData).off('close', onClose);
      if (failure === null) return resolve();
      socket.destroy();
      reject(new Error(failure));
    };
    const onData = (chunk: string) => end(chunk === text ? null : `sent ${text}, got ${chunk}`);
    const onClose = () => end('the session was closed');
    const deadline = setTimeout(() => end('timed out'), patienceMs);
    socket.on('data', onData).on('close', onClose);
    socket.write(text);
  });
}
