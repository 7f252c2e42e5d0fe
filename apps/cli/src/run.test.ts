import { expect, test } from 'vitest';
import { type Asked, runCli } from './testing/run-cli.ts';
import { brakesView } from './testing/views.ts';
import { refusal } from './testing/views-accounts.ts';

const nobody = () => ({ body: {} });

test.each([
  ['an unknown option', ['pool', 'list', '--nope']],
  ['an unknown command', ['nope']],
  ['a missing argument', ['pool', 'show']],
  ['a missing option', ['pool', 'ack', 'edge']],
  ['a bad value', ['events', '--limit', 'many']],
  ['half a command', ['pool']],
])('%s is JSON with --json, and exits 2', async (_what, line) => {
  const { asked, stdout, stderr, status } = await runCli([...line, '--json'], nobody);
  expect([asked, stdout, status]).toEqual([[], '', 2]);
  const { error } = JSON.parse(stderr);
  expect(error).toMatchObject({ code: 'usage', remedy: expect.stringContaining('--help') });
  expect(error.message).toMatch(/^[^(]{8,}/);
});

test('without --json a usage error is told in words', async () => {
  const { stderr, status } = await runCli(['pool', 'list', '--nope'], nobody);
  expect(status).toBe(2);
  expect(stderr).toContain("unknown option '--nope'");
});

test('a usage error fits its terminal, and is whole where there is none', async () => {
  const wrong = () => runCli(['why', 'edge', '--at', 'yesterday'], nobody);
  const longest = (text: string) => Math.max(...text.split('\n').map(({ length }) => length));
  const columns = Object.getOwnPropertyDescriptor(process.stderr, 'columns');
  Object.defineProperty(process.stderr, 'columns', { value: 80, configurable: true });
  try {
    const { stderr } = await wrong();
    expect(longest(stderr)).toBeLessThanOrEqual(80);
    expect(stderr.replaceAll('\n', ' ')).toContain('Write an age such as 10m');
  } finally {
    Reflect.deleteProperty(process.stderr, 'columns');
    if (columns !== undefined) Object.defineProperty(process.stderr, 'columns', columns);
  }
  const { stderr } = await wrong();
  expect(stderr.split('\n')[0]).toMatch(/'yesterday' is invalid\..* 2026-01-31T12:00\.$/);
});

test('--version prints the release and nothing else', async () => {
  const { stdout, status } = await runCli(['--version'], nobody);
  expect([stdout, status]).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+\n$/), 0]);
});

test.each([
  ['--url-file', ['channel', 'add', 'webhook', '--name', 'pager', '--url-file', '/nope']],
  ['--secret-file', ['dns', 'credential', 'set', 'bind', '--secret-file', '/nope']],
])('a file that cannot be read for %s is a wrong input that names both', async (option, line) => {
  const { stderr, status } = await runCli([...line, '--json'], nobody);
  expect(status).toBe(2);
  expect(JSON.parse(stderr)).toMatchObject({
    error: { code: 'file_unreadable', details: { option, file: '/nope', because: 'ENOENT' } },
  });
});

test('help finds a command however deep, and from its group too', async () => {
  const deep = await runCli(['help', 'dns', 'credential', 'add'], nobody);
  expect(deep.stdout).toContain('Usage: serverctl dns credential add');
  expect((await runCli(['member', 'help', 'add'], nobody)).stdout).toContain('Usage: serverctl member add');
  expect((await runCli(['help'], nobody)).stdout).toContain('Where it looks:');
});

test.each([
  [['pols'], 'pool'],
  [['member', 'lst'], 'list'],
  [['help', 'member', 'ad'], 'add'],
])('the unknown command %j is told with the one that was meant', async (line, meant) => {
  const { stderr, status } = await runCli(line, nobody);
  expect([status, stderr]).toEqual([2, expect.stringContaining(`(Did you mean ${meant}?)`)]);
});

test('config show tells each setting and its origin, never the token', async () => {
  const { asked, stdout } = await runCli(['config', 'show', '--origin'], nobody);
  expect(asked).toEqual([]);
  expect(stdout).toMatch(/^url +environment SERVERCTL_URL +http:\/\/127\.0\.0\.1:7400$/m);
  expect(stdout).toMatch(/^access token +environment SERVERCTL_TOKEN +set$/m);
  expect(stdout).not.toContain('canary');
});

const statusOf = (brakes: { status?: number; body: unknown }) =>
  runCli(['status'], ({ path }) => {
    if (path === '/readyz')
      return { status: 503, body: { ready: false, checks: [{ name: 'lease', ok: false, sentence: 'Nobody leads.' }] } };
    if (path === '/brakes') return brakes;
    return { body: path === '/liveness' ? { counters: { members: 3 }, gaps: [] } : { info: { version: '9.9.9' } } };
  });

test('status tells what is not ready, though the control plane answers 503 for it', async () => {
  const { stdout, status } = await statusOf({ body: brakesView({ sentence: '4 of 6 members are silent.' }) });
  expect(stdout).toMatch(/^brakes +4 of 6 members are silent\.$/m);
  expect([status, stdout]).toEqual([0, expect.stringMatching(/release 9\.9\.9[\s\S]*lease +not ok +Nobody leads\./)]);
});

test('status tells the rest when the database does not answer for the brakes', async () => {
  const error = { code: 'database_unavailable', message: 'x', remedy: 'y', details: {}, requestId: 'r1' };
  const { stdout, status } = await statusOf({ status: 503, body: { error } });
  expect([status, stdout]).toEqual([0, expect.stringMatching(/brakes +not known[\s\S]*lease +not ok/)]);
});

test.each([[[]], [['--json']]])(
  'status %j tells the checks where the database knows nobody, and ends as unavailable',
  async (options) => {
    const sentence = 'It has not answered for 12 s.';
    const { stdout, status } = await runCli(['status', ...options], ({ path }) => {
      if (path === '/readyz')
        return { status: 503, body: { ready: false, checks: [{ name: 'database', ok: false, sentence }] } };
      return path === '/openapi.json' ? { body: { info: { version: '9.9.9' } } } : refusal(503, 'database_unavailable');
    });
    expect(status).toBe(6);
    if (options.length === 0) {
      expect(stdout).toMatch(/^database +not ok +It has not answered for 12 s\.$/m);
      expect(stdout).toContain('How the fleet is heard is not known. The database does not answer.');
    } else {
      const because = expect.objectContaining({ code: 'database_unavailable' });
      expect(JSON.parse(stdout)).toMatchObject({ readiness: { ready: false }, liveness: null, brakes: null, because });
    }
  },
);

test('status of who is not recognised is refused, whatever is ready', async () => {
  const reply = ({ path }: Asked) =>
    path === '/readyz' ? { body: { ready: true, checks: [] } } : refusal(401, 'token_invalid');
  expect(await runCli(['status'], reply)).toMatchObject({ stdout: '', status: 5 });
});

test('status tells the rest to who may not see how the fleet is heard', async () => {
  const refused = refusal(403, 'permission_denied');
  const reply = ({ path }: Asked) => {
    if (path === '/liveness') return refused;
    if (path === '/readyz')
      return { body: { ready: true, checks: [{ name: 'lease', ok: true, sentence: 'We lead.' }] } };
    return { body: path === '/brakes' ? brakesView() : { info: { version: '9.9.9' } } };
  };
  const { stdout, stderr, status } = await runCli(['status'], reply);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/release 9\.9\.9[\s\S]*lease +ok +We lead\.\n$/);
  expect(JSON.parse((await runCli(['status', '--json'], reply)).stdout)).toMatchObject({ liveness: null, brakes: {} });
  const unheard = (asked: Asked) => (asked.path === '/brakes' ? refused : reply(asked));
  const without = await runCli(['status'], unheard);
  expect([without.status, without.stdout]).toEqual([0, expect.stringMatching(/^brakes +not told: /m)]);
});
