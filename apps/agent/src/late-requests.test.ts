import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createLateRequests } from './late-requests.ts';
import { FakeClock } from './testing/fake-clock.ts';

it('late requests end when they are closed, and not before', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const late = createLateRequests(new FakeClock());
  const requests = [1, 2].map(() => request(url, { agent: false }));
  for (const outgoing of requests) {
    outgoing.on('error', () => undefined).end();
    late.leave(outgoing);
  }
  expect(requests.map(({ destroyed }) => destroyed)).toEqual([false, false]);
  late.close();
  expect(requests.map(({ destroyed }) => destroyed)).toEqual([true, true]);
});
