import { expect, test } from 'vitest';
import { type Asked, runCli } from '../testing/run-cli.ts';
import { poolView } from '../testing/views.ts';

const promotion = {
  id: 'promotion001',
  poolId: 'pool00000001',
  kind: 'switchover',
  cause: 'person',
  fromMemberId: 'member000001',
  toMemberId: 'member000002',
  epoch: 7,
  reason: 'kernel update',
  actor: 'administrator',
  sentence: 'Switchover to lb2.example.com.',
  state: 'done',
  decidedAt: '2026-01-01T00:00:00.000Z',
  steps: [],
};

test('promotion list tells each one’s sentence, and who asked for it and why', async () => {
  const { stdout } = await runCli(['promotion', 'list', 'edge'], () => ({ body: { promotions: [promotion] } }));
  expect(stdout).toContain('\n    Switchover to lb2.example.com.\n    Reason (administrator): kernel update\n');
});

test.each([
  ['switchover', 'kept', 'repair'],
  ['switchover', 're-addressed', 'new address'],
  ['switchover', 'switchover', 'switchover'],
  ['failover', 'heartbeat-lost', 'failover'],
])('promotion list names a %s for %s by what it was: %s', async (kind, cause, shown) => {
  const body = { promotions: [{ ...promotion, kind, cause }] };
  const { stdout } = await runCli(['promotion', 'list', 'edge'], () => ({ body }));
  expect(stdout).toMatch(new RegExp(`:\\d\\d  ${shown} +7 +done$`, 'm'));
});

test('promotion show tells kind, from and to, epoch, actor and reason', async () => {
  const { stdout } = await runCli(['promotion', 'show', 'edge', 'promotion001'], ({ path }) => ({
    body: path.endsWith('/members') ? { members: [] } : { ...promotion, evidence: {}, decision: {} },
  }));
  for (const [name, value] of [
    ['kind', 'switchover'],
    ['moved', 'member000001 → member000002'],
    ['epoch', '7'],
    ['actor', 'administrator'],
    ['reason', 'kernel update'],
  ])
    expect(stdout).toMatch(new RegExp(`^${name} +${value}$`, 'm'));
});

const preview = {
  fromMemberId: 'member000001',
  toMemberId: 'member000002',
  ready: true,
  sentence: 'Make lb2.example.com active. Ready.',
  names: [{ name: 'lb.example.com', type: 'A', from: ['198.51.100.11'], to: '198.51.100.12', ttlSeconds: 60 }],
};
const moving = ({ body }: Asked) => ({
  body: { preview, promotion: (body as { preview?: boolean }).preview === true ? null : promotion },
});
const request = { reason: 'kernel update', confirmNotReady: false };
const path = '/pools/edge/promotions';

test('pool cut asks again for the next standby and names the one shown, so that a pause since then binds it (R13)', async () => {
  const line = ['pool', 'cut', 'edge', '--reason', 'kernel update', '--yes'];
  const { asked } = await runCli(line, moving);
  expect(asked).toEqual([
    { method: 'POST', path, body: { ...request, to: 'next', preview: true } },
    { method: 'POST', path, body: { ...request, to: 'next', expectNext: 'member000002' } },
  ]);
});

test('member promote asks for exactly the member that was shown', async () => {
  const line = ['member', 'promote', 'edge', 'lb2.example.com', '--reason', 'kernel update', '--yes'];
  const { asked } = await runCli(line, moving);
  expect(asked).toEqual([
    { method: 'POST', path, body: { ...request, to: 'lb2.example.com', preview: true } },
    { method: 'POST', path, body: { ...request, to: 'member000002' } },
  ]);
});

test('a name with both types moves in two lines, and an AAAA that goes has no address', async () => {
  const [a] = preview.names;
  const names = [a, { ...a, type: 'AAAA', from: ['2001:db8::11'], to: null }];
  const line = ['member', 'promote', 'edge', 'lb2.example.com', '--reason', 'kernel update', '--preview'];
  const { stdout } = await runCli(line, () => ({ body: { preview: { ...preview, names }, promotion: null } }));
  expect(stdout).toMatch(/lb\.example\.com +198\.51\.100\.11 +198\.51\.100\.12/);
  expect(stdout).toMatch(/lb\.example\.com AAAA +2001:db8::11 +no address/);
});

test('what speaks against a switchover stands below the name', async () => {
  const names = preview.names.map((name) => ({ ...name, warnings: ['Its credential fails in example.com.'] }));
  const line = ['member', 'promote', 'edge', 'lb2.example.com', '--preview'];
  const { stdout } = await runCli(line, () => ({ body: { preview: { ...preview, names }, promotion: null } }));
  expect(stdout).toMatch(/lb\.example\.com .* 60 s\n {4}Warning: Its credential fails in example\.com\.$/m);
});

test.each([
  ['member', 'promote', 'edge', 'lb2.example.com'],
  ['pool', 'cut', 'edge'],
  ['pool', 'adopt', 'edge'],
])('the preview of %s %s needs no reason; the act does, before anything is asked', async (...line) => {
  const body = { preview, promotion: null, pool: poolView([], []) };
  const look = await runCli([...line, '--preview'], () => ({ body }));
  expect([look.status, look.asked[0]?.body]).toEqual([0, expect.not.objectContaining({ reason: expect.anything() })]);
  const act = await runCli([...line, '--yes'], () => ({ body }));
  expect([act.status, act.asked]).toEqual([2, []]);
  expect(act.stderr).toContain('--reason is needed');
});
