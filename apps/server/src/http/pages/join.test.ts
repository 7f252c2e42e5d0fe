import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemRandom as random } from '../../platform/random.ts';
import { joinPage } from './join.ts';

let app: FastifyInstance;
beforeAll(async () => {
  app = Fastify();
  await app.register(joinPage, { random });
});
afterAll(() => app.close());

const ask = async () => {
  const { body, headers, statusCode } = await app.inject({ method: 'GET', url: '/join' });
  return { body, statusCode, headers, policy: String(headers['content-security-policy']) };
};

test('only its own style and script run in it, by a nonce that is new each time', async () => {
  const first = await ask();
  expect(first.statusCode).toBe(200);
  const nonces = [...first.body.matchAll(/nonce="([^"]+)"/g)].map(([, nonce]) => nonce);
  expect(nonces).toHaveLength(2);
  expect(new Set(nonces).size).toBe(1);
  expect(Buffer.from(nonces[0] ?? '', 'base64')).toHaveLength(18);
  expect(first.policy).toContain(`script-src 'nonce-${nonces[0]}'; style-src 'nonce-${nonces[0]}'`);
  expect(first.policy).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
  expect(first.policy).not.toMatch(/unsafe|\*|https?:/);
  expect((await ask()).policy).not.toBe(first.policy);
  expect(first.headers).toMatchObject({
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
});

test('it is whole in itself: nothing else is loaded, and nothing in it needs a style or script that the policy refuses', async () => {
  const { body } = await ask();
  expect(body).not.toMatch(/\b(src|href)="(?!#)/);
  expect(body).not.toMatch(/@import|url\(|\son\w+="|\sstyle="|<!-- (style|script) -->/);
});

test('what the control plane says is never taken for markup', async () => {
  const script = await readFile(join(import.meta.dirname, 'join.js'), 'utf8');
  expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(/);
});

test('every part that the script writes to is on the page, and every field has its label', async () => {
  const { body } = await ask();
  const ids = [...body.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const named = [...body.matchAll(/(?:find|write)\('([\w-]+)'/g)].map(([, id]) => id);
  expect(named.length).toBeGreaterThan(15);
  for (const id of named) expect(ids).toContain(id);
  for (const [, id] of body.matchAll(/<input [^>]*\bid="(\w+)"/g)) expect(body).toContain(`<label for="${id}">`);
  for (const [, list = ''] of body.matchAll(/aria-describedby="([^"]+)"/g))
    for (const id of list.split(' ')) expect(ids).toContain(id);
});
