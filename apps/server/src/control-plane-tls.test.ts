import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect as connectPlainly, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { createClient } from '@serverctl/contract';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { loadConfig } from './config.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { type TestDatabase, testDatabase } from './db/testing.ts';
import { smallAgent, writeAgentFiles } from './http/testing/agent-files.ts';
import { openBareHost, shellsHere } from './http/testing/bare-host.ts';
import { trustingFetch } from './http/testing/trusting-fetch.ts';
import { createLogger } from './platform/logger.ts';
import { systemRandom as random } from './platform/random.ts';
import { issueCa, issueServer, newKey, publicKeyPin } from './tls/certificate.ts';

let database: TestDatabase;
let directory: string;
let plane: ControlPlane;
let address: string;
let ca: string;
const logged: string[] = [];

beforeAll(async () => {
  database = await testDatabase();
  directory = await mkdtemp(join(tmpdir(), 'sct-tls-'));
  const port = await freePort();
  const flags = ['--data-dir', join(directory, 'data'), '--listen', `127.0.0.1:${port}`, '--lease-divisor', '4'];
  const env = { DATABASE_URL: database.url, SERVERCTL_MASTER_KEY: Buffer.alloc(32, 1).toString('base64') };
  const { config } = loadConfig([...flags, '--agent-dir', join(directory, 'agent')], env);
  const log = createLogger('debug', { write: (line) => void logged.push(line) });
  await writeAgentFiles(join(directory, 'agent'));
  plane = await startControlPlane(config, log, { newAdminToken: false, terminal: false });
  address = plane.address ?? '';
  ca = await readFile(plane.madeCaPath ?? '', 'utf8');
  await operator().pools.add({ name: 'edge' });
  await operator().members.add('edge', { hostname: 'lb1.example.com', allowedEgress: ['127.0.0.1'] });
});
beforeEach(async () => void (await writeAgentFiles(join(directory, 'agent'), smallAgent)));
afterAll(async () => {
  await plane.stop();
  await database.close();
  await rm(directory, { recursive: true });
});

const operator = () =>
  createClient({ baseUrl: address, token: plane.adminToken?.token ?? '', fetch: trustingFetch(ca) });

/** A new line and its secret, through the operator's API. */
async function newLine() {
  const { command, secret } = await operator().members.enrol('edge', 'lb1.example.com');
  return { command, secret };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

test('its own CA is enough to trust it, and nothing else is (R37)', async () => {
  for (const path of ['healthz', 'install/agent.sh'])
    expect((await trustingFetch(ca)(`${address}/${path}`)).status).toBe(200);
  expect([200, 503]).toContain((await trustingFetch(ca)(`${address}/readyz`)).status);
  await expect(trustingFetch()(`${address}/healthz`)).rejects.toThrow(/self-signed|unable to verify/);
  const stranger = issueCa(newKey(), { random, now: new Date() }).toString();
  await expect(trustingFetch(stranger)(`${address}/healthz`)).rejects.toThrow(/self-signed|unable to verify/);
});

test('it speaks TLS 1.2 and 1.3, and nothing older', async () => {
  const { port } = new URL(address);
  const speak = async (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') => {
    const socket = connect({ host: '127.0.0.1', port: Number(port), ca, minVersion: version, maxVersion: version });
    try {
      await once(socket, 'secureConnect');
      return socket.getProtocol();
    } finally {
      socket.destroy();
    }
  };
  expect([await speak('TLSv1.2'), await speak('TLSv1.3')]).toEqual(['TLSv1.2', 'TLSv1.3']);
  await expect(speak('TLSv1.1')).rejects.toThrow();
});

test('plain HTTP on the TLS port ends at once, with a line for who looks for it and no warning', async () => {
  logged.length = 0;
  const socket = connectPlainly(Number(new URL(address).port), '127.0.0.1').on('error', () => {});
  socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  await text(socket);
  const lines = logged.map((line) => JSON.parse(line)).filter(({ msg }) => /TLS/.test(msg));
  expect(lines).toEqual([expect.objectContaining({ level: 20, plainHttp: true, peer: '127.0.0.1' })]);
  expect(logged.map((line) => JSON.parse(line)).filter(({ level }) => level >= 40)).toEqual([]);
});

const shells = await shellsHere();

test.each(shells)(
  'the pasted line runs the agent in %s, gives it the secret, and leaves nothing behind (R34, R37)',
  async (shell) => {
    const host = await openBareHost();
    const { command, secret } = await newLine();
    expect(command).not.toContain(secret);
    const result = await host.run(shell, ['-c', command], secret);
    expect(result).toMatchObject({ status: 0, errors: '' });
    expect(result.output).toContain(`called: install --url ${address} --ca-file `);
    expect(result.output).toContain(`secret: ${secret}\n`);
    expect(await host.leftovers()).toEqual([]);
    await host.close();
  },
);

test.each(shells)(
  'in %s a server with another key is refused before anything is taken from it (R37)',
  async (shell) => {
    const host = await openBareHost();
    const key = newKey();
    const issuing = { random, now: new Date() };
    const other = issueServer(key, { certificate: issueCa(key, issuing), key }, ['localhost'], issuing);
    const { command } = await newLine();
    const forged = command.replace(/sha256\/\/[^']+/, `sha256//${publicKeyPin(other)}`);
    expect(forged).not.toBe(command);
    const result = await host.run(shell, ['-c', forged], 'secret');
    expect(result).toMatchObject({ status: 90, output: '', errors: expect.stringContaining('public key') });
    expect(await host.leftovers()).toEqual([]);
    await host.close();
  },
);

test.each(shells)('in %s a script that is not the line’s is not run, in words (R37)', async (shell) => {
  const host = await openBareHost();
  const { command } = await newLine();
  await writeAgentFiles(join(directory, 'agent'), '#!/bin/sh\necho another release\n');
  const result = await host.run(shell, ['-c', command], 'secret');
  expect(result).toMatchObject({
    status: 1,
    output: '',
    errors: expect.stringContaining('not the one that this line was made for'),
  });
  expect(await host.leftovers()).toEqual([]);
  await host.close();
});

test.each([
  ['curl', null, 127],
  ['curl', 'exit 7', 7],
  ['mktemp', 'exit 3', 3],
  ['sha256sum', 'exit 1', 1],
])('when %s does %j the line ends with status %i and leaves nothing', async (name, program, status) => {
  const host = await openBareHost();
  const { command } = await newLine();
  await host.program(name, program);
  for (const shell of shells) expect(await host.run(shell, ['-c', command])).toMatchObject({ status, output: '' });
  expect(await host.leftovers()).toEqual([]);
  await host.close();
});
