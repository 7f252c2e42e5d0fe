import type { ResolverAnswer, ResolversView } from '@serverctl/contract';
import { bindingStatus } from '@serverctl/contract/testing';
import { expect, test } from 'vitest';
import { localTime } from '../output/words.ts';
import { runCli } from '../testing/run-cli.ts';
import { bindingDetail } from '../testing/views.ts';

/* Recursive resolvers: which are asked, and what dns show says of them. */

const flat = (text: string) => text.replaceAll(/\s+/g, ' ');
const shown = ['192.0.2.53', '[2001:db8::53]:54'];
const run = (...line: readonly string[]) =>
  runCli(['dns', 'resolvers', ...line], ({ method, body }) => ({
    body: { resolvers: method === 'GET' ? shown : (body as ResolversView).resolvers },
  }));

test.each([[[]], [['show']]])('dns resolvers %j shows them, one a line', async (line) => {
  const { asked, stdout } = await run(...line);
  expect(asked).toMatchObject([{ method: 'GET', path: '/dns-resolvers' }]);
  expect(stdout).toBe('192.0.2.53\n[2001:db8::53]:54\n');
});

test('dns resolvers set replaces the whole list; clear empties it, and says so', async () => {
  const { asked, stdout } = await run('set', '192.0.2.1', '192.0.2.2:54');
  const path = '/dns-resolvers';
  expect(asked).toEqual([
    { method: 'GET', path, body: null },
    { method: 'PUT', path, body: { resolvers: ['192.0.2.1', '192.0.2.2:54'], expect: shown } },
  ]);
  expect(stdout).toBe('192.0.2.1\n192.0.2.2:54\nBefore: 192.0.2.53, [2001:db8::53]:54.\n');
  const cleared = await run('clear');
  expect(cleared.asked.at(-1)).toMatchObject({ method: 'PUT', body: { resolvers: [], expect: shown } });
  expect(flat(cleared.stdout)).toMatch(/^No resolver is asked\. .* Before: 192\.0\.2\.53, /);
  expect(JSON.parse((await run('clear', '--json')).stdout)).toEqual({ resolvers: [] });
});

test.each([[['set']], [['set', '']], [['set', '192.0.2.1', '']]])(
  'dns resolvers %j is a usage error, and nothing is asked',
  async (line) => {
    const { asked, status } = await run(...line);
    expect([asked.length, status]).toEqual([0, 2]);
  },
);

test('a word that is no command of dns resolvers is told as that', async () => {
  const { asked, status, stderr } = await run('add', '192.0.2.1');
  expect([asked.length, status]).toEqual([0, 2]);
  expect(stderr).toContain("unknown command 'add'");
  expect(stderr).toContain('set takes the whole list');
});

const at = '2026-01-01T12:00:00.000Z';
const until = '2026-01-01T12:00:40.000Z';
const heard = (changes: Partial<ResolverAnswer> = {}): ResolverAnswer => ({
  resolver: '192.0.2.53',
  askedAt: at,
  state: 'same',
  addresses: ['198.51.100.11'],
  moreAddresses: 0,
  ttlSeconds: 40,
  cachedUntil: until,
  error: null,
  ...changes,
});
const other = heard({ resolver: '192.0.2.54', state: 'other', addresses: ['198.51.100.12'] });
const show = (changes: Partial<ReturnType<typeof bindingDetail>>, ...options: readonly string[]) =>
  runCli(['dns', 'show', 'edge', ...options], ({ path }) => {
    if (path.endsWith('/dns-credentials')) return { body: { credentials: [] } };
    if (path.endsWith('/bindings')) return { body: { bindings: [bindingStatus()] } };
    return { body: { records: [bindingDetail(changes)] } };
  });

test('dns show asks for the one name, and says nothing of resolvers where none is set up', async () => {
  const { asked, stdout } = await show({});
  expect(asked.map(({ path }) => path)).toContain('/pools/edge/bindings/binding00001');
  expect(stdout).not.toMatch(/resolver/i);
});

test('each resolver has a line: whether it has what was acknowledged, what is left, until when', async () => {
  const lost = heard({
    ...{ resolver: '2001:db8::53', state: 'no-answer', addresses: [], ttlSeconds: null, cachedUntil: null },
    error: 'no answer within 2 s',
  });
  const { stdout } = await show({ resolvers: [heard(), other, lost] });
  expect(flat(stdout)).toContain(`What resolvers answer, asked ${localTime(at)}; for your information only.`);
  expect(stdout).toMatch(/^RESOLVER +RIGHT +TTL LEFT +CACHED UNTIL +ANSWERED$/m);
  const end = localTime(until);
  expect(stdout).toMatch(new RegExp(`^192\\.0\\.2\\.53 +yes +40 s +${end} +198\\.51\\.100\\.11$`, 'm'));
  expect(stdout).toMatch(new RegExp(`^192\\.0\\.2\\.54 +no +40 s +${end} +198\\.51\\.100\\.12$`, 'm'));
  expect(stdout).toMatch(/^2001:db8::53 +- +- +- +no answer within 2 s$/m);
  const clause = 'told something else than 198.51.100.11; when the TTL shown is over, the resolver asks anew.';
  expect(flat(stdout)).toContain(clause);
});

test('where all have it nothing more is said; an end is never promised, nor a time where none is shown', async () => {
  expect((await show({ resolvers: [heard()] })).stdout).not.toContain('Where it says no');
  const drift = flat((await show({ state: 'drift', resolvers: [other] })).stdout);
  expect(drift).toContain('asks anew. The name is in state drift.');
  expect(drift).not.toMatch(/at the latest|until the time/);
  const untimed = { ...other, ttlSeconds: null, cachedUntil: null };
  const { stdout } = await show({ resolvers: [heard(), untimed] });
  expect(flat(stdout)).toContain('clients are told something else than 198.51.100.11.');
  expect(stdout).not.toContain('asks anew');
});

test('of very many addresses the first are shown, and how many there are besides', async () => {
  const { stdout } = await show({
    resolvers: [{ ...other, addresses: ['192.0.2.1', '192.0.2.2'], moreAddresses: 44 }],
  });
  expect(stdout).toMatch(/ 192\.0\.2\.1, 192\.0\.2\.2, and 44 more$/m);
});

test('a withdrawn AAAA is right where there is no record', async () => {
  const none = heard({ addresses: [] });
  const wrong = heard({ resolver: '192.0.2.54', state: 'other', addresses: ['2001:db8::1'] });
  const withdrawn = { type: 'AAAA', desiredAddress: null, acknowledgedAddress: null } as const;
  const { stdout } = await show({ ...withdrawn, resolvers: [none, wrong] });
  expect(stdout).toMatch(/^192\.0\.2\.53 +yes .* no record$/m);
  expect(flat(stdout)).toContain('something else than no AAAA record');
});

test.each([
  [{ edge: 'answers', proxied: true }, 'Nothing is compared: the name is proxied'],
  [{ edge: 'answers', proxied: null }, 'Nothing is compared: the name is proxied'],
  [{ edge: 'perhaps', proxied: null }, 'What differs is not compared: the name may be proxied'],
  [{ publishedEpoch: 0 }, 'Nothing is compared: nothing was published yet.'],
] as const)('what is not compared says why: %o', async (changes, words) => {
  const { stdout } = await show({ ...changes, resolvers: [heard({ state: 'not-compared' })] });
  expect(stdout).toMatch(/^192\.0\.2\.53 +- +40 s/m);
  expect(flat(stdout)).toContain(words);
});

test('--json has what the API says', async () => {
  const { stdout } = await show({ resolvers: [other] }, '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    acknowledgedAddress: '198.51.100.11',
    edge: 'silent',
    resolvers: [other],
  });
});
