import { bindingStatus } from '@serverctl/contract/testing';
import { expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';
import { memberView } from '../testing/views.ts';
import { invitationView, sessionView, tokenView, userView } from '../testing/views-accounts.ts';
import { completionRequest } from './answer.ts';

/** The candidates for the last word, and what was asked of the control plane for them. */
async function offered(...words: readonly string[]) {
  const { asked, stdout, stderr } = await runCli([completionRequest, 'zsh', ...words], ({ path }) =>
    path === '/pools/edge/members'
      ? { body: { members: [memberView({ hostname: 'lb1.example.com' })] } }
      : { status: 404, body: {} },
  );
  expect(stderr).toBe('');
  const [kind, ...lines] = stdout.trimEnd().split('\n');
  return { kind, words: lines.map((line) => line.split('\t')[0]), asked: asked.map(({ path }) => path) };
}

test.each([
  [['member', 'pro'], ['promote']],
  [['wh'], ['why', 'whoami']],
  [
    ['brakes', 're'],
    ['release', 'restore'],
  ],
  [['pool', 'resume', 'edge', '--ad'], ['--adopt']],
  [
    ['member', 'maintenance', 'edge', '--s'],
    ['--switch', '--stay'],
  ],
  [['pool', 'set', 'edge', '--pres'], ['--preset']],
  [['pool', 'set', 'edge', '--preset=g'], ['--preset=generic']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['help', 'member', 'enr'], ['enrol']],
  [
    ['--json', 'pool', 'ad'],
    ['add', 'adopt'],
  ],
  [
    ['user', 'invite', 'x@example.com', '--role', ''],
    ['viewer', 'operator', 'administrator'],
  ],
  [['token', 'create', 'x', '--permission', 'metr'], ['metrics:read']],
  [['pool', 'list', 'x'], []],
  [['nope', ''], []],
  [['pool', 'show', '--', '--j'], []],
])('%j offers %j without asking for a name', async (line, words) => {
  const found = await offered(...line);
  expect(found.words).toEqual(words);
  expect(found.asked.filter((path) => path !== '/pools')).toEqual([]);
});

test('members are those of the pool that stands before, also behind options', async () => {
  expect(await offered('member', 'show', 'edge', 'lb')).toMatchObject({ words: ['lb1.example.com'] });
  expect(await offered('member', 'clear-quarantine', 'edge', '')).toMatchObject({ words: ['lb1.example.com'] });
  expect(await offered('member', 'maintenance', '--for', '30m', 'edge', '')).toMatchObject({
    words: ['lb1.example.com'],
  });
  expect(await offered('member', 'promote', '--reason', 'x', 'edge', '')).toMatchObject({ words: ['lb1.example.com'] });
  expect(await offered('member', 'show', 'edge', 'lb1', '')).toMatchObject({ words: [], asked: [] });
});

test('a name with an A and an AAAA is offered once, with the states of both', async () => {
  const bindings = [
    bindingStatus(),
    bindingStatus({ id: 'binding00002', type: 'AAAA', state: 'blocked' }),
    bindingStatus({ id: 'binding00003', name: 'www.example.com' }),
    bindingStatus({ id: 'binding00004', name: 'www.example.com', type: 'AAAA' }),
  ];
  const { stdout } = await runCli([completionRequest, 'zsh', 'dns', 'set', 'edge', ''], () => ({ body: { bindings } }));
  expect(stdout.trimEnd().split('\n').slice(1)).toEqual([
    'lb.example.com\tpublished, blocked',
    'www.example.com\tpublished',
  ]);
});

test('a hostname that shall be added is nobody’s yet: nothing is asked', async () => {
  expect(await offered('member', 'add', 'edge', '')).toMatchObject({ words: [], asked: [] });
});

test('values that name a file are left to the shell', async () => {
  for (const option of ['--secret-file', '--ca-file', '--token-file'])
    expect(await offered('dns', 'credential', 'add', 'x', option, '')).toMatchObject({ kind: 'files', asked: [] });
  expect(await offered('sign-in', '--password-file', '')).toMatchObject({ kind: 'files', asked: [] });
  expect(await offered('admin', 'setup-link', '--output', '')).toMatchObject({ kind: 'files', asked: [] });
});

test('users, tokens, links and sessions are offered by what names them', async () => {
  const asked = async (line: readonly string[], path: string, body: unknown) => {
    const { stdout } = await runCli([completionRequest, 'zsh', ...line, ''], (one) =>
      one.path === path ? { body } : { status: 404, body: {} },
    );
    return stdout.split('\n')[1];
  };
  const { users, tokens, invitations, sessions } = {
    users: [userView()],
    tokens: [tokenView()],
    invitations: [invitationView()],
    sessions: [sessionView()],
  };
  expect(await asked(['user', 'grant'], '/users', { users })).toBe('bob@example.com\tBob');
  expect(await asked(['admin', 'reset'], '/users', { users })).toBe('bob@example.com\tBob');
  expect(await asked(['token', 'revoke'], '/api-tokens', { tokens })).toBe('token0000001\tdeploy, ann@example.com');
  expect(await asked(['user', 'uninvite'], '/invitations', { invitations })).toBe(
    'invite000001\tinvitation, bob@example.com',
  );
  expect(await asked(['account', 'sessions', 'end'], '/me/sessions', { sessions })).toBe(
    'session00001\tcommand-line, 198.51.100.7',
  );
});

test('a refusal of the control plane is passed over in silence', async () => {
  expect(await offered('pool', 'show', '')).toMatchObject({ kind: 'words', words: [], asked: ['/pools'] });
});
