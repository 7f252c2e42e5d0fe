import { expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';
import { poolView } from '../testing/views.ts';

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

test.each([
  [true, 'Acknowledged'],
  [false, 'Nothing was held'],
])('pool ack of a pool whose held is %s says: %s', async (held, words) => {
  const { stdout, stderr } = await runCli(['pool', 'ack', 'edge', '--reason', 'x'], ({ method }) => ({
    body: poolView([], [], { held: method === 'GET' && held }),
  }));
  expect(`${stdout}${stderr}`).toContain(words);
});
