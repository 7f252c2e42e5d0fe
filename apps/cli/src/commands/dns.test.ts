import { expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';
import { bindingStatus, poolView } from '../testing/views.ts';

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

const shown = (...command: readonly string[]) => {
  const drift = {
    sentence: 'lb.example.com: somebody set it: it holds 203.0.113.18.',
    since: '2026-01-01T12:00:00.000Z',
  };
  const binding = bindingStatus({ state: 'drift', published: [], drift });
  return runCli([...command, 'edge'], ({ path }) => ({
    body: path.endsWith('/dns-credentials')
      ? { credentials: [] }
      : path.endsWith('/bindings')
        ? { bindings: [binding] }
        : poolView([], [binding]),
  }));
};

test.each([
  ['dns', 'show'],
  ['dns', 'list'],
  ['pool', 'show'],
])('%s %s says what a name in drift holds', async (...command) => {
  const { stdout } = await shown(...command);
  expect(stdout.replace(/\s+/g, ' ')).toContain('somebody set it: it holds 203.0.113.18.');
  expect(stdout).not.toContain('No server was asked yet');
});

test('dns show claims no change of the record for what is only the last report', async () => {
  const { stdout } = await shown('dns', 'show');
  expect(stdout).toMatch(/^last report +\S/m);
  expect(stdout).not.toMatch(/^changed/m);
});

test('dns show without any answer kept says so, and how to ask this pool’s servers now', async () => {
  const { stdout } = await shown('dns', 'show');
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    'The last report carries no server’s answer. Ask them now: serverctl dns test edge lb.example.com',
  );
});

test('a record that is not ours is taken over only when asked', async () => {
  expect((await add('198.51.100.11')).asked[0]?.body).not.toHaveProperty('takeOver');
  expect((await add('198.51.100.11', '--take-over')).asked[0]?.body).toMatchObject({ takeOver: true });
});
