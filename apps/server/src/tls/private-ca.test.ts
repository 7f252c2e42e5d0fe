import { X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemRandom as random } from '../platform/random.ts';
import { issueCa } from './certificate.ts';
import { readKey } from './material.ts';
import { openPrivateCa } from './private-ca.ts';

let dataDir: string;
let now: Date;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sct-ca-'));
  now = new Date('2026-11-22T10:00:00Z');
});
afterEach(() => rm(dataDir, { recursive: true }));

const open = (hosts = ['control.example.com', '127.0.0.1']) =>
  openPrivateCa({ dataDir, hosts, clock: { wallTime: () => now }, random });
const path = (name: string) => join(dataDir, 'tls', name);
const mode = async (name: string) => (await stat(path(name))).mode & 0o777;
const fileNames = ['ca-key.pem', 'ca.pem', 'server-key.pem', 'server.pem'];
const dayMs = 86_400_000;

test('the first start makes a CA and a certificate; the keys are for us alone, and a second start finds them as they are', async () => {
  const first = await open();
  expect(first.madeCaPath).toBe(path('ca.pem'));
  expect((await readdir(join(dataDir, 'tls'))).sort()).toEqual(fileNames);
  expect(await Promise.all(fileNames.map(mode))).toEqual([0o600, 0o644, 0o600, 0o644]);
  expect(new X509Certificate(first.current().certificatePem).checkHost('control.example.com')).toBeDefined();
  expect(first.current().caPem).toBe(await readFile(path('ca.pem'), 'utf8'));
  const second = await open();
  expect(second.madeCaPath).toBeNull();
  expect(second.current()).toEqual(first.current());
  expect(await second.refresh()).toBe(false);
});

test('many starts side by side end with one CA and leave nothing else behind', async () => {
  const sources = await Promise.all(Array.from({ length: 8 }, () => open()));
  expect(new Set(sources.map((source) => source.current().caPem)).size).toBe(1);
  expect(new Set(sources.map((source) => source.current().pin)).size).toBe(1);
  expect(sources.filter(({ madeCaPath }) => madeCaPath !== null)).toHaveLength(1);
  expect(await readdir(dataDir)).toEqual(['tls']);
  expect((await readdir(join(dataDir, 'tls'))).sort()).toEqual(fileNames);
});

test('less than 30 days before its end, and when names change, the certificate is renewed while key, pin and CA stay', async () => {
  const source = await open();
  const before = source.current();
  now = new Date(before.validTo.getTime() - 31 * dayMs);
  expect(await source.refresh()).toBe(false);
  now = new Date(before.validTo.getTime() - 29 * dayMs);
  expect(await source.refresh()).toBe(true);
  const renewed = source.current();
  expect(renewed.validTo.getTime()).toBeGreaterThan(before.validTo.getTime());
  const renamed = (await open(['other.example.com'])).current();
  expect(new X509Certificate(renamed.certificatePem).subjectAltName).toBe('DNS:other.example.com');
  for (const next of [renewed, renamed]) {
    expect({ pin: next.pin, ca: next.caPem, key: next.keyPem }).toEqual({
      pin: before.pin,
      ca: before.caPem,
      key: before.keyPem,
    });
  }
  expect(await readFile(path('server.pem'), 'utf8')).toBe(renamed.certificatePem);
});

test('the CA alone is enough: server files are made by it, and a key without a certificate is kept', async () => {
  const before = (await open()).current();
  await rm(path('server.pem'));
  const same = (await open()).current();
  expect(same).toMatchObject({ caPem: before.caPem, pin: before.pin });
  await rm(path('server.pem'));
  await rm(path('server-key.pem'));
  const fresh = (await open()).current();
  expect(fresh.caPem).toBe(before.caPem);
  expect(fresh.pin).not.toBe(before.pin);
});

test.each([
  ['the CA is gone', () => rm(path('ca.pem')), 'ca.pem', 'missing'],
  ['the key of the CA is gone', () => rm(path('ca-key.pem')), 'ca-key.pem', 'missing'],
  ['the server key is gone', () => rm(path('server-key.pem')), 'server-key.pem', 'missing'],
  ['the CA is empty', () => writeFile(path('ca.pem'), ''), 'ca.pem', 'no CA'],
  [
    'the CA is broken',
    () => writeFile(path('ca.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
    'ca.pem',
    'cannot be read',
  ],
  ['a key is broken', () => writeFile(path('server-key.pem'), 'x'), 'server-key.pem', 'private key'],
  ['others may read a key', () => chmod(path('ca-key.pem'), 0o644), 'ca-key.pem', 'mode 0600'],
  [
    'the keys were swapped',
    async () => writeFile(path('ca-key.pem'), await readFile(path('server-key.pem'))),
    'ca-key.pem',
    'not the key',
  ],
  [
    'the CA stands in for the server',
    async () => writeFile(path('server.pem'), await readFile(path('ca.pem'))),
    'server.pem',
    'does not belong',
  ],
  [
    'the CA has its key and another name',
    async () => writeFile(path('ca.pem'), issueCa(await caKey(), { random, now }).toString()),
    'server.pem',
    'not issued and signed',
  ],
  [
    'the CA is of another kind, so that clients would not find it as the issuer',
    async () => {
      await rm(path('server.pem'));
      await writeFile(path('ca.pem'), namedByOrganisation(issueCa(await caKey(), { random, now })).toString());
    },
    'ca.pem',
    'of another kind',
  ],
])('%s: the start ends in words, and nothing is made anew', async (_case, damage, name, words) => {
  await open();
  await damage();
  const before = await contents();
  await expect(open()).rejects.toMatchObject({
    code: 'tls_files_unusable',
    details: { path: path(name), because: expect.stringContaining(words) },
  });
  expect(await contents()).toEqual(before);
});

test('a certificate of another CA is refused', async () => {
  const other = await mkdtemp(join(tmpdir(), 'sct-ca-'));
  await open();
  await openPrivateCa({ dataDir: other, hosts: ['x.example.com'], clock: { wallTime: () => now }, random });
  for (const name of ['ca.pem', 'ca-key.pem']) await writeFile(path(name), await readFile(join(other, 'tls', name)));
  await rm(other, { recursive: true });
  await expect(open()).rejects.toMatchObject({
    details: { because: expect.stringContaining('not issued and signed') },
  });
});

test('a file where the folder should be is an error and stays', async () => {
  await writeFile(join(dataDir, 'tls'), 'mine');
  await expect(open()).rejects.toMatchObject({ code: 'tls_files_unusable' });
  expect(await readFile(join(dataDir, 'tls'), 'utf8')).toBe('mine');
});

const caKey = async () => readKey(await readFile(path('ca-key.pem'), 'utf8'));

/** The same certificate with its CN (2.5.4.3) turned into an O (2.5.4.10). */
function namedByOrganisation({ raw }: X509Certificate): X509Certificate {
  return new X509Certificate(Buffer.from(raw.toString('hex').replaceAll('0603550403', '060355040a'), 'hex'));
}

async function contents() {
  const names = await readdir(join(dataDir, 'tls'));
  return Promise.all(names.sort().map(async (name) => [name, await readFile(path(name), 'utf8')]));
}
