import { expect, test } from 'vitest';
import { localTime } from '../output/words.ts';
import { type Asked, runCli } from '../testing/run-cli.ts';
import { memberView, poolView, promotionView } from '../testing/views.ts';

const until = '2026-01-01T13:00:00.000Z';
const maintenance = { until, over: false, reason: 'kernel update' };
const begun = { member: memberView({ maintenance }), preview: null, promotion: null };
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

test('a maintenance that is over and not ended is said to be that', async () => {
  const body = poolView([], [], { maintenance: { ...maintenance, over: true } });
  const { stdout } = await runCli(['pool', 'show', 'edge'], () => ({ body }));
  const said = `over since ${localTime(until)} and not ended yet: kernel update`;
  expect(stdout).toMatch(new RegExp(`^maintenance +${said}$`, 'm'));
});

test.each([
  [[], {}],
  [['--stay'], { onActive: 'stay' }],
])('member maintenance %j says of an active member exactly that', async (options, said) => {
  const line = ['member', 'maintenance', 'edge', 'lb1', '--for', '30m', '--reason', 'reboot', ...options];
  const { asked, stdout } = await runCli(line, replies);
  expect(asked).toEqual([
    { method: 'PUT', path: '/pools/edge/members/lb1/maintenance', body: { minutes: 30, reason: 'reboot', ...said } },
  ]);
  expect(stdout).toContain(`lb1.example.com is in maintenance until ${localTime(until)}.`);
});

const preview = {
  fromMemberId: 'member000001',
  toMemberId: 'member000002',
  ready: true,
  sentence: 'Make lb2.example.com active. Ready.',
  names: [{ name: 'lb.example.com', type: 'A', from: ['198.51.100.11'], to: '198.51.100.12', ttlSeconds: 60 }],
};
const switching = ({ body }: Asked) => {
  const promotion = (body as { preview?: boolean }).preview === true ? null : promotionView();
  return { body: { ...begun, preview, promotion } };
};
const path = '/pools/edge/members/lb1/maintenance';
const toSwitch = ['member', 'maintenance', 'edge', 'lb1', '--for', '30m', '--reason', 'reboot', '--switch'];
const wish = { minutes: 30, reason: 'reboot', onActive: 'switch' };

test('--switch shows what moves, switches to exactly that standby, and tells it', async () => {
  const { asked, stdout } = await runCli([...toSwitch, '--yes'], switching);
  expect(asked).toEqual([
    { method: 'PUT', path, body: { ...wish, preview: true } },
    { method: 'PUT', path, body: { ...wish, expectNext: 'member000002' } },
  ]);
  for (const part of ['198.51.100.11', '198.51.100.12', 'lb1.example.com is in maintenance until'])
    expect(stdout).toContain(part);
  expect(stdout).toContain('lb2.example.com becomes active. Watch it: serverctl watch edge');
});

test('--switch without a yes, or with --preview, changes nothing', async () => {
  for (const [options, exit] of [
    [['--json'], 4],
    [['--preview'], 0],
  ] as const) {
    const { asked, status } = await runCli([...toSwitch, ...options], switching);
    expect([asked.map(({ body }) => body), status]).toEqual([[{ ...wish, preview: true }], exit]);
  }
});

test('--switch of a standby moves nothing, so it asks nothing, and is no yes to a move', async () => {
  const { asked, status } = await runCli(toSwitch, replies);
  expect([asked.map(({ body }) => body), status]).toEqual([
    [
      { ...wish, preview: true },
      { minutes: 30, reason: 'reboot' },
    ],
    0,
  ]);
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
  const nobody = { ...error, details: { next: null } };
  expect((await runCli(line, () => ({ status: 409, body: { error: nobody } }))).stderr).toContain('  next: none\n');
});
