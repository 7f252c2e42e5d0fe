import type { MemberStatus } from '@serverctl/contract';
import { memberStatus } from '@serverctl/contract/testing';
import { expect, test } from 'vitest';
import { localTime } from '../output/words.ts';
import { runCli } from '../testing/run-cli.ts';
import { brakesView, memberView, poolView, promotionView } from '../testing/views.ts';

/*
 * The reply of an act carries the judgement from before it, up to a second old. What an act prints is what was done and what is stored since;
 * a person who reads the old state below that does it again.
 */

const stale = 'OLD JUDGEMENT';
const until = '2026-01-01T13:00:00.000Z';
const judgedBefore: Partial<MemberStatus> = {
  role: 'active',
  health: 'quarantined',
  healthSentence: stale,
  standingSentence: stale,
  ready: false,
  place: null,
  refusedSeen: stale,
  refusedBecause: 'ip',
};
const member = memberView(judgedBefore);
const pool = poolView([memberStatus(judgedBefore)], []);
const oldPool = { ...pool, status: { ...pool.status, state: 'held' as const, sentence: stale } };
const because = ['--reason', 'x'];
const operated = { pool: oldPool, promotion: promotionView() };
const kept = {
  fromMemberId: 'member000001',
  toMemberId: 'member000001',
  ready: true,
  sentence: 'lb1.example.com stays active, and the records get its address again.',
  names: [],
};
const maintained = { member, preview: null, promotion: null };
const brakes = brakesView({ sentence: stale, braked: [{ poolId: 'pool00000001', pool: stale, because: 'velocity' }] });
const enrolment = { memberId: member.id, secret: 'secret', expiresAt: until, command: 'curl …', warnings: [] };
const forAWhile = ['--for', '30m', ...because];

test.each<readonly [string[], unknown]>([
  [['pool', 'add', 'edge'], oldPool],
  [['pool', 'set', 'edge', '--delay', '20'], oldPool],
  [['pool', 'ack', 'edge', ...because], oldPool],
  [['pool', 'pause', 'edge', ...because], oldPool],
  [['pool', 'resume', 'edge', ...because], { ...operated, records: [], named: null }],
  [['pool', 'repair', 'edge', ...because], { ...operated, preview: kept }],
  [['pool', 'maintenance', 'edge', ...forAWhile], oldPool],
  [['pool', 'maintenance', 'edge', '--end'], oldPool],
  [['failover', 'on', 'edge'], oldPool],
  [['failover', 'off', 'edge'], oldPool],
  [['member', 'add', 'edge', 'lb1.example.com', '--egress', '198.51.100.11'], { member, enrolment }],
  [['member', 'set', 'edge', 'lb1', '--priority', '7'], member],
  [['member', 'maintenance', 'edge', 'lb1', ...forAWhile], maintained],
  [['member', 'maintenance', 'edge', 'lb1', '--end'], member],
  [['member', 'clear-quarantine', 'edge', 'lb1', ...because], member],
  [['member', 'allow', 'edge', 'lb1', '--yes'], member],
  [['brakes', 'release', ...because], brakes],
  [['brakes', 'restore', ...because], brakes],
])('%j prints no judgement from before it, and says where the new one is', async (line, body) => {
  const { stdout, stderr, status } = await runCli(line, () => ({ body }));
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout.replace(`may be seen from ${stale}`, '')).not.toMatch(
    new RegExp(`${stale}|^state |^health |^standing `, 'm'),
  );
  expect(stdout).toMatch(/: serverctl (pool show edge|member show edge lb1\.example\.com|brakes)$/m);
});

test('what is stored is printed: until when, why, and who is active', async () => {
  const maintenance = { until, reason: 'new switch', over: false };
  const body = { ...oldPool, maintenance };
  const { stdout } = await runCli(['pool', 'maintenance', 'edge', ...forAWhile], () => ({ body }));
  expect(stdout).toMatch(new RegExp(`^maintenance +until ${localTime(until)}: new switch$`, 'm'));
  expect(stdout).toMatch(/^active +lb1\.example\.com$/m);
});

test('a zone is kept in small letters, and the command says so', async () => {
  const set = (zone: string) =>
    runCli(['member', 'set', 'edge', 'lb1', '--zone', zone], () => ({ body: { ...member, zone: 'dc2' } }));
  expect((await set('DC2')).stdout).toContain('Its zone is kept in small letters: dc2.');
  expect((await set('dc2')).stdout).not.toContain('small letters');
});

test('--json is the whole reply, whose status says when it was judged', async () => {
  const { stdout } = await runCli(['pool', 'ack', 'edge', ...because, '--json'], () => ({ body: oldPool }));
  expect(JSON.parse(stdout)).toEqual(oldPool);
});

test.each([
  ['why', ''],
  ['why', ' '],
  ['pool', 'show', ''],
  ['member', 'show', 'edge', ''],
  ['events', '--limit', '0'],
  ['promotion', 'list', 'edge', '--limit', '201'],
])('%j %j … is refused in the words of the command line, before anything is asked', async (...line) => {
  const { asked, stderr, status } = await runCli(line, () => ({ body: {} }));
  expect([asked, status]).toEqual([[], 2]);
  expect(stderr).toMatch(/It must (not be empty|be a whole number (at least|from) 1)/);
  expect(stderr).not.toMatch(/path\.|query\.|body\./);
});
