import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DnsSnapshot, dnsSnapshotVersion, type SnapshotName } from '@serverctl/contract';
import { bindingStatus } from '@serverctl/contract/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';
import { bindingDetail } from '../testing/views.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sct-show-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const steps = [
  { text: 'Pause the pool first.', commands: ['serverctl pool pause pool00000001 --reason "record moved by hand"'] },
  { text: 'lb.example.com to lb2.example.com.', commands: ["nsupdate -v -k KEYFILE <<'END'", 'send', 'END'] },
];
const kept = (changes: Partial<SnapshotName> = {}): SnapshotName => {
  const { id, name, zone, type, ttlSeconds, state, desiredAddress, published, error, changedAt } = bindingStatus();
  return {
    ...{ id, name, zone, type, ttlSeconds, state, desiredAddress, published, error, changedAt },
    acknowledged: { address: '198.51.100.11', epoch: 3, at: '2026-01-01T12:00:00.000Z' },
    mark: 'v=1 cp=aaaaaaaaaaaa pool=pool00000001 epoch=3',
    settings: {
      provider: 'rfc2136',
      host: '192.0.2.53',
      port: 53,
      transport: 'tcp',
      keyName: 'edge-key',
      algorithm: 'hmac-sha256',
    },
    manualSteps: steps,
    ...changes,
  };
};
const snapshot = (changes: object = {}): DnsSnapshot => ({
  version: dnsSnapshotVersion,
  writtenAt: '2026-01-01T12:00:00.000Z',
  instance: 'aaaaaaaaaaaa',
  urls: ['https://plane.example.com', 'http://127.0.0.1:7400'],
  pools: [
    {
      id: 'pool00000001',
      name: 'edge',
      epoch: 3,
      activeMemberId: 'member000001',
      paused: null,
      members: [
        { id: 'member000001', hostname: 'lb1.example.com', address: '198.51.100.11', address6: null },
        { id: 'member000002', hostname: 'lb2.example.com', address: null, address6: null },
      ],
      names: [kept(), kept({ id: 'binding00002', name: 'www.example.com' })],
    },
    { id: 'pool00000002', name: 'empty', epoch: 0, activeMemberId: null, paused: null, members: [], names: [] },
  ],
  ...changes,
});
const keep = (content: object) => writeFileSync(join(directory, 'dns-snapshot.json'), JSON.stringify(content));

const error = (code: string, status: number, message = 'The database does not answer.') => ({
  status,
  body: { error: { code, message, remedy: 'Look.', details: {}, requestId: 'r1' } },
});
const refused = (): never => {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) });
};
type Reply = Parameters<typeof runCli>[1];
const show = (reply: Reply, ...more: readonly string[]) =>
  runCli(['dns', 'show', ...(more[0] === undefined || more[0].startsWith('-') ? ['edge', ...more] : more)], reply, {
    environment: { SERVERCTL_DATA_DIR: directory, XDG_STATE_HOME: directory },
  });
const answers: Reply = ({ path }) => ({
  body: path.endsWith('/dns-credentials')
    ? { credentials: [] }
    : path.endsWith('/bindings')
      ? { bindings: [bindingStatus()] }
      : { records: [bindingDetail()] },
});

test('nobody answers: the first line says so and how old the rest is, then values and steps of every name; exit status 9', async () => {
  keep(snapshot());
  const { stdout, stderr, status } = await show(refused);
  expect(status).toBe(9);
  expect(stderr).toBe('');
  const [first = ''] = stdout.split('\n');
  expect(first).toMatch(/^The control plane at http:\/\/127\.0\.0\.1:7400 does not answer \(nothing listens there\)/);
  expect(first).toMatch(/its own copy of the records, .+ old: what changed since is not in it\.$/);
  expect(stdout).toMatch(/^active +lb1\.example\.com, 198\.51\.100\.11$/m);
  expect(stdout).toMatch(/^others +lb2\.example\.com, no address$/m);
  expect(stdout).toMatch(/^acknowledged +198\.51\.100\.11, epoch 3, 2026-/m);
  expect(stdout).toMatch(/^ns2\.example\.com +yes +198\.51\.100\.11$/m);
  for (const name of ['lb.example.com', 'www.example.com']) expect(stdout).toContain(`${name} by hand:`);
  expect(stdout).toContain("\n\nnsupdate -v -k KEYFILE <<'END'\nsend\nEND\n");
});

test('an AAAA that was withdrawn is told as that, one that was never written is not', async () => {
  const withdrawn = { address: null, epoch: 3, at: null };
  const aaaa = { type: 'AAAA', desiredAddress: null } as const;
  const names = [
    kept({ ...aaaa, acknowledged: withdrawn }),
    kept({ ...aaaa, id: 'binding00002', name: 'www.example.com', acknowledged: null }),
  ];
  const [pool] = snapshot().pools;
  keep(snapshot({ pools: [{ ...pool, names }] }));
  const lines = (await show(refused)).stdout.match(/^shall answer .*$/gm);
  expect(lines).toEqual([
    expect.stringMatching(/ no record: the active member has no IPv6 address$/),
    expect.stringMatching(/ nothing yet$/),
  ]);
});

test.each([
  ['the database', error('database_unavailable', 503), /^The control plane at \S+ answers, but its database does not/],
  ['a proxy in front', new Response('<h1>Bad gateway</h1>', { status: 502 }), /does not answer \(502\)/],
])('%s that does not answer is the same', async (_who, reply, first) => {
  keep(snapshot());
  const { stdout, status } = await show(() => reply);
  expect(status).toBe(9);
  expect(stdout.split('\n')[0]).toMatch(first);
});

test('--json says that it is from the copy, of when, and why', async () => {
  keep(snapshot());
  const { stdout, status } = await show(refused, 'EDGE', 'www.example.com', '--json');
  expect(status).toBe(9);
  expect(JSON.parse(stdout)).toMatchObject({
    from: 'snapshot',
    because: { code: 'control_plane_unreachable' },
    file: join(directory, 'dns-snapshot.json'),
    writtenAt: '2026-01-01T12:00:00.000Z',
    ageSeconds: expect.any(Number),
    pool: { id: 'pool00000001', names: [{ name: 'www.example.com', manualSteps: steps }] },
  });
});

test('an answer is an answer: a refusal, or no such pool, is never replaced by the copy', async () => {
  keep(snapshot());
  for (const [code, status, expected] of [
    ['pool_not_found', 404, 3],
    ['permission_denied', 403, 5],
    ['internal', 500, 1],
  ] as const) {
    const run = await show(() => error(code, status));
    expect([run.status, run.stdout]).toEqual([expected, '']);
    expect(run.stderr).toContain(code);
  }
});

test('a pool or a name that the copy does not have is told, and the pool without names', async () => {
  keep(snapshot());
  expect(await show(refused, 'mail')).toMatchObject({ status: 3, stderr: expect.stringContaining('pool_not_found') });
  expect((await show(refused, 'edge', 'api.example.com')).stderr).toContain('lb.example.com; www.example.com');
  expect((await show(refused, 'empty')).stderr).toContain('binding_missing');
});

test.each([
  ['missing', () => undefined, 'there is none'],
  ['broken', () => writeFileSync(join(directory, 'dns-snapshot.json'), '{"version":1,'), 'it is damaged'],
  ['of another shape', () => keep({ version: 1, pools: 'none' }), 'it is damaged'],
  ['of a newer release', () => keep({ version: 3, records: [] }), 'written by a newer release (version 3'],
  [
    'of another control plane',
    () => keep(snapshot({ urls: ['https://other.example.com'] })),
    'it is of another control plane than http://127.0.0.1:7400; if that one is meant, ask it by --url https://other.example.com',
  ],
])('a copy that is %s: the silence is told as everywhere, and why there is no copy', async (_what, make, words) => {
  make();
  const { status, stdout, stderr } = await show(refused);
  expect([status, stdout]).toEqual([6, '']);
  expect(stderr).toContain('control_plane_unreachable');
  expect(stderr.replace(/\s+/g, ' ')).toContain(words);
});

test('a copy by the release before is read; a name of another provider is shown with its own settings', async () => {
  keep(snapshot({ version: 1 }));
  expect(await show(refused)).toMatchObject({ status: 9, stdout: expect.stringContaining('lb.example.com by hand') });
  const apiBase = 'https://api.cloudflare.com/client/v4';
  const settings = { provider: 'cloudflare', apiBase, zoneIds: {}, plan: 'free' } as const;
  const [pool] = snapshot().pools;
  keep(snapshot({ pools: [{ ...pool, names: [kept({ settings })] }] }));
  const { stdout } = await show(refused);
  expect(stdout.replace(/\s+/g, ' ')).toContain(`cloudflare, ${apiBase}, plan free, zone ids looked up by name`);
});

test('the same control plane by another name and port of its own is no other one', async () => {
  keep(snapshot({ urls: ['https://plane.example.com:443'] }));
  const environment = { SERVERCTL_DATA_DIR: directory, SERVERCTL_URL: 'https://plane.example.com' };
  expect(await runCli(['dns', 'show', 'edge'], refused, { environment })).toMatchObject({ status: 9 });
});

test('while the server answers, --manual adds the steps; without it nothing changes', async () => {
  keep(snapshot());
  const plain = await show(answers);
  expect(plain).toMatchObject({ status: 0 });
  expect(plain.stdout).not.toContain('by hand');
  const manual = await show(answers, '--manual');
  expect(manual.status).toBe(0);
  expect(manual.stdout).toContain(plain.stdout.trimEnd());
  expect(manual.stdout).toContain('lb.example.com by hand:');
  const json = JSON.parse((await show(answers, '--manual', '--json')).stdout);
  expect(json).toMatchObject({ id: 'binding00001', manual: { from: 'snapshot', steps } });
});

test('who may not read credentials sees the id of one where others see its name', async () => {
  const refuses: Reply = (asked) =>
    asked.path.endsWith('/dns-credentials') ? error('permission_denied', 403) : answers(asked);
  const { stdout, stderr, status } = await show(refuses);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(new RegExp(`^credential +${bindingStatus().credentialId}$`, 'm'));
});

test('--manual without a copy, or with one that lacks the name, says so', async () => {
  expect(await show(answers, '--manual')).toMatchObject({ status: 6, stdout: '' });
  keep(snapshot({ pools: [] }));
  const { stderr } = await show(answers, '--manual');
  expect(stderr).toContain('dns_snapshot_unusable');
  expect(stderr.replace(/\s+/g, ' ')).toContain('lb.example.com is not in it');
});

test('--help tells the exit status and where the copy is', async () => {
  const { stdout } = await show(answers, '--help');
  expect(stdout).toContain('Exit status 9');
  expect(stdout).toContain('dns-snapshot.json');
});
