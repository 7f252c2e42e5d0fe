import { expect, test } from 'vitest';
import { localTime } from '../output/words.ts';
import { runCli } from '../testing/run-cli.ts';
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

test('a pool that paused itself because of a record says that resuming needs a choice', async () => {
  const { stdout } = await runCli(['pool', 'show', 'edge'], () => ({ body: poolView([], [], { paused }) }));
  expect(stdout).toContain('serverctl pool resume edge --reason …, with --adopt or --keep\n');
});

test.each([
  [[], {}],
  [['--adopt'], { record: 'adopt' }],
  [['--keep'], { record: 'keep' }],
])('pool resume %j says of the records exactly that', async (options, said) => {
  const done = { pool: poolView([], []), promotion: null };
  const line = ['pool', 'resume', 'edge', '--reason', 'found', ...options];
  const { asked, stdout } = await runCli(line, () => ({ body: done }));
  expect(asked).toEqual([{ method: 'POST', path: '/pools/edge/resume', body: { reason: 'found', ...said } }]);
  expect(stdout).toContain('edge is resumed: the records follow health again.\n');
  expect(stdout).not.toContain('Recorded as epoch');
});

test.each([
  ['adopt', 'Adopted.'],
  ['repair', 'It is written again.'],
])('pool %s tells the promotion that it made, and its epoch', async (verb, words) => {
  const done = { pool: poolView([], []), promotion: promotionView() };
  const { asked, stdout } = await runCli(['pool', verb, 'edge', '--reason', 'found'], () => ({ body: done }));
  expect(asked).toEqual([{ method: 'POST', path: `/pools/edge/${verb}`, body: { reason: 'found' } }]);
  expect(stdout).toContain(`${words} lb2.example.com becomes active.\nRecorded as epoch 4.`);
});

test.each([
  [['pool', 'pause', 'edge'], '--reason'],
  [['pool', 'resume', 'edge', '--reason', 'x', '--adopt', '--keep'], 'cannot be used with'],
])('%j is refused before anything is asked', async (line, words) => {
  const { asked, stderr, status } = await runCli(line, () => ({ body: {} }));
  expect([asked, status, stderr]).toEqual([[], 2, expect.stringContaining(words)]);
});
