import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHttpClient } from './http-client.ts';
import { FakeClock } from './testing/fake-clock.ts';

async function serving(answer: (response: ServerResponse, path: string) => void) {
  const sockets = new Set<unknown>();
  const asked = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    sockets.add(request.socket);
    request.resume().on('end', () => {
      answer(response, request.url ?? '');
      asked.resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const clock = new FakeClock();
  const client = createHttpClient(clock);
  onTestFinished(() => {
    client.close();
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const post = (more: { token?: string } = {}) => client.post({ url, body: {}, timeoutMs: 2_000, ...more });
  return { clock, sockets, asked: asked.promise, post, close: client.close };
}

describe('a request', () => {
  it('gives status and body', async () => {
    const { post } = await serving((response) => response.writeHead(409).end('{"error":{}}'));
    expect(await post()).toEqual({ kind: 'reply', status: 409, body: { error: {} } });
  });

  it('uses the connection of the one before', async () => {
    const { post, sockets } = await serving((response) => response.end('{}'));
    for (let times = 0; times < 5; times += 1) await post();
    expect(sockets.size).toBe(1);
  });

  it('without a reply ends after its time, also when the reply has begun', async () => {
    const { post, clock, asked } = await serving((response) => response.writeHead(200).write('{"a":'));
    const outcome = post();
    await asked;
    await clock.advance(2_000);
    expect(await outcome).toMatchObject({ kind: 'unreachable', because: 'timeout' });
  });

  it('never follows a redirect', async () => {
    const paths: string[] = [];
    const { post } = await serving((response, path) => {
      paths.push(path);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await post()).toMatchObject({ kind: 'unreachable', because: 'bad-reply' });
    expect(paths).toEqual(['/']);
  });

  it('takes at most 64 KiB', async () => {
    const { post } = await serving((response) => response.end(`"${'x'.repeat(70_000)}"`));
    expect(await post()).toMatchObject({ kind: 'unreachable', because: 'bad-reply' });
  });

  it('takes nothing but JSON for an answer', async () => {
    const { post } = await serving((response) => response.end('<html>sign in to the guest network</html>'));
    expect(await post()).toMatchObject({ kind: 'unreachable', because: 'bad-reply' });
  });

  it('to a connection that ends says so', async () => {
    const { post } = await serving((response) => response.destroy());
    expect(await post()).toMatchObject({ kind: 'unreachable', because: 'network' });
  });
});

describe('a request whose time is over', () => {
  /** Replies are kept back until `release`. */
  async function silent() {
    const held: ServerResponse[] = [];
    const served = await serving((response) => void held.push(response));
    const timedOut = async (more: { token?: string } = { token: 'token' }) => {
      const asked = held.length + 1;
      const outcome = served.post(more);
      while (held.length < asked) await new Promise((resolve) => setImmediate(resolve));
      await served.clock.advance(2_000);
      return outcome;
    };
    const open = () => held.map(({ socket }) => socket !== null && !socket.destroyed);
    return { ...served, held, timedOut, open };
  }
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve));
  };

  it('leaves its connection to the next one when the reply comes late, as under packet loss', async () => {
    const { timedOut, held, sockets, post } = await silent();
    expect(await timedOut()).toMatchObject({ kind: 'unreachable', because: 'timeout' });
    const replied = new Promise((resolve) => held[0]?.once('finish', resolve));
    held[0]?.end('{}');
    await replied;
    await new Promise((resolve) => setTimeout(resolve, 50)); // until the client has read it
    const next = post();
    await until(() => held.length === 2);
    held[1]?.end('{}');
    expect(await next).toMatchObject({ kind: 'reply' });
    expect(sockets.size).toBe(1);
  });

  it('is given up after 4 s more', async () => {
    const { clock, timedOut, open } = await silent();
    await timedOut();
    await clock.advance(3_900);
    expect(open()).toEqual([true]);
    await clock.advance(200);
    await until(() => !open()[0]);
  });

  it('is given up with the client', async () => {
    const { timedOut, open, close } = await silent();
    await timedOut();
    expect(open()).toEqual([true]);
    close();
    await until(() => !open()[0]);
  });

  it('is given up when three younger ones have come', async () => {
    const { post, clock, held, open } = await silent();
    const outcomes = Array.from({ length: 4 }, () => post({ token: 'token' }));
    await until(() => held.length === 4);
    await clock.advance(2_000);
    await Promise.all(outcomes);
    await until(() => open().includes(false));
    expect(open().filter(Boolean)).toHaveLength(3);
  });

  it('is given up at once without a token: nobody waits for what a late proof would do', async () => {
    const { timedOut, open } = await silent();
    await timedOut({});
    await until(() => !open()[0]);
  });
});
