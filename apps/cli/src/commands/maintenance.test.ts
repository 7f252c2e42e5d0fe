import { expect, test } from 'vitest';
import { localTime } from '../output/words.ts';
import { type Asked, runCli } from '../testing/run-cli.ts';
import { memberView, poolView, promotionView } from '../testing/views.ts';

const until = '2026-01-01T13:00:00.000Z';
const maintenance = { until, reason: 'kernel update' };
const begun = { member: memberView({ maintenance }), promotion: null };
const replies = ({ method, path }: Asked) => {
  if (!path.includes('/members/')) return { body: poolView([], [], method === 'PUT' ? { maintenance } : {}) };
  return { body: method === 'PUT' ? begun : memberView() };
};

test.each([
  ['1h', 60],
  ['1h30m', 90],
  ['2d', 2_880],
])('pool maintenance --for %s asks for %d minutes, and says until when nothing moves', async (duration, minutes) => {
  const line = ['pool', 'maintenance', 'edge', '--for', duration, '--reason', 'kernel update'];
  const { asked, stdout } = await runCli(line, replies);
  expect(asked).toEqual([
    { method: 'PUT', path: '/pools/edge/maintenance', body: { minutes, reason: 'kernel update' } },
  ]);
  expect(stdout).toContain(`edge is in maintenance until ${localTime(until)}: nothing moves by itself.`);
  expect(stdout).toMatch(new RegExp(`^maintenance +until ${localTime(until)}: kernel update$`, 'm'));
});

test.each([
  [[], {}],
  [['--switch'], { onActive: 'switch' }],
  [['--stay'], { onActive: 'stay' }],
])('member maintenance %j says of an active member exactly that', async (options, said) => {
  const line = ['member', 'maintenance', 'edge', 'lb1', '--for', '30m', '--reason', 'reboot', ...options];
  const { asked, stdout } = await runCli(line, replies);
  expect(asked).toEqual([
    { method: 'PUT', path: '/pools/edge/members/lb1/maintenance', body: { minutes: 30, reason: 'reboot', ...said } },
  ]);
  expect(stdout).toContain(`lb1.example.com is in maintenance until ${localTime(until)}.`);
});

test('the switchover that was made first is told', async () => {
  const line = ['member', 'maintenance', 'edge', 'lb1', '--for', '30m', '--reason', 'reboot', '--switch'];
  const { stdout } = await runCli(line, () => ({ body: { ...begun, promotion: promotionView() } }));
  expect(stdout).toContain('lb2.example.com becomes active. Watch it: serverctl watch edge');
});

test.each([
  [['pool', 'maintenance', 'edge', '--end'], '/pools/edge/maintenance', 'The maintenance of edge is over.'],
  [
    ['member', 'maintenance', 'edge', 'lb1', '--end'],
    '/pools/edge/members/lb1/maintenance',
    'The maintenance of lb1.example.com is over',
  ],
])('%j ends it', async (line, path, words) => {
  const { asked, stdout } = await runCli(line, replies);
  expect(asked).toEqual([{ method: 'DELETE', path, body: null }]);
  expect(stdout).toContain(words);
});

test.each([
  [[], 'name how long and why (--for 30m --reason …), or end it (--end)'],
  [['--for', '30m'], 'name how long and why'],
  [['--reason', 'x'], 'name how long and why'],
  [['--for', 'soon', '--reason', 'x'], 'Write 30m, 2h, 1d or 1h30m'],
  [['--end', '--for', '30m'], "option '--end' cannot be used with option '--for"],
  [['--for', '30m', '--reason', 'x', '--switch', '--stay'], "option '--switch' cannot be used with option '--stay'"],
])('member maintenance %j is refused before anything is asked', async (options, words) => {
  const { asked, stderr, status } = await runCli(['member', 'maintenance', 'edge', 'lb1', ...options], replies);
  expect([asked, status]).toEqual([[], 2]);
  expect(stderr).toContain(words);
});

test('an active member without a word about its records is refused with both ways on', async () => {
  const error = {
    code: 'maintenance_on_active',
    requestId: 'r1',
    message: 'It is active.',
    remedy: 'Choose --switch or --stay.',
    details: { next: 'lb2.example.com' },
  };
  const line = ['member', 'maintenance', 'edge', 'lb1', '--for', '30m', '--reason', 'reboot'];
  const { stderr, status } = await runCli(line, () => ({ status: 409, body: { error } }));
  expect(status).toBe(4);
  for (const part of ['lb2.example.com', '--switch', '--stay']) expect(stderr).toContain(part);
});
