import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Asked, type Place, runCli } from '../testing/run-cli.ts';
import { invitationView, userView } from '../testing/views-accounts.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sct-cli-admin-'));
  writeFileSync(join(home, 'admin-token'), 'sct_host\n', { mode: 0o600 });
});
afterEach(() => rmSync(home, { recursive: true }));

const link = 'https://127.0.0.1:7400/join#scl_canary';
const plane = ({ method }: Asked) => ({
  body: method === 'POST' ? { invitation: invitationView({ kind: 'setup', email: null }), link } : userView(),
});
const run = (
  line: readonly string[],
  { typed, environment }: Place = {},
  reply: Parameters<typeof runCli>[1] = plane,
) =>
  runCli(['admin', ...line], reply, {
    ...(typed === undefined ? {} : { typed }),
    environment: { SERVERCTL_DATA_DIR: home, HOME: home, XDG_STATE_HOME: home, ...environment },
  });

test.each([
  [['setup-link'], { method: 'POST', path: '/invitations/setup' }],
  [
    ['reset', 'bob@example.com'],
    { method: 'POST', path: '/users/bob%40example.com/reset', body: { twoFactor: false } },
  ],
  [['disable', 'bob', '--yes'], { method: 'PATCH', path: '/users/bob', body: { disabled: true } }],
  [['enable', 'bob'], { method: 'PATCH', path: '/users/bob', body: { disabled: false } }],
])('admin %j is done by the administrator token of the host, though another token is named', async (line, call) => {
  const { asked, tokens, status } = await run(line, { typed: [], environment: { SERVERCTL_TOKEN: 'sck_named' } });
  expect([status, asked, tokens]).toEqual([0, [expect.objectContaining(call)], ['sct_host']]);
});

test('the setup link is printed to a terminal, else written to a file that only its user reads (R44)', async () => {
  expect((await run(['setup-link'], { typed: [] })).stdout).toContain(`\n  ${link}\n`);
  const piped = await run(['setup-link']);
  expect([piped.asked, piped.status]).toEqual([[], 2]);
  const file = join(home, 'link');
  const { stdout } = await run(['setup-link', '--output', file]);
  expect(stdout).not.toContain('canary');
  expect(readFileSync(file, 'utf8')).toBe(`${link}\n`);
});

test('a control plane that does not answer is told in plain words, with what works without it', async () => {
  const { stderr, status } = await run(['setup-link'], { typed: [] }, () => {
    throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  });
  expect(status).toBe(6);
  expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(/nothing listens there.*start it first.*serverctl dns show POOL/);
});

test('elsewhere than on the host it says where this is done', async () => {
  rmSync(join(home, 'admin-token'));
  const { asked, stderr, status } = await run(['setup-link'], { typed: [] });
  expect([asked, status, stderr]).toEqual([[], 5, expect.stringContaining('only_on_host')]);
  expect(stderr).toContain('SERVERCTL_DATA_DIR');
});

test.skipIf(process.getuid?.() !== 0)(
  'run as another user than the control plane’s, it names the right one',
  async () => {
    const file = join(home, 'admin-token');
    rmSync(file);
    mkdirSync(file); // nobody reads it as a file, root neither
    chownSync(file, 64_123, 64_123);
    const { asked, stderr, status } = await run(['setup-link'], { typed: [] });
    expect([asked, status]).toEqual([[], 5]);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain("sudo -u '#64123'");
  },
);
