import { isAppError } from '@serverctl/core';
import { expect, test } from 'vitest';
import { createClient } from './client.ts';

interface Seen {
  readonly url: string;
  readonly init: RequestInit;
}

function clientAnswered(status: number, body: unknown) {
  const seen: Seen[] = [];
  const client = createClient({
    baseUrl: 'https://plane.example.com/edge/',
    token: 'canary',
    fetch: async (url, init = {}) => {
      seen.push({ url: String(url), init });
      return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
    },
  });
  return { client, seen };
}

const failure = (asked: Promise<unknown>) =>
  asked.then(
    () => null,
    (error: unknown) => (isAppError(error) ? { code: error.code, details: error.details } : error),
  );

test('a path is escaped, the base’s own path is kept, and what is undefined is not asked', async () => {
  const { client, seen } = clientAnswered(200, { events: [], next: 4 });
  await client.events({ after: 3, poolId: undefined });
  expect(seen[0]?.url).toBe('https://plane.example.com/edge/api/v1/events?after=3');
  await failure(client.pools.get('../x y'));
  expect(seen[1]?.url).toBe('https://plane.example.com/edge/api/v1/pools/..%2Fx%20y');
});

test('the token goes in the header alone, and no redirect may carry it elsewhere', async () => {
  const { client, seen } = clientAnswered(200, { pools: [] });
  await client.pools.list();
  expect(seen[0]?.init.redirect).toBe('error');
  expect(seen[0]?.url).not.toContain('canary');
  expect(seen[0]?.init.headers).toMatchObject({ authorization: 'Bearer canary' });
});

test('the server’s refusal is thrown as its own error, with the request’s id', async () => {
  const error = { code: 'pool_not_found', message: 'x', remedy: 'y', details: { pool: 'p' }, requestId: 'r1' };
  const { client } = clientAnswered(404, { error });
  expect(await failure(client.pools.get('p'))).toEqual({
    code: 'pool_not_found',
    details: { pool: 'p', requestId: 'r1' },
  });
});

test('a code that this release does not know keeps its words', async () => {
  const error = { code: 'brand_new', message: 'Something new.', remedy: 'y', details: {}, requestId: 'r2' };
  const { client } = clientAnswered(409, { error });
  expect(await failure(client.pools.list())).toMatchObject({
    code: 'reply_unexpected',
    details: { because: 'brand_new: Something new.', requestId: 'r2' },
  });
});

test.each([
  [200, { surprise: true }],
  [200, 'not JSON'],
  [502, '<html>bad gateway</html>'],
])('a reply that is no control plane’s (%i %j) is said to be that', async (status, body) => {
  const { client } = clientAnswered(status, body);
  expect(await failure(client.pools.list())).toMatchObject({ code: 'reply_unexpected', details: { status } });
});

test('nobody answering is unreachable; an abort of the caller’s own is passed on', async () => {
  const client = createClient({ baseUrl: 'http://127.0.0.1:1', token: 't' });
  expect(await failure(client.pools.list())).toMatchObject({ code: 'control_plane_unreachable' });
  const reason = new Error('enough');
  expect(await failure(client.pools.list({ signal: AbortSignal.abort(reason) }))).toBe(reason);
});

test('what needs a new proof of who asks is asked once more after it, and only once', async () => {
  const error = { code: 'step_up_required', message: 'x', remedy: 'y', details: {}, requestId: 'r1' };
  let proofs = 0;
  const asked: unknown[] = [];
  const client = (provenAfter: number) =>
    createClient({
      baseUrl: 'https://plane.example.com',
      token: 'canary',
      userAgent: 'serverctl/1.0.0 (lb1)',
      proveAnew: async () => {
        proofs += 1;
      },
      fetch: async (_url, init) => {
        asked.push(init?.headers);
        const body = proofs < provenAfter ? { error } : { removed: 'user00000001' };
        return new Response(JSON.stringify(body), { status: proofs < provenAfter ? 403 : 200 });
      },
    });
  expect(await client(1).users.remove('user00000001')).toEqual({ removed: 'user00000001' });
  expect([proofs, asked.length]).toEqual([1, 2]);
  expect(asked[1]).toMatchObject({ 'user-agent': 'serverctl/1.0.0 (lb1)' });
  expect(await failure(client(3).users.remove('user00000001'))).toMatchObject({ code: 'step_up_required' });
  expect([proofs, asked.length]).toEqual([2, 4]);
});
