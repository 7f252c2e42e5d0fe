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
  records: [{ name: 'lb.example.com', addresses: ['198.51.100.12'], mark: null, ttlSeconds: 60, cname: false }],
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
  expect(stdout).toMatch(/lb\.example\.com +198\.51\.100\.12 +198\.51\.100\.11 +60 s/);
  expect(stdout).toContain('You chose lb1.example.com: not ready. It was never heard.');
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
  expect(stderr).toContain('lb.example.com: 198.51.100.12 → 198.51.100.11');
});

test('what was confirmed is sent for the named member', async () => {
  const { asked } = await publish(false, 'lb1', '--take-over', '--confirm-not-ready', '--yes');
  expect(written(asked)).toMatchObject([{ body: { memberId: 'member000001', takeOver: true, confirmNotReady: true } }]);
});
