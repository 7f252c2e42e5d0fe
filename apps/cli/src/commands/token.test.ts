import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Asked, runCli } from '../testing/run-cli.ts';
import { poolView } from '../testing/views.ts';
import { tokenView } from '../testing/views-accounts.ts';

const directory = mkdtempSync(join(tmpdir(), 'sct-cli-token-'));
afterAll(() => rmSync(directory, { recursive: true }));

const edge = poolView([], []);
const token = tokenView({ poolIds: [edge.id] });
const plane = ({ method, path }: Asked) => {
  if (path === '/pools') return { body: { pools: [edge] } };
  if (method === 'DELETE') return { body: { removed: token.id } };
  return { body: method === 'POST' ? { token, secret: 'sck_canary' } : { tokens: [token] } };
};
const create = ['token', 'create', 'deploy', '--permission', 'pool:read,promotion:write'];

test('a token is made with what is named, and its secret shown once to the terminal', async () => {
  const line = [...create, '--permission', 'dns:read', '--pool', 'edge', '--days', '30'];
  const { asked, stdout } = await runCli(line, plane, { typed: [] });
  const permissions = ['pool:read', 'promotion:write', 'dns:read'];
  expect(asked.map(({ path }) => path)).toEqual(['/pools', '/api-tokens']);
  expect(asked[1]?.body).toEqual({ name: 'deploy', permissions, pools: ['edge'], days: 30 });
  expect(stdout).toContain('Its secret, shown this once:\n\n  sck_canary\n');
  expect(stdout).toMatch(/^allowed +pool:read in edge$/m);
});

test('with --output the secret is in a file of its user alone, and nowhere on the screen', async () => {
  const file = join(directory, 'token');
  const { stdout } = await runCli([...create, '--output', file, '--json'], plane);
  expect(JSON.parse(stdout)).toEqual({ token, secret: null, output: file });
  expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['sck_canary\n', 0o600]);
});

test('a plane that fails beside the token makes none, and one that was made keeps its file', async () => {
  const file = join(directory, 'blip');
  const line = [...create, '--pool', 'edge', '--output', file];
  let isBroken = true;
  const reply = (asked: Asked) => {
    if (isBroken) throw new TypeError('fetch failed');
    isBroken = asked.method === 'POST';
    return plane(asked);
  };
  const none = await runCli(line, reply);
  expect([none.asked.map(({ path }) => path), none.status === 0]).toEqual([['/pools'], false]);
  isBroken = false;
  const made = await runCli(line, reply);
  expect([made.status, readFileSync(file, 'utf8')]).toEqual([0, 'sck_canary\n']);
});

test('no token is made whose secret would go into a pipe', async () => {
  const { asked, status } = await runCli(create, plane);
  expect([asked, status]).toEqual([[], 2]);
});

test.each([
  ['pool:red', 'Allowed choices are pool:read'],
  [',', 'must not be empty'],
  ['pool:read,,dns:read', 'nor have an empty part'],
  ['user:write', 'Allowed choices are'],
])('the permission "%s" is refused in words', async (permission, words) => {
  const { asked, stderr, status } = await runCli(['token', 'create', 'x', '--permission', permission], plane);
  expect([asked, status, stderr]).toEqual([[], 2, expect.stringContaining(words)]);
});

test.each(['', 'edge,,core', 'edge,'])('the pools "%s" are refused, never made fewer or more', async (pools) => {
  const { asked, status } = await runCli([...create, '--pool', pools], plane, { typed: [] });
  expect([asked, status]).toEqual([[], 2]);
});

test('tokens are listed with owner, scope and last use', async () => {
  const used = { ...token, lastUsedAt: '2026-01-02T12:00:00.000Z', lastUsedFrom: '198.51.100.9' };
  const reply = (asked: Asked) => (asked.path === '/pools' ? plane(asked) : { body: { tokens: [used] } });
  const { stdout } = await runCli(['token', 'list', '--wide'], reply);
  expect(stdout).toMatch(/^token0000001 +deploy +ann@example\.com .* from 198\.51\.100\.9$/m);
  expect(stdout).toMatch(/^ {4}allowed: pool:read in edge$/m);
});

test('revoking waits for a yes', async () => {
  expect((await runCli(['token', 'revoke', token.id], plane)).status).toBe(4);
  const { asked } = await runCli(['token', 'revoke', token.id, '--yes'], plane);
  expect(asked).toEqual([expect.objectContaining({ method: 'DELETE', path: `/api-tokens/${token.id}` })]);
});
