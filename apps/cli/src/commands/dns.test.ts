import { bindingStatus } from '@serverctl/contract/testing';
import { expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';
import { bindingDetail, poolView, testView } from '../testing/views.ts';

const addedTo = (desiredAddress: string | null) => ({
  body: {
    binding: bindingStatus({
      state: desiredAddress === null ? 'idle' : 'publishing',
      desiredAddress,
      published: [],
      publishedEpoch: 0,
      changedAt: null,
    }),
    test: testView(),
    aaaa: null,
  },
});
const add = (desiredAddress: string | null, ...options: readonly string[]) =>
  runCli(
    ['dns', 'add', 'edge', 'lb.example.com', '--zone', 'example.com', '--credential', 'bind', ...options],
    ({ method }) => (method === 'GET' ? { body: poolView([], []) } : addedTo(desiredAddress)),
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
        : path.includes('/bindings/')
          ? { records: [bindingDetail(binding)] }
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

const mark = 'v=1 cp=aaaaaaaaaaaa pool=bbbbbbbbbbbb epoch=4';
const takeOver = (details: object, code: string, ...options: readonly string[]) =>
  runCli(
    ['dns', 'add', 'edge', 'lb.example.com', '--zone', 'example.com', '--credential', 'bind', ...options],
    ({ body }) =>
      (body as { takeOver?: boolean }).takeOver === true
        ? addedTo('198.51.100.11')
        : { status: 409, body: { error: { code, requestId: 'r', message: 'x', remedy: 'y', details } } },
  );
const stands = [`lb.example.com (A) holds 203.0.113.9, under the mark ${mark}.`];
const foreign = { name: 'lb.example.com', addresses: ['203.0.113.9'], mark, stands };

test('a record that is not ours is shown with its mark, and taken over from that mark only when asked', async () => {
  expect((await takeOver(foreign, 'dns_foreign_mark')).asked).toHaveLength(1);
  const unasked = await takeOver(foreign, 'dns_foreign_mark', '--take-over', '--json');
  expect([unasked.asked.length, unasked.status]).toEqual([1, 4]);
  expect(JSON.parse(unasked.stderr).error.details.question).toContain(`${stands[0]}\nWrite`);
  const { asked, stdout } = await takeOver(foreign, 'dns_foreign_mark', '--take-over', '--yes');
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(stands[0]);
  expect(asked.map(({ body }) => body)).toEqual([
    expect.not.objectContaining({ takeOver: true }),
    expect.objectContaining({ takeOver: true, expectMark: mark }),
  ]);
  const unmarked = await takeOver({ ...foreign, mark: null }, 'record_not_ours', '--take-over', '--yes');
  expect(unmarked.asked[1]?.body).toMatchObject({ takeOver: true, expectMark: null });
});

test('--take-over is no yes to anything else that is refused, and none where nothing is in the way', async () => {
  const { asked, stderr } = await takeOver({}, 'dns_cname_in_the_way', '--take-over', '--yes');
  expect([asked.length, stderr]).toEqual([1, expect.stringContaining('dns_cname_in_the_way')]);
  const free = await add('198.51.100.11', '--take-over');
  expect(free.asked).toMatchObject([{ body: expect.not.objectContaining({ takeOver: true }) }]);
});

test('a record that is left as it is, and is proxied, is shown as proxied in the list and alone', async () => {
  const isProxied = { proxied: null, edge: 'answers' } as const;
  const list = (change: Parameters<typeof bindingStatus>[0]) =>
    runCli(['dns', 'list', 'edge'], () => ({ body: { bindings: [bindingStatus(change)] } }));
  expect((await list(isProxied)).stdout).toContain('60 s, proxied');
  for (const change of [
    { proxied: null, edge: 'perhaps' },
    { proxied: false, edge: 'answers' },
  ] as const)
    expect((await list(change)).stdout).not.toContain('proxied');
  const { stdout } = await runCli(['dns', 'show', 'edge'], ({ path }) =>
    path.endsWith('/bindings')
      ? { body: { bindings: [bindingStatus(isProxied)] } }
      : { body: { records: [bindingDetail(isProxied)], credentials: [] } },
  );
  expect(stdout).toMatch(/^proxied +as it is: the provider’s edge answers$/m);
});
