import { expect, test } from 'vitest';
import { type Asked, runCli } from '../testing/run-cli.ts';
import { poolView } from '../testing/views.ts';
import { invitationView, refusal, userView } from '../testing/views-accounts.ts';

const edge = poolView([], []);
const link = 'https://cp.example.com:7400/join#scl_canary';
const bob = userView({
  grants: [
    { role: 'viewer', poolId: null },
    { role: 'operator', poolId: edge.id },
  ],
});
const plane = ({ method, path }: Asked) => {
  if (path === '/pools') return { body: { pools: [edge] } };
  if (path === '/users') return { body: { users: [bob] } };
  if (path.endsWith('/sessions')) return { body: { ended: 1 } };
  if (path === '/invitations' && method === 'GET') return { body: { invitations: [invitationView()] } };
  if (method === 'POST') return { body: { invitation: invitationView({ grants: bob.grants }), link } };
  return { body: method === 'DELETE' ? { removed: 'x' } : bob };
};
const sent = async (...line: readonly string[]) =>
  (await runCli(['user', ...line], plane)).asked.find(({ method }) => method !== 'GET')?.body;

test('users are listed with their roles, pools by name', async () => {
  const { stdout } = await runCli(['user', 'list'], plane);
  expect(stdout).toMatch(/^bob@example\.com +active +off +never +viewer everywhere; operator in edge$/m);
});

test('who may not list pools sees their ids', async () => {
  const reply = (asked: Asked) => (asked.path === '/pools' ? refusal(403, 'permission_denied') : plane(asked));
  expect((await runCli(['user', 'show', 'bob'], reply)).stdout).toContain(`operator in ${edge.id}`);
});

test.each([
  [['--role', 'viewer'], [{ role: 'viewer', pool: null }]],
  [
    ['--role', 'operator', '--pool', 'edge,core', '--pool', 'web'],
    ['edge', 'core', 'web'].map((pool) => ({ role: 'operator', pool })),
  ],
])('invite %j sends %j', async (options, grants) => {
  const { asked, stdout } = await runCli(['user', 'invite', 'bob@example.com', ...options], plane, { typed: [] });
  expect(asked.at(-1)).toMatchObject({ path: '/invitations', body: { email: 'bob@example.com', grants } });
  expect(stdout).toContain(`\n  ${link}\n`);
});

test('an invitation is not made where its link would be written into a pipe', async () => {
  const { asked, stdout, status } = await runCli(
    ['user', 'invite', 'bob@example.com', '--role', 'viewer', '--json'],
    plane,
  );
  expect([asked, stdout, status]).toEqual([[], '', 2]);
});

test('a role that is granted leaves the others, and replaces the one in the same place, by name or id', async () => {
  expect(await sent('grant', 'bob', '--role', 'administrator', '--pool', 'edge')).toEqual({
    grants: [
      { role: 'viewer', pool: null },
      { role: 'administrator', pool: edge.id },
    ],
    expect: bob.grants,
  });
  expect(await sent('grant', 'bob', '--role', 'operator')).toEqual({
    grants: [
      { role: 'operator', pool: edge.id },
      { role: 'operator', pool: null },
    ],
    expect: bob.grants,
  });
});

test('a role is revoked in the pools named, else everywhere', async () => {
  expect(await sent('revoke', 'bob', '--pool', 'edge', '--yes')).toEqual({
    grants: [{ role: 'viewer', pool: null }],
    expect: bob.grants,
  });
  expect(await sent('revoke', 'bob', '--yes')).toEqual({
    grants: [{ role: 'operator', pool: edge.id }],
    expect: bob.grants,
  });
});

test('before a role is revoked both sides are shown, and a no changes nothing', async () => {
  const { asked, stderr, status } = await runCli(['user', 'revoke', 'bob'], plane, { typed: ['n'] });
  expect([asked.map(({ method }) => method), status]).toEqual([['GET', 'GET'], 4]);
  expect(stderr).toContain('has: viewer everywhere; operator in edge. It will be: operator in edge. Go on?');
});

test('a grant that takes rights away is asked about as a revocation is; one that does not is not', async () => {
  const less = ['user', 'grant', 'bob', '--role', 'viewer', '--pool', 'edge'];
  const no = await runCli(less, plane, { typed: ['n'] });
  expect([no.asked.some(({ method }) => method !== 'GET'), no.status]).toEqual([false, 4]);
  expect(no.stderr).toContain('has: viewer everywhere; operator in edge. It will be: viewer everywhere and in edge.');
  expect((await runCli(less, plane)).status).toBe(4);
  for (const [line, place] of [
    [less, { typed: ['y'] }],
    [[...less, '--yes'], {}],
    [['user', 'grant', 'bob', '--role', 'operator', '--pool', 'edge'], {}],
  ] as const) {
    const { asked, status } = await runCli(line, plane, place);
    expect([asked.at(-1)?.method, status]).toEqual(['PUT', 0]);
  }
});

test('nothing to revoke is said, not done', async () => {
  const { asked, stderr, status } = await runCli(['user', 'revoke', 'bob', '--pool', 'core', '--yes'], plane);
  expect([asked.every(({ method }) => method === 'GET'), status]).toEqual([true, 2]);
  expect(stderr).toContain('has no role there');
});

test.each([
  ['disable', 'PATCH', { disabled: true }],
  ['remove', 'DELETE', null],
  ['end-sessions', 'DELETE', null],
])('%s names the person and what it means, and waits for a yes', async (verb, method, body) => {
  const no = await runCli(['user', verb, 'bob'], plane, { typed: [''] });
  expect([no.status, no.asked.some((one) => one.method !== 'GET')]).toEqual([4, false]);
  expect(no.stderr).toContain('Bob (viewer everywhere; operator in edge)');
  const yes = await runCli(['user', verb, 'bob', '--yes'], plane);
  expect([yes.status, yes.asked]).toEqual([0, [expect.objectContaining({ method, body })]]);
});

test.each([
  [['enable', 'bob'], { disabled: false }],
  [['rename', 'bob', 'Robert'], { name: 'Robert' }],
])('%j changes that alone', async (line, body) => expect(await sent(...line)).toEqual(body));

test.each([
  [[], false],
  [['--remove-second-factor', '--yes'], true],
])('reset %j makes a link to choose a new password', async (options, twoFactor) => {
  const { asked, stdout } = await runCli(['user', 'reset', 'bob', ...options], plane, { typed: [] });
  expect(asked).toEqual([expect.objectContaining({ path: '/users/bob/reset', body: { twoFactor } })]);
  expect(stdout).toContain(link);
});

test('taking the second factor away is asked about', async () => {
  const { asked, status } = await runCli(['user', 'reset', 'bob', '--remove-second-factor'], plane, { typed: ['n'] });
  expect([asked, status]).toEqual([[], 4]);
});

test.each([
  ['invite', 'bob@example.com', '--role', 'viewer'],
  ['grant', 'bob', '--role', 'viewer'],
  ['revoke', 'bob', '--yes'],
])('%s with an empty --pool is refused: it is not everywhere', async (...line) => {
  for (const pools of ['', 'edge,']) {
    const { asked, stderr, status } = await runCli(['user', ...line, '--pool', pools], plane, { typed: [] });
    expect([asked, status, stderr]).toEqual([[], 2, expect.stringContaining('must not be empty')]);
  }
});

test('a setup link is listed as what it makes', async () => {
  const invitations = [invitationView({ kind: 'setup', email: null, grants: [] })];
  const { stdout } = await runCli(['user', 'invitations'], () => ({ body: { invitations } }));
  expect(stdout).toMatch(/ administrator everywhere$/m);
});

test('open links are listed without their secret, and voided by id', async () => {
  expect((await runCli(['user', 'invitations'], plane)).stdout).toMatch(
    /^invite000001 +invitation +bob@example\.com /m,
  );
  const { asked } = await runCli(['user', 'uninvite', 'invite000001'], plane);
  expect(asked[0]).toMatchObject({ method: 'DELETE', path: '/invitations/invite000001' });
});
