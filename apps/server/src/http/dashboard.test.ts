import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDashboardFiles } from '../services/dashboard-files.ts';
import { openBareApp } from './testing/bare-app.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';

let directory: string;
let built: string;
let house: OperatorHouse;
let app: FastifyInstance;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-dashboard-'));
  built = join(directory, 'built');
  house = await openOperatorHouse(directory);
  app = await openBareApp(house, { dashboard: createDashboardFiles(built) });
});
afterAll(async () => {
  await app.close();
  await house.close();
  await rm(directory, { recursive: true });
});

const script = 'console.log("a dashboard")';
const asBrowser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const ask = (url: string, headers: Record<string, string> = asBrowser) => app.inject({ url, headers });

test('before it is built the server says so in words, and needs no restart once it is', async () => {
  const missing = await ask('/');
  expect(missing.statusCode).toBe(503);
  expect(missing.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(missing.body).toContain('script/package builds it');
  expect((await ask('/assets/index-abc.js')).statusCode).toBe(404);
  const link = await ask('/join');
  expect([link.statusCode, link.headers['referrer-policy']]).toEqual([503, 'no-referrer']);
  expect(link.body).toMatch(/Your link was not used\. At a terminal, this uses it: serverctl join$/m);
  expect(missing.body).not.toContain('Your link');
  await mkdir(join(built, 'assets'), { recursive: true });
  await writeFile(join(built, 'index.html'), '<!doctype html><title>ServerCTL</title>');
  await writeFile(join(built, 'assets/index-abc.js'), script);
  await writeFile(join(directory, 'secret.js'), 'not ours to give');
  expect((await ask('/')).body).toContain('<title>ServerCTL</title>');
});

test.each(['/', '/join'])(
  'the page at %s has a policy of its own, without anything inline, and is never kept',
  async (url) => {
    const { headers } = await ask(url);
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; .*frame-ancestors 'none'/);
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  },
);

test('each address below a root of its own gives the page', async () => {
  for (const url of [
    '/pools',
    '/pools/web-edge?traffic=table',
    '/pools/a/page/nobody/knows',
    '/sign-in',
    '/join',
    '/account/users',
  ])
    expect((await ask(url)).body, url).toContain('<title>ServerCTL</title>');
});

test('what is not a page stays what it was: unknown ones are 404 in JSON, known ones are themselves', async () => {
  for (const url of [
    '/api',
    '/api/v1/nothing',
    '/agent/nothing',
    '/install/nothing',
    '/runbooks/nothing.md',
    '/assets/x.js',
    '/join/nothing',
    '/jobs',
    '/setup',
  ])
    expect((await ask(url)).json().error.code, url).toBe('route_not_found');
  expect((await ask('/runbooks/pool-held.md')).headers['content-type']).toContain('text/markdown');
  expect((await ask('/healthz')).json()).toEqual({ alive: true });
});

test('a file with a hash in its name is kept for a year, compressed for whom that helps', async () => {
  const packed = await ask('/assets/index-abc.js', { 'accept-encoding': 'br, gzip' });
  expect(packed.headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'content-encoding': 'gzip',
    'content-type': 'text/javascript; charset=utf-8',
    vary: 'accept-encoding',
  });
  expect(gunzipSync(packed.rawPayload).toString()).toBe(script);
  const plain = await ask('/assets/index-abc.js', {});
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.body).toBe(script);
});

test('no name leads out of its folder', async () => {
  for (const name of ['..%2f..%2fsecret.js', '%2e%2e%2fsecret.js', '..%5csecret.js', '.hidden.js', 'index-abc.js%00'])
    expect((await ask(`/assets/${name}`)).statusCode, name).toBeGreaterThanOrEqual(400);
});
