import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError } from '@serverctl/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig, settingLines } from './config.ts';

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
  expect(loadConfig(['--listen', '10.0.0.1:80'], {}).config.publicUrls).toEqual(['https://10.0.0.1:80']);
  expect(loadConfig(['--tls', 'off'], {}).config.publicUrls).toEqual(['http://127.0.0.1:7400']);
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
  ['SERVERCTL_PUBLIC_URLS', "https://cp.example.com/'$(x)", 'http or https'],
  ['SERVERCTL_PUBLIC_URLS', 'https://user@cp.example.com', 'http or https'],
  ['SERVERCTL_PUBLIC_URLS', 'https://cp.example.com?x', 'http or https'],
  ['SERVERCTL_TLS', 'yes', 'on'],
  ['SERVERCTL_TLS_CERT_FILE', 'server.pem', 'absolute path'],
  ['SERVERCTL_AGENT_DIR', 'dist/agent', 'absolute path'],
  ['SERVERCTL_TRUSTED_PROXIES', 'proxy.example.com', 'addresses or networks'],
  ['SERVERCTL_TRUSTED_PROXIES', '10.0.0.1,10.0.0.0/33', 'addresses or networks'],
  ['SERVERCTL_TRUSTED_PROXIES', '0.0.0.0/0', 'must not trust more'],
  ['SERVERCTL_TRUSTED_PROXIES', '2000::/3', 'must not trust more'],
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

const cert = { SERVERCTL_TLS_CERT_FILE: '/etc/tls/cert.pem' };
const key = { SERVERCTL_TLS_KEY_FILE: '/etc/tls/key.pem' };
const ca = { SERVERCTL_TLS_CA_FILE: '/etc/tls/ca.pem' };
const proxied = { SERVERCTL_TLS: 'off', SERVERCTL_TRUSTED_PROXIES: '10.0.0.1, fd00::/16' };
const publicUrl = (url: string) => ({ SERVERCTL_PUBLIC_URLS: url });
const outside = { SERVERCTL_LISTEN: '10.0.0.2:7400' };

test.each([
  ['a certificate without its key', cert, 'SERVERCTL_TLS_KEY_FILE must be set'],
  ['a key without its certificate', key, 'SERVERCTL_TLS_CERT_FILE must be set'],
  ['a CA for no certificate', ca, 'SERVERCTL_TLS_CA_FILE needs'],
  ['certificate files while TLS is off', { SERVERCTL_TLS: 'off', ...cert, ...key }, 'have no use'],
  [
    'plain HTTP that leaves this host for anybody',
    { SERVERCTL_TLS: 'off', ...outside, ...publicUrl('https://cp.example.com') },
    'needs a loopback SERVERCTL_LISTEN',
  ],
  ['a proxy without its address for agents', { ...proxied, ...outside }, 'agents need its https:// address'],
  ['plain HTTP to another host', publicUrl('http://cp.example.com'), 'must be https://'],
  ['plain HTTP where TLS is on', publicUrl('http://127.0.0.1:7400'), 'since TLS is on there'],
])('%s is refused in words (R37)', (_case, env, words) => {
  expect(problems([], env)).toEqual([expect.stringContaining(words)]);
});

test.each([
  ['own files', { ...cert, ...key }],
  ['own files and their CA', { ...cert, ...key, ...ca }],
  ['plain HTTP on loopback', { SERVERCTL_TLS: 'off', SERVERCTL_LISTEN: '[::1]:7400' }],
  ['a proxy on this host that ends TLS', { SERVERCTL_TLS: 'off', ...publicUrl('https://cp.example.com') }],
  ['a proxy elsewhere that ends TLS', { ...proxied, ...outside, ...publicUrl('https://cp.example.com'), ...ca }],
  ['a plain proxy on this host', publicUrl('http://localhost:8080')],
  ['a worker, which listens to nobody', { SERVERCTL_ROLE: 'worker', SERVERCTL_TLS: 'off', ...outside }],
])('%s is accepted', (_case, env) => {
  expect(problems([], env)).toBe('accepted');
});

test('every setting has its line in the help and its row in the printed configuration', () => {
  const { origins, config } = loadConfig(['--trusted-proxies', '10.0.0.1, fd00::/16'], {});
  expect(config.trustedProxies).toEqual(['10.0.0.1', 'fd00::/16']);
  expect(config.agentDir).toMatch(/\/dist\/agent$/);
  const help = settingLines().join('\n');
  for (const { name } of origins) {
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const words = ['databaseUrl', 'masterKey'].includes(name) ? '_FILE' : `--${flag} VALUE`;
    const line = help.split('\n').findIndex((one) => one.includes(words));
    expect(line).toBeGreaterThanOrEqual(0);
    expect(help.split('\n')[line + 1]).toMatch(/^ {6}\S/);
  }
  expect(origins.find(({ name }) => name === 'tls')).toEqual({ name: 'tls', value: 'on', origin: 'default' });
});
