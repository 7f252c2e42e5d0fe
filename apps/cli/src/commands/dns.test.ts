import { expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';
import { bindingStatus } from '../testing/views.ts';

const addedTo = (desiredAddress: string | null) => ({
  body: {
    binding: bindingStatus({
      state: desiredAddress === null ? 'idle' : 'publishing',
      desiredAddress,
      published: [],
      publishedEpoch: 0,
      changedAt: null,
    }),
    test: {
      canEdit: true,
      canMark: true,
      skewSeconds: null,
      record: { addresses: [], ttlSeconds: null, mark: null, cname: false },
      servers: [],
      warnings: [],
    },
  },
});
const add = (desiredAddress: string | null, ...options: readonly string[]) =>
  runCli(['dns', 'add', 'edge', 'lb.example.com', '--zone', 'example.com', '--credential', 'bind', ...options], () =>
    addedTo(desiredAddress),
  );

test('a name added to a pool without an active member says that nothing was written and what comes next', async () => {
  const { stdout } = await add(null);
  expect(stdout).toContain('nothing was written');
  expect(stdout).toContain('serverctl pool publish edge');
});

test('a name added to a pool with an active member says that its address is published at once', async () => {
  const { stdout } = await add('198.51.100.11');
  expect(stdout).toContain('198.51.100.11 is being published');
  expect(stdout).not.toMatch(/nothing was written|pool publish/);
});

test('a record that is not ours is taken over only when asked', async () => {
  expect((await add('198.51.100.11')).asked[0]?.body).not.toHaveProperty('takeOver');
  expect((await add('198.51.100.11', '--take-over')).asked[0]?.body).toMatchObject({ takeOver: true });
});
