import { expect, test } from 'vitest';
import { type Asked, runCli } from '../testing/run-cli.ts';
import { memberView } from '../testing/views.ts';

const member = (number: number, ready: boolean) =>
  memberView({
    id: `member00000${number}`,
    hostname: `lb${number}.example.com`,
    health: ready ? 'healthy' : 'unheard',
    ready,
    place: ready ? number : null,
    standingSentence: ready ? 'Ready.' : 'It was never heard.',
    address: `198.51.100.1${number}`,
  });
const proposal = {
  kind: 'adopt',
  proposedMemberId: 'member000002',
  sentence: 'Propose lb2.example.com: the record holds its address already.',
  records: [
    {
      name: 'lb.example.com',
      type: 'A',
      addresses: ['198.51.100.12'],
      mark: null,
      ttlSeconds: 86_400,
      proxied: true,
      note: 'web team\u001b[2J',
      noteSentence: 'Somebody wrote there: “web team\u001b[2J”; that stays, in front of our mark.',
      warning: 'The record’s present TTL is 86400 s: wait 86400 s before the first switchover.',
      cname: false,
    },
  ],
};
const missing = { error: { code: 'member_not_found', requestId: 'r', message: 'x', remedy: 'y', details: {} } };

const publish = (lb1Ready: boolean, ...line: readonly string[]) =>
  runCli(['pool', 'publish', 'edge', ...line], ({ path }: Asked) => {
    if (path.endsWith('/first-publish')) return { body: proposal };
    if (/lb1|member000001/.test(path)) return { body: member(1, lb1Ready) };
    if (/lb2|member000002/.test(path)) return { body: member(2, true) };
    return { status: 404, body: missing };
  });
const written = (asked: readonly Asked[]) => asked.filter(({ method }) => method !== 'GET');

test('the preview of a named member says what would happen for that member', async () => {
  const { stdout } = await publish(false, 'lb1', '--preview');
  expect(stdout).toMatch(
    /lb\.example\.com +198\.51\.100\.12 +198\.51\.100\.11 +86400 s\n +Proxied: the provider’s edge answers/,
  );
  expect(stdout).toContain('You chose lb1.example.com: not ready. It was never heard.');
});

test('what a person wrote at the record is shown, without what a terminal would obey', async () => {
  const { stdout } = await publish(true, '--preview');
  expect(stdout).toMatch(/^ +Somebody wrote there: “web team.*”; that stays, in front of our mark\.$/m);
  expect(stdout).not.toContain('\u001b');
});

test('what its old TTL costs is shown, and how long to wait before the first switchover', async () => {
  const { stdout } = await publish(true, 'lb2', '--yes');
  expect(stdout).toMatch(/^ +The record’s present TTL is 86400 s: wait 86400 s before the first switchover\.$/m);
});

test('a mistyped member is refused before another one is proposed', async () => {
  const { asked, stdout, stderr, status } = await publish(true, 'typo', '--yes');
  expect([asked.map(({ path }) => path), stdout, status]).toEqual([['/pools/edge/members/typo'], '', 3]);
  expect(stderr).toContain('member_not_found');
});

test('a record that names another member is refused by name before the question', async () => {
  const { asked, stderr } = await publish(true, 'lb1', '--yes');
  expect(written(asked)).toEqual([]);
  for (const part of ['record_names_another_member', 'lb2.example.com', '198.51.100.12', '--take-over'])
    expect(stderr).toContain(part);
});

test('the question says from and to', async () => {
  const { asked, stderr } = await publish(true, 'lb1', '--take-over', '--json');
  expect(written(asked)).toEqual([]);
  expect(stderr).toContain('lb.example.com: 198.51.100.12 (proxied) → 198.51.100.11');
});

test('with --json, where nothing else is printed, the question says the note and the old TTL too', async () => {
  const { stderr, stdout } = await publish(true, 'lb1', '--take-over', '--json');
  const { error } = JSON.parse(stderr);
  expect(stdout).toBe('');
  expect(error.details.question).toMatch(/^lb\.example\.com: Somebody wrote there: “web team.*”; that stays/m);
  expect(error.details.question).toMatch(/^lb\.example\.com: The record’s present TTL is 86400 s: wait/m);
  expect(stderr).not.toContain('\u001b');
});

test('what was confirmed is sent for the named member, with the marks that were shown', async () => {
  const { asked } = await publish(false, 'lb1', '--take-over', '--confirm-not-ready', '--yes');
  const expectMarks = [{ name: 'lb.example.com', type: 'A', mark: null }];
  expect(written(asked)).toMatchObject([
    { body: { memberId: 'member000001', takeOver: true, expectMarks, confirmNotReady: true } },
  ]);
});

test('each record that --take-over would replace says so below its row, and its new TTL', async () => {
  const [record] = proposal.records;
  const records = [
    { ...record, name: 'a.example.com', notOurs: 'a.example.com holds 203.0.113.5.', newTtlSeconds: 60 },
    { ...record, name: 'b.example.com', newTtlSeconds: 86_400 },
  ];
  const { stdout } = await runCli(['pool', 'publish', 'edge', '--preview'], ({ path }) =>
    path.endsWith('/first-publish') ? { body: { ...proposal, records } } : { body: member(2, true) },
  );
  expect(stdout).toContain('    Not ours: a.example.com holds 203.0.113.5. It is replaced with --take-over only.\n');
  expect(stdout.match(/Not ours/g)).toHaveLength(1);
  expect(stdout.match(/Its TTL becomes .*/g)).toEqual(['Its TTL becomes 60 s.']);
});
