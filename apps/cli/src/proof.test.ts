import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from './testing/run-cli.ts';
import { userView } from './testing/views-accounts.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sct-cli-proof-'));
  writeFileSync(join(home, 'admin-token'), 'sct_host\n', { mode: 0o600 });
});
afterEach(() => rmSync(home, { recursive: true }));

/** What a control plane writes beside its token; a command line reads nothing else of it here. */
const answersAt = (urls: readonly string[], directory = home) =>
  writeFileSync(join(directory, 'dns-snapshot.json'), JSON.stringify({ version: 1, urls, pools: [] }), { mode: 0o600 });
const own = ['https://cp.example.com', 'nonsense', 'https://10.77.0.2:7400', 'https://127.0.0.1:7400'];

/** No token is named and nobody has signed in: what is left is the administrator token of this host. */
const run = (line: readonly string[], url: string, named: Readonly<Record<string, string>> = {}) =>
  runCli(line, ({ method }) => ({ body: method === 'PATCH' ? userView() : { pools: [] } }), {
    environment: {
      ...{ SERVERCTL_TOKEN: undefined, SERVERCTL_DATA_DIR: home, HOME: home, XDG_STATE_HOME: home },
      ...{ SERVERCTL_URL: url, ...named },
    },
  });
const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ');
const lines = [
  ['pool', 'list'],
  ['admin', 'enable', 'ann@example.com'],
];

test.each(['https://127.0.0.1:7400', 'http://127.0.0.1:7400', 'http://localhost:7499', 'http://[::1]:7400'])(
  'the administrator token goes to %s, this host, also before its control plane has written where it answers',
  async (url) => {
    for (const line of lines) expect(await run(line, url)).toMatchObject({ status: 0, tokens: ['sct_host'] });
  },
);

test.each(['https://CP.example.com:443/', 'https://10.77.0.2:7400'])(
  'it goes to %s, where its control plane answers',
  async (url) => {
    answersAt(own);
    for (const line of lines) expect(await run(line, url)).toMatchObject({ status: 0, tokens: ['sct_host'] });
  },
);

test.each([
  'https://elsewhere.example.com:7400',
  'https://cp.example.com:7400',
  'https://127.0.0.1.example.com:7400',
  'https://127.0.0.1:7400@elsewhere.example.com',
])('it is never sent to %s, another control plane: the address is named instead', async (url) => {
  answersAt(own);
  for (const [place, line] of lines.entries()) {
    const { asked, stderr, status } = await run(line, url);
    expect([asked, status]).toEqual([[], 5]);
    expect(stderr).toContain(['(token_missing)', '(only_on_host)'][place]);
    expect(oneLine(stderr)).toContain(`url: ${url}`);
    expect(oneLine(stderr)).toContain('addresses: https://cp.example.com; https://10.77.0.2:7400 ');
    expect(stderr).not.toContain('sct_host');
  }
});

test.each([
  ['has written nothing yet', () => undefined],
  ['wrote something damaged', () => writeFileSync(join(home, 'dns-snapshot.json'), '{"urls":["https://cp.')],
  ['wrote something of another shape', () => writeFileSync(join(home, 'dns-snapshot.json'), '{"urls":"https://cp"}')],
])('where its control plane %s, it is sent to this host alone', async (_what, write) => {
  write();
  expect(await run(['pool', 'list'], 'https://cp.example.com')).toMatchObject({ asked: [], status: 5 });
  expect((await run(['pool', 'list'], 'https://127.0.0.1:7400')).tokens).toEqual(['sct_host']);
});

test('of two data directories, the token goes that lies beside these addresses', async () => {
  const second = join(home, 'serverctl');
  mkdirSync(second);
  answersAt(own, second);
  expect(await run(['pool', 'list'], 'https://cp.example.com')).toMatchObject({ asked: [], status: 5 });
  writeFileSync(join(second, 'admin-token'), 'sct_second\n');
  expect((await run(['pool', 'list'], 'https://cp.example.com')).tokens).toEqual(['sct_second']);
});

test('named for this call it goes wherever it is sent', async () => {
  const named = ['pool', 'list', '--token-file', join(home, 'admin-token')];
  expect((await run(named, 'https://elsewhere.example.com')).tokens).toEqual(['sct_host']);
});

const here = 'http://127.0.0.1:7400';
const unfit = [
  ['is empty', ''],
  ['is blank', ' \n'],
  ['has two lines', 'a\nb'],
  ['has a letter that no header carries', 'scs_ž'],
] as const;

test.each(unfit)(
  'a SERVERCTL_TOKEN that %s is a wrong input: nothing is sent, by nobody else either',
  async (_what, token) => {
    const { asked, stderr, status } = await run(['pool', 'list'], here, { SERVERCTL_TOKEN: token });
    expect([asked, status]).toEqual([[], 2]);
    expect(stderr).toContain('Error: SERVERCTL_TOKEN: ');
    const shown = await run(['config', 'show', '--origin'], here, { SERVERCTL_TOKEN: token });
    expect(oneLine(shown.stdout)).toMatch(/access token not usable: (it is empty|a token is one word)/);
  },
);

test.each(unfit)('the same of a token file that %s', async (_what, token) => {
  const file = join(home, 'token');
  writeFileSync(file, token);
  for (const [line, named] of [
    [['pool', 'list', '--token-file', file], {}],
    [['pool', 'list'], { SERVERCTL_TOKEN_FILE: file }],
  ] as const) {
    const { asked, stderr, status } = await run(line, here, named);
    expect([asked, status, stderr]).toEqual([[], 2, expect.stringContaining('(file_unreadable)')]);
  }
});

test.each([
  [['pool', 'list', '--token-file', ''], {}],
  [['pool', 'list'], { SERVERCTL_TOKEN_FILE: '' }],
])('%j %j names no file: the host’s token is not taken in its place', async (line, named) => {
  const { asked, stderr, status } = await run(line, here, named);
  expect([asked, status, stderr]).toEqual([[], 2, expect.stringContaining('it is empty')]);
});

test('config show says why it is not used', async () => {
  const { stdout } = await run(['config', 'show', '--origin'], 'https://elsewhere.example.com');
  expect(oneLine(stdout)).toMatch(/access token not usable: .*admin-token goes to its own control plane alone/);
});
