import { memberStatus } from '@serverctl/contract/testing';
import { AppError } from '@serverctl/core';
import { expect, test } from 'vitest';
import { localTime } from '../output/words.ts';
import { type Asked, runCli } from '../testing/run-cli.ts';
import { poolView, promotionView } from '../testing/views.ts';

const since = '2026-01-01T12:00:00.000Z';
const paused = { because: 'foreign-mark' as const, sentence: 'Another control plane marked lb.example.com.', since };

test('pool pause says how to go on', async () => {
  const view = poolView([], [], { paused: { ...paused, because: 'person' } });
  const { asked, stdout } = await runCli(['pool', 'pause', 'edge', '--reason', 'audit'], () => ({ body: view }));
  expect(asked).toEqual([{ method: 'POST', path: '/pools/edge/pause', body: { reason: 'audit' } }]);
  expect(stdout).toContain('edge is paused. Go on with: serverctl pool resume edge --reason …\n');
  expect(stdout).toMatch(
    new RegExp(`^paused +since ${localTime(since)}; go on: serverctl pool resume edge --reason …$`, 'm'),
  );
});

test('pool pause --help says what still acts', async () => {
  const { stdout } = await runCli(['pool', 'pause', '--help'], () => ({ body: {} }));
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('only a switchover that names its target (member promote)');
});

test('what a paused pool refuses names the one act that it does not', () => {
  expect(new AppError('pool_paused').remedy).toMatch(/`serverctl member promote POOL HOST`.*`serverctl pool resume`/);
});

test('a pool that paused itself because of a record says that resuming needs a choice', async () => {
  const { stdout } = await runCli(['pool', 'show', 'edge'], () => ({ body: poolView([], [], { paused }) }));
  expect(stdout).toContain('serverctl pool resume edge --reason …, with --adopt or --keep\n');
});

const mark = 'v=1 cp=aaaaaaaaaaaa pool=bbbbbbbbbbbb epoch=4';
const record = { name: 'lb.example.com', type: 'A', mark };
const stands = { ...record, addresses: ['203.0.113.9'], disputed: 'lb.example.com is another’s.' };
const expectMarks = [record];
const resume = ['pool', 'resume', 'edge', '--reason', 'found'];
const resumed = (records: readonly object[]) => () => ({
  body: {
    pool: poolView([memberStatus({ role: 'active' }), memberStatus({ id: 'member000002' })], []),
    promotion: null,
    records,
    named: 'member000002',
  },
});
const bodies = (asked: readonly Asked[]) => asked.map(({ body }) => body);
const looked = { reason: 'found', preview: true };

test.each([
  [[], []],
  [
    ['--adopt', '--yes'],
    [looked, { record: 'adopt', expectMarks, expect: 'member000002' }],
  ],
  [
    ['--keep', '--yes'],
    [looked, { record: 'keep', expectMarks, expect: 'member000001' }],
  ],
  [
    ['--adopt', '--confirm-not-ready', '--yes'],
    [looked, { record: 'adopt', expectMarks, expect: 'member000002', confirmNotReady: true }],
  ],
])(
  'pool resume %j says of the records exactly that, and which marks and which member it was shown',
  async (options, said) => {
    const { asked, stdout } = await runCli([...resume, ...options], resumed([stands]));
    const [look, act = {}] = said;
    expect(bodies(asked)).toEqual([...(look === undefined ? [] : [look]), { reason: 'found', ...act }]);
    expect(stdout).toContain('edge is resumed: the records follow health again.\n');
    expect(stdout).not.toContain('Recorded as epoch');
  },
);

test.each([
  [{ automaticFailover: false }, 'failover is off'],
  [{ maintenance: { until: since, over: false, reason: 'x' } }, 'the pool is in maintenance'],
  [{ activeMemberId: null }, 'nobody is active yet'],
])('pool resume of a pool with %j claims no following of health', async (changes, words) => {
  const pair = [memberStatus({ role: 'active' }), memberStatus({ id: 'member000002' })];
  const done = { pool: poolView(pair, [], changes), promotion: null, records: [], named: null };
  const { stdout } = await runCli(['pool', 'resume', 'edge', '--reason', 'x'], () => ({ body: done }));
  expect(stdout).toContain(`edge is resumed.\nNothing moves by itself yet: ${words}.\n`);
  expect(stdout).not.toContain('follow health');
});

test('pool resume with a choice, but no yes to what two sides claim, only shows that', async () => {
  for (const [options, exit] of [
    [['--keep'], 4],
    [['--preview'], 0],
  ] as const) {
    const { asked, stdout, stderr, status } = await runCli([...resume, ...options], resumed([stands]));
    expect([bodies(asked), status]).toEqual([[looked], exit]);
    for (const part of ['203.0.113.9', mark, stands.disputed]) expect(stdout + stderr).toContain(part);
  }
});

test('pool resume --preview needs no reason; without a preview it is asked for before anything is', async () => {
  const { asked, stdout } = await runCli(['pool', 'resume', 'edge', '--preview'], resumed([stands]));
  expect(bodies(asked)).toEqual([{ preview: true }]);
  expect(stdout).toContain(stands.disputed);
  for (const options of [[], ['--keep']]) {
    const refused = await runCli(['pool', 'resume', 'edge', ...options], resumed([stands]));
    expect([refused.asked, refused.status]).toEqual([[], 2]);
    expect(refused.stderr).toContain('--reason is needed');
  }
});

test('pool resume with a choice asks nothing where nothing is claimed', async () => {
  const { asked, status } = await runCli([...resume, '--keep'], resumed([{ ...stands, disputed: null }]));
  expect([bodies(asked), status]).toEqual([
    [looked, { reason: 'found', record: 'keep', expectMarks, expect: 'member000001' }],
    0,
  ]);
});

const preview = {
  fromMemberId: 'member000001',
  toMemberId: 'member000002',
  ready: true,
  sentence: 'lb2.example.com becomes active, because the records name it.',
  names: [{ name: 'lb.example.com', type: 'A', from: ['198.51.100.12'], to: '198.51.100.12', ttlSeconds: 60 }],
};

test('pool repair tells the promotion that it made, and claims no more than that it is recorded', async () => {
  const done = { pool: poolView([], []), preview, promotion: promotionView() };
  const { asked, stdout } = await runCli(['pool', 'repair', 'edge', '--reason', 'found'], () => ({ body: done }));
  expect(asked).toEqual([{ method: 'POST', path: '/pools/edge/repair', body: { reason: 'found' } }]);
  expect(stdout).toContain(
    'Recorded; being written as epoch 4. Watch it: serverctl watch edge\nlb2.example.com becomes',
  );
});

test('pool repair --preview shows what would be written, needs no reason and changes nothing', async () => {
  const previewed = { pool: poolView([], []), preview, promotion: null };
  const { asked, stdout } = await runCli(['pool', 'repair', 'edge', '--preview'], () => ({ body: previewed }));
  expect(bodies(asked)).toEqual([{ preview: true }]);
  expect(stdout).toContain(preview.sentence);
});

const adopting = ({ body }: Asked) => {
  const promotion = (body as { preview?: boolean }).preview === true ? null : promotionView();
  return { body: { pool: poolView([], []), preview, promotion } };
};
const adopt = ['pool', 'adopt', 'edge', '--reason', 'found'];
const path = '/pools/edge/adopt';

test('pool adopt shows whom it would make active, and adopts exactly that member', async () => {
  const { asked, stdout } = await runCli([...adopt, '--yes'], adopting);
  const wish = { reason: 'found', confirmNotReady: false };
  expect(asked).toEqual([
    { method: 'POST', path, body: { ...wish, preview: true } },
    { method: 'POST', path, body: { ...wish, expect: 'member000002' } },
  ]);
  expect(stdout).toMatch(
    /because the records name it[\s\S]+198\.51\.100\.12[\s\S]+Adopted; being written as epoch 4\./,
  );
});

test('pool adopt without a yes, or with --preview, only looks', async () => {
  for (const [options, exit] of [
    [['--json'], 4],
    [['--preview'], 0],
  ] as const) {
    const { asked, status } = await runCli([...adopt, ...options], adopting);
    expect([asked.length, asked[0]?.body, status]).toEqual([1, expect.objectContaining({ preview: true }), exit]);
  }
});

test.each(['adopt', 'repair'])('the help of pool %s has an example', async (verb) => {
  const { stdout } = await runCli(['pool', verb, '--help'], () => ({ body: {} }));
  expect(stdout).toContain(`serverctl pool ${verb} edge --reason`);
});

test.each([
  [['pool', 'pause', 'edge'], '--reason'],
  [['pool', 'resume', 'edge', '--reason', 'x', '--adopt', '--keep'], 'cannot be used with'],
])('%j is refused before anything is asked', async (line, words) => {
  const { asked, stderr, status } = await runCli(line, () => ({ body: {} }));
  expect([asked, status, stderr]).toEqual([[], 2, expect.stringContaining(words)]);
});
