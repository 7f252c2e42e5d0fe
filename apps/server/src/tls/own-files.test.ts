import type { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { minuteMs } from '@serverctl/core';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFakeClock } from '../../../../testkit/src/fake-clock.ts';
import { secureOptions, showCertificate } from '../http/tls.ts';
import { createLogger } from '../platform/logger.ts';
import { systemRandom as random } from '../platform/random.ts';
import { type Issuer, issueCa, issueServer, newKey } from './certificate.ts';
import { keepFresh } from './keep-fresh.ts';
import { openOwnFiles } from './own-files.ts';
import { tellWarnings } from './warnings.ts';

let directory: string;
let lines: { readonly level: number; readonly msg: string }[];
const now = new Date('2026-11-22T10:00:00Z');
const issuing = { random, now };
const caKey = newKey();
const ca = issueCa(caKey, issuing);
const strangerKey = newKey();
const stranger = { certificate: issueCa(strangerKey, issuing), key: strangerKey };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-own-'));
  lines = [];
});
afterEach(() => rm(directory, { recursive: true }));

const publicUrls = ['https://cp.example.com:7400', 'https://[2001:db8::1]'];
const path = (name: string) => join(directory, name);
const files = () => ({ certFile: path('cert.pem'), keyFile: path('key.pem'), caFile: path('ca.pem'), publicUrls });
const log = createLogger('debug', { write: (line) => void lines.push(JSON.parse(line)) });
const told = (level: number) => lines.filter((line) => line.level === level).map(({ msg }) => msg);

async function write(host: string, issuer: Issuer = { certificate: ca, key: caKey }): Promise<X509Certificate> {
  const key = newKey();
  const server = issueServer(key, issuer, [host], issuing);
  // As some tools write it: the certificate in words first, its issuer behind.
  await writeFile(path('cert.pem'), `Certificate:\n    Data:\n${server}${issuer.certificate}`);
  await writeFile(path('key.pem'), String(key.export({ type: 'pkcs8', format: 'pem' })));
  await writeFile(path('ca.pem'), ca.toString());
  return server;
}

test('certificate, chain, key and CA are taken from their files', async () => {
  const server = await write('cp.example.com');
  const source = await openOwnFiles(files());
  expect(source.current()).toMatchObject({
    certificatePem: `${server}${ca}`,
    caPem: ca.toString(),
    validTo: server.validToDate,
  });
});

test.each([
  ['certificate', 'is not there', () => rm(path('cert.pem')), 'SERVERCTL_TLS_CERT_FILE', 'cannot be read (ENOENT)'],
  ['key', 'is not there', () => rm(path('key.pem')), 'SERVERCTL_TLS_KEY_FILE', 'cannot be read (ENOENT)'],
  ['CA', 'is not there', () => rm(path('ca.pem')), 'SERVERCTL_TLS_CA_FILE', 'cannot be read (ENOENT)'],
  [
    'certificate',
    'is text',
    () => writeFile(path('cert.pem'), 'x'),
    'SERVERCTL_TLS_CERT_FILE',
    'no certificate in PEM form',
  ],
  ['key', 'is text', () => writeFile(path('key.pem'), 'x'), 'SERVERCTL_TLS_KEY_FILE', 'no private key in PEM form'],
  [
    'key',
    'is of another certificate',
    () => writeFile(path('key.pem'), String(newKey().export({ type: 'pkcs8', format: 'pem' }))),
    'SERVERCTL_TLS_KEY_FILE',
    'not the key of the first certificate',
  ],
  [
    'key',
    'has a passphrase',
    () =>
      writeFile(
        path('key.pem'),
        newKey().export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
      ),
    'SERVERCTL_TLS_KEY_FILE',
    'without a passphrase',
  ],
  [
    'certificate',
    'is of a CA that agents do not trust',
    async () => void (await write('cp.example.com', stranger)),
    'SERVERCTL_TLS_CERT_FILE',
    'does not lead to a CA in',
  ],
  [
    'CA',
    'is none',
    async () => writeFile(path('ca.pem'), (await write('cp.example.com')).toString()),
    'SERVERCTL_TLS_CA_FILE',
    'certificate of no CA',
  ],
])(
  'a %s that %s ends the start with the setting, the file and what is wrong',
  async (_what, _how, damage, setting, words) => {
    await write('cp.example.com');
    await damage();
    await expect(openOwnFiles(files())).rejects.toMatchObject({
      code: 'setting_invalid',
      details: { fields: [expect.stringMatching(new RegExp(`^${setting}: ${directory}`))] },
    });
    await expect(openOwnFiles(files())).rejects.toMatchObject({
      details: { fields: [expect.stringContaining(words)] },
    });
  },
);

test.each([
  ['of a CA that agents do not trust', () => write('cp.example.com', stranger), 'does not lead to a CA in'],
  ['without a host that agents use', () => write('other.example.com'), 'no longer names cp.example.com,'],
])('while running a new certificate %s is refused, and the present one stays', async (_which, renew, words) => {
  await write('cp.example.com');
  const source = await openOwnFiles(files());
  const before = source.current();
  await renew();
  for (const _look of [1, 2]) {
    await expect(source.refresh()).rejects.toMatchObject({
      code: 'setting_invalid',
      details: { fields: [expect.stringContaining(words)] },
    });
    expect(source.current()).toBe(before);
  }
  // The other public URL was never in it: a renewal without it takes nothing from anybody.
  const next = await write('cp.example.com');
  expect(await source.refresh()).toBe(true);
  expect(source.current().certificatePem).toBe(`${next}${ca}`);
});

test('behind no CA file any chain is taken: hosts know its CA, and we do not', async () => {
  await write('cp.example.com', stranger);
  const source = await openOwnFiles({ ...files(), caFile: null });
  expect(source.current().caPem).toBeNull();
});

test('what agents will refuse is warned of: the end, the beginning, the name', async () => {
  await write('cp.example.com');
  const warnings = async (wallTime: Date, publicUrls: readonly string[]) => {
    lines = [];
    tellWarnings({ source: await openOwnFiles(files()), clock: { wallTime: () => wallTime }, log, publicUrls });
    return told(40);
  };
  const urls = ['https://cp.example.com:7400'];
  expect(await warnings(now, urls)).toEqual([]);
  expect(await warnings(new Date('2027-12-20T10:00:00Z'), urls)).toEqual([expect.stringContaining('expires soon')]);
  expect(await warnings(new Date('2028-01-01T10:00:00Z'), urls)).toEqual([expect.stringContaining('has expired')]);
  expect(await warnings(new Date('2026-11-01T10:00:00Z'), urls)).toEqual([expect.stringContaining('not valid yet')]);
  expect(await warnings(now, [...urls, 'https://[2001:db8::1]', 'https://other.example.com'])).toEqual([
    expect.stringContaining('does not name the host'),
    expect.stringContaining('does not name the host'),
  ]);
  expect(await warnings(new Date('2036-03-01T10:00:00Z'), urls)).toContainEqual(
    expect.stringContaining('within a year'),
  );
});

test('changed files are in use within a minute, for new connections; open ones go on; bad ones change nothing and are told once', async () => {
  await write('localhost');
  const source = await openOwnFiles(files());
  const app: FastifyInstance = Fastify({ https: secureOptions(source.current()) as never });
  app.get('/', async () => 'here');
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const sockets: TLSSocket[] = [];
  const shown = async () => {
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca: ca.toString() });
    sockets.push(socket);
    await once(socket, 'secureConnect');
    return { socket, serial: socket.getPeerX509Certificate()?.serialNumber };
  };
  const clock = createFakeClock(now);
  const stopping = new AbortController();
  const apply = () => showCertificate(app, source.current());
  const running = keepFresh({ source, clock, log, publicUrls: ['https://localhost'], apply }, stopping.signal);
  /** One look at the files: real reading between two steps of virtual time. */
  const look = async (until: () => boolean) => {
    await clock.advance(minuteMs);
    while (!until()) await clock.settle();
  };
  const first = await shown();

  const second = await write('localhost');
  await look(() => told(30).length === 1);
  const next = await shown();
  expect(next.serial).toBe(second.serialNumber);
  expect(next.serial).not.toBe(first.serial);
  first.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(String(await once(first.socket, 'data'))).toContain('here');

  await writeFile(path('key.pem'), 'x');
  await look(() => told(50).length === 1);
  expect((await shown()).serial).toBe(second.serialNumber);
  await look(() => clock.pendingTimers > 0);
  expect(told(50)).toEqual([expect.stringContaining('the present one stays in use')]);

  const third = await write('localhost');
  await look(() => told(30).length === 2);
  expect((await shown()).serial).toBe(third.serialNumber);
  stopping.abort();
  await running;
  for (const socket of sockets) socket.destroy();
  await app.close();
});
