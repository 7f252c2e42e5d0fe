import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBareApp } from './testing/bare-app.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';

let directory: string;
let house: OperatorHouse;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-headers-'));
  house = await openOperatorHouse(directory);
});
afterAll(async () => {
  await house.close();
  await rm(directory, { recursive: true });
});

const always = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

test('every reply of the API carries them: what was asked for, what is refused, what there is not', async () => {
  const authorization = `Bearer ${house.token}`;
  for (const [url, status, headers] of [
    ['/api/v1/pools', 200, { authorization }],
    ['/api/v1/pools', 401, {}],
    ['/api/v1/pools/nothing', 404, { authorization }],
    ['/api/v1/nothing', 404, {}],
    ['/healthz', 200, {}],
    ['/api/v1/pools/%E0%A4%A', 422, {}],
    [`/api/v1/pools/${'x'.repeat(400)}`, 422, {}],
  ] as const) {
    const reply = await house.app.inject({ url, headers });
    expect({ url, status: reply.statusCode, headers: reply.headers }).toMatchObject({ url, status, headers: always });
    expect(reply.headers).not.toHaveProperty('access-control-allow-origin');
  }
});

test('also what Node refuses before there is a request', async () => {
  const { port } = new URL(await house.app.listen({ host: '127.0.0.1', port: 0 }));
  const reply = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write('no http at all\r\n\r\n'));
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
  for (const [name, value] of Object.entries(always)) expect(reply).toContain(`${name}: ${value}\r\n`);
});

test('a download says itself how it is kept', async () => {
  const reply = await house.app.inject({ url: '/install/agent.sh' });
  expect(reply.headers).toMatchObject({ ...always, 'cache-control': 'no-cache' });
});

test('HTTPS is demanded where it is spoken: behind a trusted proxy, never in the clear', async () => {
  const app = await openBareApp(house, { trustedProxies: ['10.0.0.2'] });
  const from = async (remoteAddress: string) =>
    (await app.inject({ url: '/healthz', remoteAddress })).headers['strict-transport-security'];
  expect(await from('10.0.0.2')).toMatch(/^max-age=\d{8}$/);
  expect(await from('10.0.0.3')).toBeUndefined();
  expect((await house.app.inject({ url: '/healthz' })).headers).not.toHaveProperty('strict-transport-security');
  await app.close();
});

test('nothing but agent/peer.ts reads what a proxy may have written, or the framework’s own idea of it (R36)', async () => {
  const root = import.meta.dirname;
  const files = await readdir(root, { recursive: true });
  const reads =
    /x-forwarded|x-real-ip|['"]forwarded['"]|\b(?:request|req)\.(?:ips?|hostname|host|port|protocol)\b|trustProxy/i;
  const readers: string[] = [];
  for (const file of files) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts') || file.includes('testing/')) continue;
    const code = (await readFile(join(root, file), 'utf8')).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    if (reads.test(code)) readers.push(file);
  }
  expect(readers).toEqual(['agent/peer.ts']);
});
