import { bindingStatus, memberStatus } from '@serverctl/contract/testing';
import { expect, test } from 'vitest';
import { type Asked, type Place, runCli } from '../testing/run-cli.ts';
import { bindingDetail, poolView, testView } from '../testing/views.ts';

/* Names with an A and an AAAA, and what is changed of them. */

const a = bindingStatus();
const aaaa = bindingStatus({
  id: 'binding00002',
  type: 'AAAA',
  desiredAddress: '2001:db8::11',
  ttlSeconds: 30,
  proxied: false,
});
const aaaaOf = (desiredAddress: string | null, publishedEpoch: number) =>
  bindingStatus({ type: 'AAAA', desiredAddress, publishedEpoch });
const other = bindingStatus({ id: 'binding00003', name: 'www.example.com' });
const tried = { binding: a, test: testView() };
const triedAaaa = { binding: aaaa, test: testView({ type: 'AAAA', effectiveTtlSeconds: 30 }) };

function answer({ method, path }: Asked) {
  if (path.endsWith('/dns-credentials')) return { body: { credentials: [] } };
  if (path.includes('/bindings/') && method === 'GET')
    return { body: { records: [bindingDetail(a), bindingDetail(aaaa)] } };
  if (method === 'GET') return { body: { bindings: [other, aaaa, a] } };
  if (method === 'PATCH') return { body: { records: [tried, triedAaaa] } };
  if (method === 'DELETE') return { body: { removed: a.id, records: [], stays: [] } };
  if (path.endsWith('/test')) return { body: path.includes(aaaa.id) ? triedAaaa.test : tried.test };
  return { status: 201, body: { ...tried, aaaa: triedAaaa } };
}
const run = (line: string, place: Place = {}) => runCli(line.split(' '), answer, place);
const flat = (text: string) => text.replaceAll(/\s+/g, ' ');
const add = 'dns add edge lb.example.com --zone example.com --credential cf';
const sent = ({ asked }: { readonly asked: readonly Asked[] }) => asked.at(-1);

test.each([
  ['', {}],
  [' --ipv6', { families: 'both' }],
  [' --families ipv6', { families: 'ipv6' }],
  [' --proxied on', { proxied: true }],
  [' --proxied off', { proxied: false }],
  [' --proxied keep', { proxied: null }],
])('dns add%s asks for that, and leaves the rest to the server', async (options, wish) => {
  const basis = { name: 'lb.example.com', zone: 'example.com', credentialId: 'cf' };
  expect(sent(await run(`${add}${options}`))?.body).toEqual({ ...basis, ...wish });
});

test('dns set without anything to change says what can be, and asks nothing', async () => {
  const { asked, status, stderr } = await run('dns set edge lb.example.com');
  expect([asked.length, status]).toEqual([0, 2]);
  expect(flat(stderr)).toContain('name what shall change: --ttl, --proxied or --credential');
});

test.each(['--proxied yes', '--families ipv5', '--ipv6 --families ipv4', '--ttl 1.5'])(
  'dns add %s is a usage error, and nothing is asked',
  async (options) => {
    const { asked, status } = await run(`${add} ${options}`);
    expect([asked.length, status]).toEqual([0, 2]);
  },
);

test('dns add tells both records, their addresses and what the TTL costs', async () => {
  const { stdout } = await run(`${add} --ipv6`);
  expect(flat(stdout)).toContain('the active member’s addresses 198.51.100.11 and 2001:db8::11 are being published');
  expect(flat(stdout)).toContain('Clients are back after about 90 s: failover delay 30 s + TTL 60 s.');
  expect(flat(stdout)).toContain('lb.example.com (AAAA)');
  expect(JSON.parse((await run(`${add} --ipv6 --json`)).stdout)).toMatchObject({
    binding: { type: 'A' },
    aaaa: { binding: { type: 'AAAA' } },
  });
});

const waiting = (type: 'A' | 'AAAA', id = `binding${type}`) => ({
  binding: bindingStatus({ id, type, desiredAddress: null, state: 'idle', published: [], publishedEpoch: 0 }),
  test: testView({ type }),
});
const active = memberStatus({ role: 'active' });

test.each([
  ['AAAA', active, 'has no public IPv6 address', '--ipv6 ADDRESS'],
  ['AAAA', { ...active, address6: '2001:db8::11' }, 'was promoted without its IPv6 address', '--ipv6 2001:db8::11'],
  ['A', { ...active, address: null }, 'has no public IPv4 address', '--ipv4 ADDRESS'],
] as const)(
  'dns add of an %s that the active member has no address for names that, and no first publish',
  async (type, member, why, option) => {
    const { stdout } = await runCli(`${add} --families ipv6`.split(' '), ({ method }) =>
      method === 'GET' ? { body: poolView([member], []) } : { status: 201, body: { ...waiting(type), aaaa: null } },
    );
    expect(flat(stdout)).toContain(
      `nothing was written. Its ${type} waits: lb1.example.com, the active member, ${why}.`,
    );
    expect(flat(stdout)).toContain(`Next: serverctl member set edge lb1.example.com ${option}`);
    expect(stdout).not.toContain('pool publish');
  },
);

test('dns add --ipv6 where the active member has IPv4 only publishes the A, and says that the AAAA waits', async () => {
  const { stdout } = await runCli(`${add} --ipv6`.split(' '), ({ method }) =>
    method === 'GET' ? { body: poolView([active], []) } : { status: 201, body: { ...tried, aaaa: waiting('AAAA') } },
  );
  expect(flat(stdout)).toContain('the active member’s address 198.51.100.11 is being published. Its AAAA waits:');
  expect(flat(stdout)).toContain('Next: serverctl watch edge');
});

test('before a take-over every record is shown whole, and the yes names the mark of each', async () => {
  const stands = ['lb.example.com (A) holds 203.0.113.9, proxied.', 'lb.example.com (AAAA) holds 2001:db8::9.'];
  const details = { name: 'lb.example.com', addresses: [], mark: 'one', markAaaa: null, stands };
  const error = { code: 'record_not_ours', requestId: 'r', message: 'x', remedy: 'y', details };
  const { asked, stdout, stderr } = await runCli([...`${add} --ipv6 --take-over --yes`.split(' ')], (one) =>
    (one.body as { takeOver?: boolean }).takeOver === true ? answer(one) : { status: 409, body: { error } },
  );
  for (const line of stands) expect(flat(stdout + stderr)).toContain(line);
  expect(asked.at(-1)?.body).toMatchObject({ takeOver: true, expectMark: 'one', expectMarkAaaa: null });
});

test.each([[{}], [{ stands: [] }], [{ stands: 'x' }]])(
  'a refusal that does not say what stands there is no question, and nothing is taken over: %j',
  async (details) => {
    const error = { code: 'record_not_ours', requestId: 'r', message: 'x', remedy: 'y', details };
    const line = `${add} --take-over --yes`.split(' ');
    const { asked, stderr } = await runCli(line, () => ({ status: 409, body: { error } }));
    expect([asked.length, stderr]).toEqual([1, expect.stringContaining('record_not_ours')]);
  },
);

test.each([
  ['dns add', 'default keep: as it is there, a new record is not'],
  ['dns set', 'keep: as it is there; left out: as wished before'],
])('%s --help says what leaving --proxied out is', async (command, words) => {
  expect(flat((await run(`${command} --help`)).stdout)).toContain(words);
});

test.each([
  [aaaaOf(null, 3), 'no record: the active member has no IPv6 address'],
  [aaaaOf(null, 0), 'nothing yet'],
  [aaaaOf('2001:db8::11', 3), '2001:db8::11'],
  [bindingStatus({ desiredAddress: null }), 'nothing yet'],
])('dns show of an AAAA that was withdrawn says so: %o', async (one, words) => {
  const { stdout } = await runCli(['dns', 'show', 'edge'], ({ path }) => ({
    body: path.endsWith('/dns-credentials')
      ? { credentials: [] }
      : path.endsWith('/bindings')
        ? { bindings: [one] }
        : { records: [bindingDetail(one)] },
  }));
  expect(stdout).toMatch(new RegExp(`^shall answer +${words}$`, 'm'));
});

test.each([
  [aaaaOf(null, 3), 'no record, withdrawn'],
  [aaaaOf(null, 0), '-'],
  [aaaaOf('2001:db8::11', 3), '2001:db8::11'],
  [bindingStatus({ desiredAddress: null }), '-'],
])('dns list of an AAAA that was withdrawn says so: %o', async (one, words) => {
  const { stdout } = await runCli(['dns', 'list', 'edge'], () => ({ body: { bindings: [one] } }));
  expect(stdout).toMatch(new RegExp(`^lb\\.example\\.com +(AAAA +)?${words} `, 'm'));
});

test.each([
  ['--ttl 30', { ttlSeconds: 30 }],
  ['--proxied on', { proxied: true }],
  ['--proxied keep --credential second', { proxied: null, credentialId: 'second' }],
])('dns set %s changes only that, of all the name’s records at once', async (options, body) => {
  const asked = sent(await run(`dns set edge lb.example.com ${options}`));
  expect(asked).toEqual({ method: 'PATCH', path: '/pools/edge/bindings/lb.example.com', body });
});

test('dns set --family changes that record alone', async () => {
  const asked = sent(await run('dns set edge lb.example.com --ttl 30 --family ipv6'));
  expect(asked?.path).toBe('/pools/edge/bindings/binding00002');
});

test('dns set says what the TTL costs now, and shows each trial', async () => {
  const { stdout } = await run('dns set edge lb.example.com --ttl 60');
  expect(flat(stdout)).toContain('Clients are back after about 90 s');
  expect(flat(stdout)).toContain('lb.example.com (AAAA)');
});

test('dns remove ends both records; with --family one, and says which stays', async () => {
  const both = await run('dns remove edge lb.example.com --yes');
  expect(sent(both)?.path).toBe('/pools/edge/bindings/lb.example.com');
  expect(flat(both.stdout)).toContain('lb.example.com is no longer managed.');
  const one = await run('dns remove edge lb.example.com --family ipv4 --yes');
  expect(sent(one)?.path).toBe('/pools/edge/bindings/binding00001');
  expect(flat(one.stdout)).toContain(
    'The A record of lb.example.com is no longer managed. Its AAAA record is managed on, alone.',
  );
  const asked = await run('dns remove edge lb.example.com --family ipv4');
  expect(asked.asked.every(({ method }) => method === 'GET')).toBe(true);
});

test('dns test tries each record; with --json the AAAA stands beside the A', async () => {
  const { asked, stdout } = await run('dns test edge lb.example.com --json');
  expect(asked.filter(({ method }) => method === 'POST').map(({ path }) => path)).toEqual([
    '/pools/edge/bindings/binding00001/test',
    '/pools/edge/bindings/binding00002/test',
  ]);
  expect(JSON.parse(stdout)).toMatchObject({ type: 'A', aaaa: { type: 'AAAA' } });
  const alone = await run('dns test edge www.example.com --json');
  expect(JSON.parse(alone.stdout)).not.toHaveProperty('aaaa');
});

test('dns show tells each record; a name that is not there is refused', async () => {
  const { stdout } = await run('dns show edge lb.example.com');
  expect(flat(stdout)).toMatch(/binding00001\), A .*binding00002\), AAAA/);
  expect(JSON.parse((await run('dns show edge lb.example.com --json')).stdout)).toMatchObject({
    type: 'A',
    aaaa: { type: 'AAAA' },
  });
  expect((await run('dns show edge nothing.example.com')).stderr).toContain('binding_not_found');
});

test('of a pool with several names dns show tells each, and what changes or tries one asks which', async () => {
  const { asked, stdout } = await run('dns show edge');
  expect(asked.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['/pools/edge/bindings/lb.example.com', '/pools/edge/bindings/binding00003']),
  );
  expect(stdout.match(/lb\.example\.com \(/g)?.length).toBeGreaterThan(1);
  const { names } = JSON.parse((await run('dns show edge --json')).stdout);
  expect(names).toHaveLength(2);
  for (const line of ['dns test edge', 'dns set edge --ttl 60'])
    expect((await run(line)).stderr).toContain(line === 'dns test edge' ? 'binding_not_named' : 'missing required');
  expect((await run('dns test edge www.example.com --family ipv6')).stderr).toContain('family: ipv6');
});

test('dns list tells the type only where there is another one than A', async () => {
  expect((await run('dns list edge')).stdout).toMatch(/^NAME +TYPE/);
  const only = await runCli(['dns', 'list', 'edge'], () => ({ body: { bindings: [other] } }));
  expect(only.stdout).not.toContain('TYPE');
});

test.each([
  [{ effectiveTtlSeconds: 60 }, '60 s'],
  [{ ttlSeconds: 30, effectiveTtlSeconds: 60 }, '60 s (30 s wished)'],
  [{ effectiveTtlSeconds: 300, proxied: true }, '60 s, proxied'],
  [{ effectiveTtlSeconds: null }, '60 s'],
])('dns list shows the wish and what it comes to: %o', async (change, cell) => {
  const { stdout } = await runCli(['dns', 'list', 'edge'], () => ({ body: { bindings: [bindingStatus(change)] } }));
  expect(stdout.trimEnd()).toMatch(new RegExp(` ${cell.replaceAll(/[()]/g, '\\$&')}$`));
});

test('a trial shows proxied, a person’s comment without control characters, and the TTL to be', async () => {
  const record = {
    ...testView().record,
    addresses: ['203.0.113.9'],
    ttlSeconds: 300,
    proxied: true,
    note: 'ask\u001b[2J Jo',
  };
  const test = testView({ record, effectiveTtlSeconds: 60 });
  const { stdout } = await runCli(['dns', 'test', 'edge', 'www.example.com'], (one) =>
    one.method === 'GET' ? answer(one) : { body: test },
  );
  expect(stdout).toMatch(/^TTL +300 s\nTTL to be +60 s\nproxied +yes/m);
  expect(stdout).toMatch(/^comment +ask Jo$/m);
});
