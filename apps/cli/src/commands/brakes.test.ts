import { expect, test } from 'vitest';
import { localTime } from '../output/words.ts';
import { runCli } from '../testing/run-cli.ts';
import { brakesView } from '../testing/views.ts';

const until = '2026-01-01T12:10:00.000Z';
const braked = brakesView({
  sentence: '5 of 9 members are silent: one failover every 10 seconds.',
  massSilence: {
    holds: true,
    members: 9,
    silent: 5,
    zones: [
      { zone: 'dc1', members: 4, silent: 4, dead: true },
      { zone: 'dc2', members: 5, silent: 1, dead: false },
    ],
  },
  braked: [{ poolId: 'pool00000001', pool: 'edge', because: 'mass-silence' }],
});

test.each([[['brakes']], [['brakes', 'show']]])(
  '%j says that nothing is held back, and nothing of releasing',
  async (line) => {
    const { asked, stdout } = await runCli(line, () => ({ body: brakesView() }));
    expect(asked).toEqual([{ method: 'GET', path: '/brakes', body: null }]);
    expect(stdout).toMatch(/^Nothing is held back/);
    expect(stdout).toMatch(/^unlabelled +6 +0$/m);
    expect(stdout).not.toContain('Release:');
  },
);

test('brakes that hold are told by zone, with the pools that wait and how to release them', async () => {
  const { stdout } = await runCli(['brakes'], () => ({ body: braked }));
  expect(stdout).toMatch(/^mass silence +holds, 5 of 9 members silent$/m);
  expect(stdout).toMatch(/^velocity +not now, 0 of 10 failovers in a minute$/m);
  expect(stdout).toMatch(/^dc1 +4 +4 +dead: its pools fail over at normal speed$/m);
  expect(stdout).toMatch(/^dc2 +5 +1$/m);
  expect(stdout).toMatch(/^edge +mass-silence$/m);
  expect(stdout).toContain('Release: serverctl brakes release');
});

test.each(['release', 'restore'])('brakes %s needs a reason, and is told with it', async (verb) => {
  const refused = await runCli(['brakes', verb], () => ({ body: braked }));
  expect([refused.asked, refused.status]).toEqual([[], 2]);
  const released = { until, by: 'administrator', reason: 'fire in dc1' };
  const { asked, stdout } = await runCli(['brakes', verb, '--reason', 'fire in dc1'], () => ({
    body: brakesView({ released }),
  }));
  expect(asked).toEqual([{ method: 'POST', path: `/brakes/${verb}`, body: { reason: 'fire in dc1' } }]);
  expect(stdout).toMatch(new RegExp(`^released +until ${localTime(until)} by administrator: fire in dc1$`, 'm'));
});

test('brakes --json is the whole view', async () => {
  const { stdout } = await runCli(['brakes', '--json'], () => ({ body: braked }));
  expect(JSON.parse(stdout)).toEqual(braked);
});
