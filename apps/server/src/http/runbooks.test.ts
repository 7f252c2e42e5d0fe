import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';

let directory: string;
let house: OperatorHouse;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-runbooks-'));
  house = await openOperatorHouse(directory);
});
afterAll(async () => {
  await house.close();
  await rm(directory, { recursive: true });
});

test('what a notice links to is there for anybody, as text, with the headers of every reply', async () => {
  const reply = await house.app.inject({ url: '/runbooks/pool-paused.md' });
  expect(reply.statusCode).toBe(200);
  expect(reply.headers).toMatchObject({
    'content-type': 'text/markdown; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  expect(reply.body).toBe(
    await readFile(join(import.meta.dirname, '../../../../docs/runbooks/pool-paused.md'), 'utf8'),
  );
});

test.each([
  'nothing.md',
  'pool-paused',
  '..%2fsecurity.md',
  '%2e%2e%2f%2e%2e%2fpackage.json',
  '..%5csecurity.md',
  'pool-paused.md%00',
  '__proto__',
])('%s is no page', async (name) => {
  const reply = await house.app.inject({ url: `/runbooks/${name}` });
  expect(reply.statusCode).toBe(404);
  expect(reply.json().error.code).toBe('route_not_found');
});
