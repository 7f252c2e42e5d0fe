import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Asked, runCli } from '../testing/run-cli.ts';
import { userView } from '../testing/views-accounts.ts';

const directory = mkdtempSync(join(tmpdir(), 'sct-cli-join-'));
afterAll(() => rmSync(directory, { recursive: true }));

const strong = 'a new long password';
const link = 'http://127.0.0.1:7400/join#scl_canary';
const shown = (changes: object = {}) => ({
  kind: 'invitation',
  email: 'bob@example.com',
  invitedBy: 'user:ann@example.com',
  grants: [{ role: 'operator', poolId: 'pool00000001', pool: 'edge' }],
  expiresAt: '2026-01-03T12:00:00.000Z',
  ends: null,
  ...changes,
});
const plane =
  (changes: object = {}) =>
  ({ path }: Asked) => ({ body: path.endsWith('/show') ? shown(changes) : userView() });
const files = (password: string, text = link) => {
  const [linkFile, passwordFile] = [join(directory, 'link'), join(directory, 'password')];
  writeFileSync(linkFile, `${text}\n`);
  writeFileSync(passwordFile, `${password}\n`);
  return ['--link-file', linkFile, '--password-file', passwordFile];
};

test('an invitation says what it gives, then asks for a name and a password; the link is never shown or sent as an address', async () => {
  const { asked, tokens, stdout, stderr } = await runCli(['join'], plane(), { typed: [link, 'Bob', strong, strong] });
  expect(asked).toEqual([
    { method: 'POST', path: '/invitations/show', body: { secret: 'scl_canary' } },
    {
      method: 'POST',
      path: '/invitations/accept',
      body: { secret: 'scl_canary', name: 'Bob', password: strong },
    },
  ]);
  expect(tokens).toEqual([null, null]);
  expect(stdout).toMatch(/^roles +operator in edge$/m);
  expect(stdout).toContain('Next: serverctl sign-in --url http://127.0.0.1:7400\n');
  expect(`${stdout}${stderr}`).not.toMatch(/canary|long password/);
});

test('the first administrator names the address to sign in with', async () => {
  const typed = [link, 'Ann@Example.com ', 'Ann', strong, strong];
  const setup = plane({ kind: 'setup', email: null, grants: [] });
  const { asked, stdout } = await runCli(['join'], setup, { typed });
  expect(stdout).toMatch(/^roles +administrator everywhere$/m);
  expect(asked[1]?.body).toEqual({ secret: 'scl_canary', email: 'ann@example.com', name: 'Ann', password: strong });
});

test('a new password asks for nothing else', async () => {
  const { asked, stdout } = await runCli(['join'], plane({ kind: 'reset' }), { typed: [link, strong, strong] });
  expect(asked[1]?.body).toEqual({ secret: 'scl_canary', password: strong });
  expect(stdout).toContain('has a new password.');
  expect(stdout).not.toContain('roles');
});

test('without a terminal everything comes from files', async () => {
  const { asked, stdout } = await runCli(['join', ...files(strong), '--json'], plane());
  expect(asked[1]?.body).toEqual({ secret: 'scl_canary', password: strong });
  expect(JSON.parse(stdout)).toEqual(userView());
});

test('a bare secret is used at the control plane that is named otherwise', async () => {
  const { asked, stdout } = await runCli(['join', ...files(strong, 'scl_bare')], plane());
  expect(asked[1]?.body).toMatchObject({ secret: 'scl_bare' });
  expect(stdout).toMatch(/Next: serverctl sign-in$/m);
});

test.each(["-o'neil@example.com", 'ann&co@example.com'])(
  'the command to copy is right for the address %s, too: it is not part of it',
  async (email) => {
    const reply = ({ path }: Asked) => ({ body: path.endsWith('/show') ? shown({ email }) : userView({ email }) });
    const { stdout } = await runCli(['join', ...files(strong)], reply);
    expect(stdout).toContain(`${email} is a user now.\nNext: serverctl sign-in --url http://127.0.0.1:7400\n`);
  },
);

test.each([
  ['a link without its secret', files(strong, 'http://127.0.0.1:7400/join'), 5, 'link_invalid'],
  ['plain http to another host', files(strong, 'http://cp.example.com/join#scl_x'), 2, 'url_invalid'],
])('%s is refused before anything is sent', async (_what, options, exit, code) => {
  // Each case writes its own files again: they share two names.
  const text = code === 'link_invalid' ? 'http://127.0.0.1:7400/join' : 'http://cp.example.com/join#scl_x';
  writeFileSync(options[1] ?? '', text);
  const { asked, stderr, status } = await runCli(['join', ...options], plane());
  expect([asked, status, stderr]).toEqual([[], exit, expect.stringContaining(code)]);
});

test('a password that is too short is refused before the link is used up', async () => {
  const { asked, stderr, status } = await runCli(['join', ...files('short')], plane());
  expect([asked.map(({ path }) => path), status]).toEqual([['/invitations/show'], 2]);
  expect(stderr).toContain('must have 15 characters or more');
});

test('a link as an argument is refused: a list of processes would show it', async () => {
  const { asked, status } = await runCli(['join', link], plane());
  expect([asked, status]).toEqual([[], 2]);
});
