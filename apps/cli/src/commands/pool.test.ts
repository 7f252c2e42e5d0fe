import { expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';

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
