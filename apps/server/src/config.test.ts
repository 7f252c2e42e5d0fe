import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError } from '@serverctl/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from './config.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-config-'));
});
afterAll(() => rm(directory, { recursive: true }));

const problems = (argv: readonly string[], env: Record<string, string> = {}): unknown => {
  try {
    loadConfig(argv, env);
    return 'accepted';
  } catch (error) {
    return isAppError(error, 'setting_invalid') ? error.details['fields'] : error;
  }
};
const origin = (loaded: ReturnType<typeof loadConfig>, name: string) =>
  loaded.origins.find((one) => one.name === name)?.origin;

test('a flag beats the environment, which beats the file, which beats the default, and each says so', async () => {
  const file = join(directory, 'settings');
  await writeFile(
    file,
    'SERVERCTL_LISTEN=127.0.0.1:1111\nSERVERCTL_LOG_LEVEL=debug\n# a comment\nSERVERCTL_LEASE_DIVISOR=4\n',
  );
  const env = { SERVERCTL_CONFIG: file, SERVERCTL_LISTEN: '127.0.0.1:2222', SERVERCTL_LOG_LEVEL: 'warn' };
  const loaded = loadConfig(['--listen', '127.0.0.1:3333'], env);
  expect(loaded.config).toMatchObject({ listen: { port: 3333 }, logLevel: 'warn', leaseDivisor: 4, role: 'all' });
  expect(['listen', 'logLevel', 'leaseDivisor', 'role'].map((name) => origin(loaded, name))).toEqual([
    'flag --listen',
    'environment SERVERCTL_LOG_LEVEL',
    `file ${file} SERVERCTL_LEASE_DIVISOR`,
    'default',
  ]);
});

test('a secret comes from a file too, has no flag, and is never shown', async () => {
  const file = join(directory, 'master');
  const key = Buffer.alloc(32, 7).toString('base64');
  await writeFile(file, `${key}\n`);
  const env = { SERVERCTL_MASTER_KEY_FILE: file, DATABASE_URL: 'postgres://user:canary@db/serverctl' };
  const loaded = loadConfig([], env);
  expect(loaded.config.masterKey).toEqual(Buffer.alloc(32, 7));
  expect(JSON.stringify(loaded.origins)).not.toMatch(/canary|BwcHBwcH/);
  expect(origin(loaded, 'masterKey')).toBe('environment SERVERCTL_MASTER_KEY_FILE');
  expect(problems(['--master-key', key])).toEqual([expect.stringContaining('--master-key')]);
  expect(problems([], { SERVERCTL_MASTER_KEY_FILE: '/nowhere' })).toEqual([expect.stringContaining('/nowhere')]);
});

test('agents are sent to where we listen, unless public addresses are given', () => {
  expect(loadConfig(['--listen', '10.0.0.1:80'], {}).config.publicUrls).toEqual(['http://10.0.0.1:80']);
  const several = loadConfig([], { SERVERCTL_PUBLIC_URLS: 'https://a.example.com/, https://b.example.com' });
  expect(several.config.publicUrls).toEqual(['https://a.example.com', 'https://b.example.com']);
});

test('lists of targets and start points are read with their ports', () => {
  const { config } = loadConfig([], {
    SERVERCTL_ALLOW_PRIVATE_TARGETS: '10.77.0.3:53, NS1.inside.example.com:53,[fd00::53]:5353',
    SERVERCTL_DNS_START_POINTS: '10.77.0.3,[2001:db8::1]:54',
  });
  expect(config.allowPrivateTargets).toEqual([
    { host: '10.77.0.3', port: 53 },
    { host: 'ns1.inside.example.com', port: 53 },
    { host: 'fd00::53', port: 5353 },
  ]);
  expect(config.dnsStartPoints).toEqual([
    { host: '10.77.0.3', port: 53 },
    { host: '2001:db8::1', port: 54 },
  ]);
  expect(Object.isFrozen(config)).toBe(true);
});

test.each([
  ['SERVERCTL_LISTEN', '127.0.0.1', 'address:port'],
  ['SERVERCTL_LISTEN', 'x:99999', 'address:port'],
  ['SERVERCTL_LISTEN', '[12:34', 'address:port'],
  ['SERVERCTL_DATA_DIR', 'relative/place', 'absolute path'],
  ['SERVERCTL_PUBLIC_URLS', 'ftp://x', 'http or https'],
  ['SERVERCTL_DNS_START_POINTS', 'ns1.example.com:53', 'IP addresses'],
  ['SERVERCTL_ALLOW_PRIVATE_TARGETS', '10.0.0.0/8', 'list like'],
  ['SERVERCTL_LEASE_DIVISOR', '0', 'from 1 to 20'],
  ['SERVERCTL_MASTER_KEY', 'c2hvcnQ=', '32 bytes'],
  ['DATABASE_URL', 'mysql://x', 'postgres://'],
])('%s=%s is refused with its origin and what it must be', (name, value, words) => {
  expect(problems([], { [name]: value })).toEqual([
    expect.stringMatching(new RegExp(`${name} \\(from environment ${name}.*\\): .*`)),
  ]);
  expect(String(problems([], { [name]: value }))).toContain(words);
});

test('every bad setting is named at once', () => {
  expect(problems([], { SERVERCTL_LISTEN: 'x', SERVERCTL_ROLE: 'king' })).toHaveLength(2);
});

test('a line of the file that is no setting is an error with its place', async () => {
  const file = join(directory, 'slips');
  await writeFile(file, '# fine\nSERVERCTL_LISTN=127.0.0.1:1\n\nlisten 127.0.0.1:1\nDATABASE_URL_FILE=\n');
  expect(problems(['--config', file])).toEqual([
    `${file}, line 2: there is no setting SERVERCTL_LISTN`,
    `${file}, line 4: must be NAME=value`,
  ]);
});

test('listening on every address needs a public URL, which a worker does not', () => {
  expect(problems(['--listen', '0.0.0.0:7400'])).toEqual([
    expect.stringContaining('SERVERCTL_PUBLIC_URLS must be set'),
  ]);
  expect(problems(['--listen', '[::]:7400'])).toEqual([expect.stringContaining('SERVERCTL_PUBLIC_URLS must be set')]);
  expect(problems(['--listen', '0.0.0.0:7400', '--public-urls', 'https://cp.example.com'])).toBe('accepted');
  expect(problems(['--listen', '0.0.0.0:7400', '--role', 'worker'])).toBe('accepted');
});
