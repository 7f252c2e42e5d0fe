import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const main = new URL('../main.ts', import.meta.url).pathname;
const servers: (http.Server | https.Server)[] = [];
let directory: string;
let url: { plane: string; otherName: string; plain: string };

const answer: http.RequestListener = (_request, response) => void response.end(JSON.stringify({ pools: [] }));

async function listening(server: http.Server | https.Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A certificate that is its own authority, for these names. */
async function certificate(name: string, subjectAltName: string) {
  const [key, cert] = [join(directory, `${name}-key.pem`), join(directory, name)];
  const how = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=test'];
  await run('openssl', [
    'req',
    '-x509',
    ...how,
    '-addext',
    `subjectAltName=${subjectAltName}`,
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  return { key: await readFile(key), cert: await readFile(cert) };
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-cli-tls-'));
  await mkdir(join(directory, 'data/tls'), { recursive: true });
  await writeFile(join(directory, 'data/admin-token'), 'canary\n');
  await writeFile(join(directory, 'not.pem'), 'nothing\n');
  const plane = https.createServer(await certificate('data/tls/ca.pem', 'IP:127.0.0.1'), answer);
  const other = https.createServer(await certificate('other.pem', 'DNS:plane.example.com'), answer);
  url = {
    plane: `https://127.0.0.1:${await listening(plane)}`,
    otherName: `https://127.0.0.1:${await listening(other)}`,
    plain: `https://127.0.0.1:${await listening(http.createServer(answer))}`,
  };
});
afterAll(async () => {
  for (const server of servers) server.close();
  await rm(directory, { recursive: true });
});

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code?: number;
}

/** The real command line in a process of its own, since trust is the process's. */
const list = (env: Record<string, string>, ...options: readonly string[]): Promise<Ended> =>
  run(process.execPath, [main, 'pool', 'list', ...options], {
    env: { PATH: process.env['PATH'] ?? '', HOME: directory, ...env },
  }).catch((error: Ended) => error);
const data = (of: string) => ({ SERVERCTL_DATA_DIR: join(directory, 'data'), SERVERCTL_URL: of });

test('the authority beside the administrator token is trusted by itself', async () => {
  expect(await list(data(url.plane))).toMatchObject({ stdout: expect.stringContaining('No pool yet') });
});

test('an authority that is not trusted is told with where it is kept and how to name it', async () => {
  const env = { SERVERCTL_URL: url.plane, SERVERCTL_TOKEN: 'canary' };
  const { stderr, code } = await list(env);
  expect(code).toBe(6);
  for (const part of ['not trusted here', 'tls/ca.pem', '--ca-file']) expect(stderr).toContain(part);
  const ca = join(directory, 'data/tls/ca.pem');
  expect((await list(env, '--ca-file', ca)).stdout).toContain('No pool yet');
  expect((await list({ ...env, SERVERCTL_CA_FILE: ca })).stdout).toContain('No pool yet');
});

test('a certificate for another name is told with the names that it is for', async () => {
  const { stderr } = await list(data(url.otherName), '--ca-file', join(directory, 'other.pem'));
  for (const part of ['plane.example.com', 'not for 127.0.0.1', 'SERVERCTL_PUBLIC_URLS'])
    expect(stderr).toContain(part);
});

test('plain HTTP where TLS was asked for is told as that, and TLS where plain HTTP was', async () => {
  expect((await list(data(url.plain))).stderr).toContain('it speaks plain HTTP there');
  expect((await list(data(url.plane.replace('https', 'http')))).stderr).toContain('begins with https://');
});

test.each([
  ['http://192.0.2.1:7400', 'let others read the access token'],
  ['nonsense', 'url_invalid'],
])('the address %s is a wrong input, before anything is sent', async (address, words) => {
  expect(await list(data(address))).toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
});

test('a file that is no certificate, or is not there, is a wrong input', async () => {
  const noPem = await list(data(url.plane), '--ca-file', join(directory, 'not.pem'));
  expect(noPem).toMatchObject({ code: 2, stderr: expect.stringContaining('no certificate in PEM form') });
  const missing = await list(data(url.plane), '--ca-file', join(directory, 'missing.pem'));
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('--ca-file') });
});
