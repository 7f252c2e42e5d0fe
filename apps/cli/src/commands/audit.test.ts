import { expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';

const entry = (seq: number, changes: object = {}) => ({
  seq,
  at: '2026-01-31T12:00:00.000Z',
  actor: 'user:a@example.com',
  action: 'pool.pause',
  target: 'pool00000001',
  poolId: 'pool00000001',
  reason: `Because ${seq}.`,
  requestId: 'r',
  details: {},
  sealed: true,
  ...changes,
});
const list = (entries: readonly object[], next: number | null = null) => ({ body: { entries, next } });
const hash = 'ab'.repeat(32);
const verified = (changes: object = {}) => ({
  body: {
    holds: true,
    sentence: 'The chain holds: 6 entries are as they were sealed.',
    entries: 6,
    retired: 0,
    unsealed: 0,
    head: { position: 6, hash },
    problems: [],
    ...changes,
  },
});

test('audit list shows the newest last, and asks for what the filters say', async () => {
  const { asked, stdout, status } = await runCli(
    [
      'audit',
      'list',
      '--actor',
      'user:*',
      '--pool',
      'edge',
      '--since',
      '2026-01-31T12:00Z',
      '--until',
      '2026-01-31T13:00:00.5Z',
    ],
    () => list([entry(2), entry(1, { reason: null })]),
  );
  expect(asked.map(({ path }) => decodeURIComponent(path))).toEqual([
    '/audit?actor=user:*&poolId=edge&since=2026-01-31T12:00:00Z&until=2026-01-31T13:00:00.500Z&limit=50',
  ]);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^TIME +ACTOR +ACTION +TARGET +REASON$/);
  expect(lines[1]).toMatch(/user:a@example.com +pool.pause +pool00000001$/);
  expect(lines[2]).toMatch(/pool00000001 +Because 2\.$/);
  expect(status).toBe(0);
});

test('audit list goes back by the cursor until it has as many as were asked for', async () => {
  const pages = [list([entry(1200), entry(701)], 701), list([entry(700)], 650), list([entry(9)], 9)];
  const { asked, stdout } = await runCli(['audit', 'list', '--limit', '4', '--json'], () => pages.shift() ?? list([]));
  expect(asked.map(({ path }) => path)).toEqual([
    '/audit?limit=4',
    '/audit?before=701&limit=2',
    '/audit?before=650&limit=1',
  ]);
  expect(JSON.parse(stdout).map(({ seq }: { seq: number }) => seq)).toEqual([9, 700, 701, 1200]);
});

test('audit list --wide shows the rest, and control characters of nobody', async () => {
  const strange = entry(3, { details: { name: '\u001b[31mred' }, actor: 'token:\u001b[2Jx', sealed: false });
  const { stdout } = await runCli(['audit', 'list', '--wide'], () => list([strange]));
  expect(stdout).toMatch(/^SEQ +TIME .* SEALED +REASON +DETAILS$/m);
  expect(stdout).toContain('not yet');
  expect(stdout).not.toContain('\u001b');
});

test.each([
  [[], 'The audit log is empty'],
  [['--action', 'pool.'], 'as a beginning with * behind it'],
])('audit list %j says what an empty list means', async (options, words) => {
  const { stdout, status } = await runCli(['audit', 'list', ...options], () => list([]));
  expect(stdout).toContain(words);
  expect(status).toBe(0);
});

test.each([
  ['--since', 'yesterday'],
  ['--until', '2999-01-01'],
  ['--limit', '0'],
  ['--actor', ' '],
])('audit list %s %j is refused before anything is asked', async (option, value) => {
  const { asked, status } = await runCli(['audit', 'list', option, value], () => list([]));
  expect({ asked: asked.length, status }).toEqual({ asked: 0, status: 2 });
});

test('audit export prints the file as it comes, and nothing else', async () => {
  const pieces = ['{"seq":1}\n{"se', 'q":2,"actor":"ü"}\n'].map((piece) => new TextEncoder().encode(piece));
  const { asked, stdout, stderr, status } = await runCli(
    ['audit', 'export', '--since', '2026-01-31'],
    () =>
      new Response(ReadableStream.from(pieces), { headers: { 'content-type': 'application/x-ndjson; charset=utf-8' } }),
  );
  expect(asked[0]?.path).toMatch(/^\/audit\/export\?since=.*&format=jsonl$/);
  expect({ stdout, stderr, status }).toEqual({ stdout: '{"seq":1}\n{"seq":2,"actor":"ü"}\n', stderr: '', status: 0 });
});

test('audit export of nothing says so beside the file', async () => {
  const { stdout, stderr, status } = await runCli(
    ['audit', 'export', '--actor', 'nobody'],
    () => new Response('', { headers: { 'content-type': 'application/x-ndjson' } }),
  );
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  expect(stderr).toContain('Nothing in the audit log fits');
});

test('audit export that breaks off fails, so that half a file is not taken for all', async () => {
  const broken = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('seq,at\r\n'));
    },
    pull(controller) {
      controller.error(new TypeError('terminated'));
    },
  });
  const { stdout, stderr, status } = await runCli(
    ['audit', 'export', '--format', 'csv'],
    () => new Response(broken, { headers: { 'content-type': 'text/csv; charset=utf-8' } }),
  );
  expect(stdout).toBe('seq,at\r\n');
  expect(stderr).toContain('not whole');
  expect(status).not.toBe(0);
});

test('audit export prints no page of something else', async () => {
  const page = () => new Response('<html>', { headers: { 'content-type': 'text/html' } });
  const { stdout, stderr } = await runCli(['audit', 'export'], page);
  expect(stdout).toBe('');
  expect(stderr).toContain('(reply_unexpected)');
});

test('audit verify says that the chain holds, and which line to keep elsewhere', async () => {
  const { asked, stdout, status } = await runCli(['audit', 'verify'], () => verified({ retired: 3, unsealed: 1 }));
  expect(asked.map(({ path }) => path)).toEqual(['/audit/verify']);
  expect(stdout).toContain('The chain holds: 6 entries');
  expect(stdout).toContain('3 more seals are of entries that are past their 400 days.');
  expect(stdout).toContain('1 entry is not in the chain yet');
  expect(stdout).toContain(`\n  serverctl audit verify --expect 6:${hash}\n`);
  expect(status).toBe(0);
});

test('audit verify of an empty log has no head to note', async () => {
  const { stdout } = await runCli(['audit', 'verify'], () => verified({ entries: 0, head: null }));
  expect(stdout).toContain('no head to note');
});

test.each([[[]], [['--json']]])('audit verify %j ends with status 1 when the chain does not hold', async (options) => {
  const problems = [{ position: 3, seq: 3, sentence: 'Entry 3 (position 3) was removed.' }];
  const broken = verified({ holds: false, sentence: 'The chain does not hold: 1 problem.', problems });
  const { stdout, status } = await runCli(['audit', 'verify', ...options], () => broken);
  expect(status).toBe(1);
  expect(stdout).toContain('Entry 3 (position 3) was removed.');
  if (options.length === 0) expect(stdout).toContain('docs/runbooks/audit-chain-broken.md');
  else expect(JSON.parse(stdout)).toEqual(broken.body);
});

test('audit verify --expect takes a head as it was printed, and nothing else', async () => {
  const { asked } = await runCli(['audit', 'verify', '--expect', `6:${hash.toUpperCase()}`], () => verified());
  expect(asked.map(({ path }) => decodeURIComponent(path))).toEqual([`/audit/verify?expect=6:${hash}`]);
  expect(await runCli(['audit', 'verify', '--expect', '6:5f2c'], () => verified())).toMatchObject({
    asked: [],
    status: 2,
  });
});
