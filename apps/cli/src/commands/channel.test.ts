import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';
import { refusal } from '../testing/views-accounts.ts';

const directory = mkdtempSync(join(tmpdir(), 'sct-cli-channel-'));
const file = (name: string, content: string) => {
  writeFileSync(join(directory, name), content);
  return join(directory, name);
};
afterAll(() => rmSync(directory, { recursive: true }));

const delivery = {
  id: 'n1_c1',
  kind: 'dns.blocked',
  severity: 'critical',
  sentence: 'The provider refuses.',
  happenedAt: '2026-01-01T00:00:00.000Z',
  state: 'pending',
  attempts: 3,
  answer: 'https://hooks.example.com answered 500.',
  nextAttemptAt: '2026-01-01T00:10:00.000Z',
  finishedAt: null,
};
const channel = {
  id: 'c00000000001',
  kind: 'webhook',
  name: 'pager',
  origin: 'https://hooks.example.com',
  leastSeverity: 'warning',
  kinds: null,
  poolIds: ['p1'],
  enabled: true,
  lastDelivery: null,
  createdAt: '2026-01-01T00:00:00.000Z',
};
const signingSecret = 'whsec_Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LWNhbmE=';
const made = () => ({ status: 201, body: { channel, signingSecret } });
const plain = () => ({ status: 201, body: { channel, signingSecret: null } });
const url = 'https://hooks.example.com/t/canary';

test('a webhook’s address is asked for, and its signing secret shown once', async () => {
  const line = ['channel', 'add', 'webhook', '--name', 'pager', '--least-severity', 'warning', '--pool', 'edge'];
  const { asked, stdout } = await runCli(line, made, { typed: [url] });
  const body = { kind: 'webhook', url, name: 'pager', leastSeverity: 'warning', pools: ['edge'] };
  expect(asked).toMatchObject([{ method: 'POST', path: '/notification-channels', body }]);
  expect(stdout).toContain(`shown this once:\n\n  ${signingSecret}\n`);
  expect(stdout).toContain('serverctl channel test c00000000001');
});

test('without a terminal the signing secret goes into a file of its own, or no webhook is made', async () => {
  const line = ['channel', 'add', 'webhook', '--url-file', file('url', `${url}\n`)];
  expect(await runCli(line, made)).toMatchObject({ asked: [], stderr: expect.stringContaining('--output') });
  const output = join(directory, 'signing-secret');
  const { stdout } = await runCli([...line, '--output', output], made);
  expect(readFileSync(output, 'utf8')).toBe(`${signingSecret}\n`);
  expect(stdout).not.toContain('whsec_');
});

test('a chat’s address comes from a file, and is not printed', async () => {
  const { asked, stdout } = await runCli(['channel', 'add', 'slack', '--url-file', file('slack', url)], plain);
  expect(asked[0]?.body).toEqual({ kind: 'slack', url });
  expect(stdout).not.toContain('canary');
});

const mail = ['channel', 'add', 'email', '--server', 'mail.example.com:465', '--security', 'tls'];
const people = ['--from', 'alerts@example.com', '--to', 'one@example.com,two@example.com'];

test('a mail channel’s password is asked for when there is a user, and only then', async () => {
  const typed = await runCli([...mail, '--user', 'alerts', ...people], plain, { typed: ['canary'] });
  const body = { kind: 'email', host: 'mail.example.com', port: 465, security: 'tls', from: 'alerts@example.com' };
  expect(typed.asked[0]?.body).toMatchObject({ ...body, user: 'alerts', password: 'canary' });
  expect(typed.stdout + typed.stderr).not.toContain('canary');
  const without = await runCli([...mail, ...people], plain);
  expect(without.asked[0]?.body).toEqual({ ...body, to: ['one@example.com', 'two@example.com'] });
});

test('no argument takes an address, a password or a signing secret', async () => {
  for (const line of [
    ['channel', 'add', 'webhook', '--url', url],
    [...mail, ...people, '--user', 'alerts', '--password', 'canary'],
    ['channel', 'new-secret', 'c1', '--secret', 'canary'],
  ])
    expect(await runCli(line, made)).toMatchObject({ asked: [], status: 2 });
});

test('set changes what is named and leaves the rest, and takes a choice back', async () => {
  const set = async (...options: string[]) =>
    (await runCli(['channel', 'set', 'c1', ...options], () => ({ body: channel }))).asked[0];
  expect(await set('--kind', 'pool.held,dns.blocked')).toMatchObject({
    method: 'PATCH',
    path: '/notification-channels/c1',
    body: { kinds: ['pool.held', 'dns.blocked'] },
  });
  expect((await set('--all-kinds', '--all-pools'))?.body).toEqual({ kinds: null, pools: null });
  expect(await set('--all-pools', '--pool', 'edge')).toBeUndefined();
});

test('enable, disable, remove and new-secret ask for what they mean', async () => {
  const ask = async (reply: () => { body: unknown }, ...line: string[]) =>
    (await runCli(['channel', ...line], reply)).asked.map(({ method, path, body }) => [method, path, body]);
  const view = () => ({ body: channel });
  expect(await ask(view, 'enable', 'c1')).toEqual([['PATCH', '/notification-channels/c1', { enabled: true }]]);
  expect(await ask(view, 'disable', 'c1')).toEqual([['PATCH', '/notification-channels/c1', { enabled: false }]]);
  expect(await ask(view, 'remove', 'c1')).toEqual([]);
  const removed = () => ({ body: { removed: 'c1' } });
  expect(await ask(removed, 'remove', 'c1', '--yes')).toEqual([['DELETE', '/notification-channels/c1', null]]);
  const output = join(directory, 'next-secret');
  expect(await ask(made, 'new-secret', 'c1', '--yes', '--output', output)).toEqual([
    ['POST', '/notification-channels/c1/signing-secret', null],
  ]);
});

test('list, show and deliveries say whom, of what, and how it went', async () => {
  const failing = { ...channel, lastDelivery: delivery, kinds: ['pool.held'] };
  const list = await runCli(['channel', 'list'], () => ({ body: { channels: [failing] } }));
  expect(list.stdout).toMatch(/pager +webhook +pool\.held, warning and critical, of 1 pool +pending +c00000000001/);
  const show = await runCli(['channel', 'show', 'pager'], ({ path }) => ({
    body: path === '/pools' ? { pools: [] } : { channels: [failing] },
  }));
  expect(show.stdout).toMatch(/^pools +p1$/m);
  const unnamed = await runCli(['channel', 'show', 'pager'], ({ path }) =>
    path === '/pools' ? refusal(403, 'permission_denied') : { body: { channels: [failing] } },
  );
  expect([unnamed.status, unnamed.stdout]).toEqual([0, show.stdout]);
  const sent = await runCli(['channel', 'deliveries', 'c1', '--limit', '5'], () => ({
    body: { deliveries: [delivery] },
  }));
  expect(sent.asked[0]?.path).toBe('/notification-channels/c1/deliveries?limit=5');
  expect(sent.stdout).toMatch(/dns\.blocked +pending +https:\/\/hooks\.example\.com answered 500\. 3 attempts\. Tried/);
  expect((await runCli(['channel', 'show', 'nobody'], () => ({ body: { channels: [] } }))).status).toBe(3);
});

test('event kinds lists every kind with its page', async () => {
  const kind = {
    kind: 'pool.held',
    severity: 'critical',
    summary: 'It moved too often.',
    recoveredBy: 'pool.recovered',
  };
  const body = { kinds: [{ ...kind, runbook: 'docs/runbooks/pool-held.md' }] };
  const { asked, stdout } = await runCli(['event', 'kinds', '--wide'], () => ({ body }));
  expect(asked[0]?.path).toBe('/event-kinds');
  expect(stdout).toMatch(/pool\.held +critical +docs\/runbooks\/pool-held\.md +It moved too often\./);
});
