import { memberStatus } from '@serverctl/contract/testing';
import { expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';
import { brakesView, poolView } from '../testing/views.ts';

const patchOf = async (...options: readonly string[]) => {
  const { asked } = await runCli(['pool', 'set', 'edge', ...options], () => ({ body: {} }));
  return asked[0]?.body;
};

test.each([
  [['--failback', 'automatic'], { policy: 'automatic' }],
  [['--failback-after', '45'], { afterMinutes: 45 }],
  [['--failback-window', '22:00-04:30'], { window: { from: '22:00', to: '04:30' } }],
  [['--failback-window', 'none'], { window: null }],
  [['--failback', 'automatic', '--failback-after', '5'], { policy: 'automatic', afterMinutes: 5 }],
])('pool set %j sends only what was named of the failback', async (options, failback) => {
  expect(await patchOf(...options)).toEqual({ failback });
});

test('pool set without failback options sends no failback', async () => {
  expect(await patchOf('--delay', '20')).toEqual({ failoverDelaySeconds: 20 });
});

test.each(['drop', 'require'])('pool set --ipv6 %s sends that alone', async (ipv6) => {
  expect(await patchOf('--ipv6', ipv6)).toEqual({ ipv6 });
});

test('pool set --help says what drop and require do, and which is the default', async () => {
  const { stdout } = await runCli(['pool', 'set', '--help'], () => ({ body: {} }));
  const words = stdout.replaceAll(/\s+/g, ' ');
  expect(words).toContain('drop (default) lets the AAAA go, require keeps that member from becoming active');
});

test('pool set refuses another word for --ipv6 before anything is asked', async () => {
  const { status, asked } = await runCli(['pool', 'set', 'edge', '--ipv6', 'keep'], () => ({ body: {} }));
  expect([status, asked]).toEqual([2, []]);
});

test.each([
  ['on', true],
  ['off', false],
])('pool set --dynamic-dns %s sends that alone', async (word, dynamicDns) => {
  expect(await patchOf('--dynamic-dns', word)).toEqual({ dynamicDns });
});

test('pool add sends dynamic DNS with the name', async () => {
  const { asked } = await runCli(['pool', 'add', 'edge', '--dynamic-dns', 'on'], () => ({ body: poolView([], []) }));
  expect(asked[0]?.body).toEqual({ name: 'edge', dynamicDns: true });
});

test.each(['yes', 'ON', ''])('pool set refuses --dynamic-dns %j before anything is asked', async (word) => {
  const { status, stderr, asked } = await runCli(['pool', 'set', 'edge', '--dynamic-dns', word], () => ({ body: {} }));
  expect([status, asked]).toEqual([2, []]);
  expect(stderr).toContain('Write on or off.');
});

test.each([
  [true, /dynamic DNS +on: records follow the active member’s public address/],
  [false, /dynamic DNS +off/],
])('pool show says whether dynamic DNS is on: %s', async (dynamicDns, words) => {
  const { stdout } = await runCli(['pool', 'show', 'edge'], () => ({ body: poolView(pair, [], { dynamicDns }) }));
  expect(stdout).toMatch(words);
});

test.each([
  [true, 'Acknowledged'],
  [false, 'Nothing was held'],
])('pool ack of a pool whose held is %s says: %s', async (held, words) => {
  const { stdout, stderr } = await runCli(['pool', 'ack', 'edge', '--reason', 'x'], ({ method }) => ({
    body: poolView([], [], { held: method === 'GET' && held }),
  }));
  expect(`${stdout}${stderr}`).toContain(words);
});

const standby = memberStatus({ id: 'member000002' });
const pair = [memberStatus({ role: 'active' }), standby];

test('pool ack promises failover only where nothing else holds it back', async () => {
  const ack = (automaticFailover: boolean) =>
    runCli(['pool', 'ack', 'edge', '--reason', 'x'], ({ method }) => ({
      body: poolView(pair, [], { automaticFailover, held: method === 'GET' }),
    }));
  expect((await ack(true)).stdout).toContain('Acknowledged: automatic failover acts again.\n');
  expect((await ack(false)).stdout).toContain('Acknowledged.\nNothing moves by itself yet: failover is off.\n');
});

test('failover on says what still holds a pool back, and nothing where nothing does', async () => {
  const on = (changes: Parameters<typeof poolView>[2]) =>
    runCli(['failover', 'on', 'edge'], () => ({ body: poolView(pair, [], changes) }));
  expect((await on({})).stdout).toContain('Automatic failover of edge is on.\n\n');
  expect((await on({ held: true })).stdout).toContain(
    'is on.\nNothing moves by itself yet: held: serverctl pool ack edge.\n',
  );
});

test.each([
  [true, null, 'is on.\nThe record may wait for the brakes, and moves when they let it: serverctl brakes\n'],
  [true, { until: '2026-01-01T13:00:00.000Z' }, 'is on.\n\n'],
  [false, null, 'is on.\n\n'],
])('failover on with a lost active member and brakes that hold: %s, released: %j', async (holds, released, words) => {
  const pool = poolView([memberStatus({ role: 'active', health: 'heartbeat-lost' }), standby], []);
  const velocity = { holds, promotions: 10, limit: 10 };
  const brakes = { ...brakesView({ velocity }), released };
  const { stdout, status } = await runCli(['failover', 'on', 'edge'], ({ path }) => ({
    body: path === '/brakes' ? brakes : pool,
  }));
  expect([status, stdout]).toEqual([0, expect.stringContaining(words)]);
});
