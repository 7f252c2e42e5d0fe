import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';
import { testView } from '../testing/views.ts';

const directory = mkdtempSync(join(tmpdir(), 'sct-cli-credential-'));
const secretFile = join(directory, 'secret');
writeFileSync(secretFile, 'c2VjcmV0\n');
afterAll(() => rmSync(directory, { recursive: true }));

const set = async (server: string) => {
  const line = ['dns', 'credential', 'set', 'bind', '--server', server, '--secret-file', secretFile];
  return (await runCli(line, () => ({ body: {} }))).asked[0]?.body;
};

test('a credential’s new server without a port leaves its port as it is', async () => {
  expect(await set('ns2.example.com')).toEqual({ settings: { host: 'ns2.example.com', secret: 'c2VjcmV0' } });
  expect(await set('ns2.example.com:5353')).toMatchObject({ settings: { port: 5353 } });
});

const saved = {
  credential: {
    id: 'credential01',
    name: 'bind',
    provider: 'rfc2136',
    settings: {
      provider: 'rfc2136',
      host: 'ns1.example.com',
      port: 53,
      transport: 'tcp',
      keyName: 'key',
      algorithm: 'hmac-sha256',
    },
    usedBy: [],
    limit: null,
    createdAt: '2026-01-01T00:00:00.000Z',
  },
  test: null,
};
const add = (...options: readonly string[]) =>
  runCli(
    ['dns', 'credential', 'add', 'bind', '--server', 'ns1', '--key', 'key', '--secret-file', secretFile, ...options],
    () => ({ body: saved }),
  );

test('a credential saved without a try says so, and how to try it', async () => {
  expect((await add()).stdout).toContain(
    'untested. Try it: serverctl dns credential test bind --zone ZONE --name NAME',
  );
});

test('half of a name to try is refused, not ignored', async () => {
  const { asked, stderr } = await add('--test-zone', 'example.com');
  expect(asked).toEqual([]);
  expect(stderr).toContain('--test-zone and --test-name go together');
});

test('a stored credential is tried on any name, and the name is said', async () => {
  const line = ['dns', 'credential', 'test', 'bind', '--zone', 'example.com', '--name', 'lb.example.com'];
  const { asked, stdout } = await runCli(line, () => ({ body: testView() }));
  expect(asked).toMatchObject([
    { path: '/dns-credentials/bind/test', body: { zone: 'example.com', name: 'lb.example.com' } },
  ]);
  expect(stdout).toMatch(/^name +lb\.example\.com$/m);
});

test.each([
  ['ipv4', 'A'],
  ['ipv6', 'AAAA'],
] as const)('a stored credential is tried on the record of --family %s', async (family, type) => {
  const line = ['dns', 'credential', 'test', 'bind', '--zone', 'example.com', '--name', 'lb.example.com'];
  const { asked } = await runCli([...line, '--family', family], () => ({ body: testView({ type }) }));
  expect(asked[0]?.body).toEqual({ zone: 'example.com', name: 'lb.example.com', type });
  const wrong = await runCli([...line, '--family', type], () => ({ body: testView() }));
  expect([wrong.asked, wrong.status]).toEqual([[], 2]);
});

const id = '0123456789abcdef0123456789abcdef';
const cloudflare = {
  id: 'credential02',
  name: 'cf',
  provider: 'cloudflare',
  settings: {
    provider: 'cloudflare',
    apiBase: 'https://api.cloudflare.com/client/v4',
    zoneIds: { 'example.com': id },
    plan: 'paid',
  },
  usedBy: ['lb.example.com', 'www.example.com'],
  limit: { calls: 1_000, perSeconds: 300, reservePercent: 75, promotionsBeforeWaiting: 250 },
  createdAt: '2026-01-01T00:00:00.000Z',
};
const credential = (verb: string, ...options: readonly string[]) =>
  runCli(['dns', 'credential', verb, 'cf', ...options], () => ({ body: { credential: cloudflare, test: null } }));

test('a Cloudflare credential takes its token from a file, and any number of zone ids', async () => {
  const options = ['--provider', 'cloudflare', '--provider-token-file', secretFile, '--plan', 'paid'];
  const zones = ['--zone-id', `example.com=${id}`, '--zone-id', `example.org=${id}`, '--api-base', 'https://gw.test'];
  expect((await credential('add', ...options, ...zones)).asked[0]?.body).toEqual({
    name: 'cf',
    settings: {
      provider: 'cloudflare',
      apiBase: 'https://gw.test',
      zoneIds: { 'example.com': id, 'example.org': id },
      plan: 'paid',
      token: 'c2VjcmV0',
    },
  });
});

test('the kind is told by its options where --provider is left out', async () => {
  const { asked } = await credential('add', '--provider-token-file', secretFile);
  expect(asked[0]?.body).toEqual({ name: 'cf', settings: { provider: 'cloudflare', token: 'c2VjcmV0' } });
  const server = ['--server', 'ns1', '--key', 'k', '--secret-file', secretFile];
  expect((await credential('add', ...server)).asked[0]?.body).toMatchObject({ settings: { provider: 'rfc2136' } });
});

test.each([
  ['no kind at all', [], 'say which provider: --server, --key and --secret-file, or --provider cloudflare'],
  ['a name server without its key', ['--server', 'ns1'], '--provider rfc2136 needs --key, --secret-file'],
  ['Cloudflare without its token', ['--provider', 'cloudflare'], '--provider cloudflare needs --provider-token-file'],
  [
    'Cloudflare with a server',
    ['--provider', 'cloudflare', '--provider-token-file', secretFile, '--server', 'ns1'],
    '--server belongs to rfc2136, cpanel or whm, and the provider is cloudflare',
  ],
  [
    'a name server with a plan',
    ['--provider', 'rfc2136', '--plan', 'paid', '--server', 'ns1'],
    '--plan belongs to cloudflare, and the provider is rfc2136',
  ],
  [
    'options of both kinds',
    ['--server', 'ns1', '--zone-id', `example.com=${id}`],
    '--zone-id belongs to cloudflare and --server to rfc2136, cpanel or whm: a credential is of one kind',
  ],
  ['a zone id that is none', ['--zone-id', 'example.com'], 'Write ZONE=ID'],
  ['a zone without an id', ['--zone-id', 'example.com=none'], 'Write ZONE=ID'],
  ['an unknown kind', ['--provider', 'route53'], 'cloudflare, rfc2136'],
  ['an unknown plan', ['--plan', 'pro'], 'free, paid, enterprise'],
])('%s is refused before anything is asked', async (_what, options, words) => {
  const { asked, stderr, status } = await credential('add', ...options);
  expect([asked, status]).toEqual([[], 2]);
  expect(stderr.replace(/\s+/g, ' ')).toContain(words);
});

test('a provider’s token given as the token that signs in here is not sent anywhere', async () => {
  const { tokens, stderr } = await credential('add', '--provider', 'cloudflare', '--token-file', secretFile);
  expect(tokens).toEqual([]);
  expect(stderr.replace(/\s+/g, ' ')).toContain('--token-file is who you are here');
});

test('a change names what changes: a token, a plan, ids to keep and to take away', async () => {
  const changed = async (...options: readonly string[]) => (await credential('set', ...options)).asked[0]?.body;
  expect(await changed('--provider-token-file', secretFile)).toEqual({ settings: { token: 'c2VjcmV0' } });
  expect(await changed('--plan', 'free', '--name', 'other')).toEqual({ name: 'other', settings: { plan: 'free' } });
  expect(await changed('--zone-id', `example.org=${id}`, '--zone-id', 'example.com=none')).toEqual({
    settings: { zoneIds: { 'example.org': id, 'example.com': null } },
  });
  const both = await credential('set', '--plan', 'free', '--algorithm', 'hmac-sha512');
  expect([both.asked, both.status]).toEqual([[], 2]);
});

test.each([[[]], [['--test-zone', 'example.com', '--test-name', 'lb.example.com']]])(
  'a change that names nothing is refused with what can be named, not told as saved: %j',
  async (options) => {
    const { asked, stderr, status } = await credential('set', ...options);
    expect([asked, status]).toEqual([[], 2]);
    const words = stderr.replace(/\s+/g, ' ');
    expect(words).toContain('name what shall change: --name; cloudflare: --provider-token-file, --zone-id,');
    expect(words).toContain('rfc2136: --server, --key, --secret-file, --algorithm, --transport');
  },
);

const listing = (verb: string, ...options: readonly string[]) =>
  runCli(['dns', 'credential', verb, ...options], () => ({ body: { credentials: [saved.credential, cloudflare] } }));

test('a list says of each kind where it leads; --wide everything', async () => {
  const { stdout } = await listing('list');
  expect(stdout).toMatch(/^bind +rfc2136 +ns1\.example\.com:53 +not in use +nothing$/m);
  expect(stdout).toMatch(/^cf +cloudflare +api\.cloudflare\.com\/client\/v4 +not tried yet +lb\.example\.com \+1$/m);
  const wide = (await listing('list', '--wide')).stdout;
  expect(wide).toContain('key key, hmac-sha256, tcp');
  expect(wide).toContain(`plan paid, zone ids example.com=${id}`);
  expect(JSON.parse((await listing('list', '--json')).stdout)).toEqual([saved.credential, cloudflare]);
});

test('one credential is shown with its limit and its ceiling in words (R22)', async () => {
  const { stdout } = await listing('show', 'cf');
  const words = stdout.replace(/\s+/g, ' ');
  expect(words).toContain('credential cf (credential02), cloudflare');
  expect(words).toContain('1000 calls in 5 min, of which 75 % are for failovers alone');
  expect(words).toContain('250 names moved one by one before the next one waits');
  expect(words).toContain('lb.example.com, www.example.com');
  const other = (await listing('show', 'bind')).stdout;
  expect(other).toMatch(/^limit +none that is known$/m);
  expect(other).toMatch(/^server +ns1\.example\.com:53, tcp$/m);
});

const look = {
  zone: 'example.com',
  name: 'lb.example.com',
  type: 'A',
  state: 'ok',
  code: null,
  message: null,
  remedy: null,
  findings: [],
  checkedAt: '2026-01-02T00:00:00.000Z',
  okAt: '2026-01-02T00:00:00.000Z',
  failingSince: null,
};
const finding = {
  code: 'value-only',
  name: 'lb.example.com',
  type: 'A',
  message: 'No mark.',
  remedy: 'Give the right.',
};
const limited = { ...look, zone: 'example.net', state: 'limited', findings: [finding] };
const trouble = { code: 'dns_token_refused', message: 'It is refused.', remedy: 'Make a new one.' };
const failing = { ...look, zone: 'example.org', state: 'failing', ...trouble, failingSince: look.checkedAt };
const tried = async (verb: readonly string[], ...preflight: readonly object[]) => {
  const credentials = [{ ...cloudflare, preflight }];
  const { stdout } = await runCli(['dns', 'credential', ...verb], () => ({ body: { credentials } }));
  return stdout.replace(/\s+/g, ' ');
};

test.each([
  ['ok', [look]],
  ['limited', [look, limited]],
  ['failing', [failing, limited, look]],
])('a list shows the state of the zone where a credential does worst: %s (R23)', async (word, preflight) => {
  expect(await tried(['list'], ...preflight)).toContain(` ${word} lb.example.com +1`);
});

test('one credential is shown with what was found in each zone, and what to do (R23)', async () => {
  const words = await tried(['show', 'cf'], look, limited, failing);
  expect(words).toMatch(/in example\.com ok, tried .+ on lb\.example\.com A in example\.net/);
  expect(words).toMatch(/in example\.net limited, tried .+\. No mark\. Give the right\./);
  expect(words).toMatch(
    /in example\.org failing since .+ worked last .+dns_token_refused: It is refused\. Make a new one\./,
  );
  const many = await tried(['show', 'cf'], { ...look, everySeconds: 1_650 });
  expect(many).toMatch(/in example\.com ok, tried .+ on lb\.example\.com A, again within 28 min while calm/);
  const never = await tried(['show', 'cf'], { ...failing, okAt: null });
  expect(never).toContain('it never worked here');
});

test('what was found before a name was blocked is said to be so: that puts off the next look', async () => {
  const putOff = { ...limited, putOffBy: 'lb.example.net' };
  expect(await tried(['list'], putOff)).toContain(' limited, look put off lb.example.com +1');
  expect(await tried(['show', 'cf'], putOff)).toMatch(
    /limited, tried .+; lb\.example\.net is being published or blocked since, which puts off the next look once\. No mark\./,
  );
  expect(await tried(['list'], { ...limited, putOffBy: null })).not.toContain('put off');
});

test('a change says on which records it was tried, and --untested asks for none', async () => {
  const tried = [{ zone: 'example.com', name: 'lb.example.com', type: 'A' }];
  const line = ['dns', 'credential', 'set', 'cf', '--provider-token-file', secretFile];
  const { stdout, asked } = await runCli(line, () => ({ body: { credential: cloudflare, test: null, tried } }));
  expect(stdout).toContain('is saved. Before that it was tried, and works: lb.example.com A in example.com.');
  expect(asked[0]?.body).toEqual({ settings: { token: 'c2VjcmV0' } });
  const blind = await runCli([...line, '--untested'], () => ({ body: { credential: cloudflare, test: null } }));
  expect([blind.asked[0]?.body, blind.stdout]).toEqual([
    { settings: { token: 'c2VjcmV0' }, untested: true },
    expect.stringContaining('saved, untested'),
  ]);
});
