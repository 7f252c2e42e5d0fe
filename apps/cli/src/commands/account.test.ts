import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { type Asked, runCli } from '../testing/run-cli.ts';
import { meView, refusal, sessionView } from '../testing/views-accounts.ts';

const directory = mkdtempSync(join(tmpdir(), 'sct-cli-account-'));
afterAll(() => rmSync(directory, { recursive: true }));

const strong = 'a new long password';
const recoveryCodes = ['aaaa-bbbb', 'cccc-dddd'];
const totp = { uri: 'otpauth://totp/ServerCTL:ann?secret=JBSWY3DPEHPK3PXP', secret: 'JBSWY3DPEHPK3PXP' };
const plane = ({ path }: Asked) => {
  if (path === '/me/totp') return { body: totp };
  const changed = { ended: 2, token: null, tokensEnded: 0, tokensLeft: 0 };
  return { body: path === '/me' ? meView() : { recoveryCodes, done: true, ...changed } };
};

test('a new password is asked twice, after the present one, and none is shown', async () => {
  const typed = ['the old password', strong, strong];
  const { asked, stdout, stderr } = await runCli(['account', 'password'], plane, { typed });
  expect(asked[0]?.body).toEqual({ current: 'the old password', next: strong, endTokens: false });
  expect(stdout).toBe('The password is changed. 2 sessions were ended.\n');
  expect(`${stdout}${stderr}`).not.toMatch(/the old password|a new long/);
});

test.each([
  [[], { tokensEnded: 0, tokensLeft: 1 }, false, '\nOne API token of yours lives on: serverctl token list'],
  [['--end-tokens'], { tokensEnded: 3, tokensLeft: 0 }, true, ' 3 API tokens were revoked.'],
])('what becomes of API tokens is said (%j)', async (options, tokens, endTokens, words) => {
  const reply = () => ({ body: { ended: 0, token: null, ...tokens } });
  const { asked, stdout } = await runCli(['account', 'password', ...options], reply, {
    typed: ['old', strong, strong],
  });
  expect([asked[0]?.body, stdout]).toEqual([
    { current: 'old', next: strong, endTokens },
    expect.stringContaining(words),
  ]);
});

test.each([
  ['two that differ', ['old', strong, `${strong}!`], 'the two were not the same'],
  ['one that is too short', ['old', 'short', 'short'], 'must have 15 characters or more'],
])('%s: nothing is sent', async (_what, typed, words) => {
  const { asked, stderr, status } = await runCli(['account', 'password'], plane, { typed });
  expect([asked, status, stderr]).toEqual([[], 2, expect.stringContaining(words)]);
});

test('totp enable shows what to scan and to type, then asks, then shows the recovery codes with a warning', async () => {
  const { asked, stdout, stderr } = await runCli(['account', 'totp', 'enable'], plane, { typed: ['123 456'] });
  expect(asked.map(({ path, body }) => [path, body])).toEqual([
    ['/me/totp', null],
    ['/me/totp/confirm', { code: '123456' }],
  ]);
  expect(stripVTControlCharacters(stderr).match(/^█[█▀▄ ]+█$/gm)?.length).toBeGreaterThan(12);
  expect(stderr).toContain('  JBSW Y3DP EHPK 3PXP\n');
  expect(stdout).toMatch(/^ {2}aaaa-bbbb\n {2}cccc-dddd$/m);
  expect(stdout).toContain('shown this once');
});

test('a code of the turn before is asked for again, the third wrong one is the end', async () => {
  const wrong = (asked: Asked) => (asked.path === '/me/totp' ? plane(asked) : refusal(401, 'second_factor_wrong'));
  const { asked, stderr, status } = await runCli(['account', 'totp', 'enable'], wrong, { typed: ['1', '2', '3'] });
  expect([asked.length, status]).toEqual([4, 5]);
  expect(stderr).toContain('check the clock of the device');
});

test('totp enable begins nothing where its secret would be written into a log', async () => {
  const { asked, stderr, status } = await runCli(['account', 'totp', 'enable'], plane, { typed: [], stderrKept: true });
  expect([asked, status, stderr]).toEqual([[], 2, expect.stringContaining('standard error is no terminal')]);
});

test.each([
  ['where there is none', [], {}],
  ['who leaves', [], { typed: ['^C'] }],
  ['nobody is asked for JSON', ['--json'], { typed: [] }],
])('totp enable needs a person, %s: no option is told that it does not have', async (_what, options, place) => {
  const { stderr, status } = await runCli(['account', 'totp', 'enable', ...options], plane, place);
  expect(status).toBe(2);
  expect(stderr).toContain('Answer at a terminal, without --json');
  expect(stderr).not.toContain('name a file');
});

test('totp enable says what is in the file of its --output', async () => {
  const { stdout } = await runCli(['account', 'totp', 'enable', '--help'], plane);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('--output <file> a new file for the recovery codes');
});

test('recovery codes go to a terminal, or into a new file that its user alone reads', async () => {
  const file = join(directory, 'codes');
  const { stdout } = await runCli(['account', 'recovery-codes', '--yes', '--output', file, '--json'], plane);
  expect(JSON.parse(stdout)).toEqual({ recoveryCodes: null, output: file });
  expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['aaaa-bbbb\ncccc-dddd\n', 0o600]);
});

test('into a pipe none are made, and none over a file that is there: the earlier ones stay in force', async () => {
  const piped = await runCli(['account', 'recovery-codes', '--yes'], plane);
  expect([piped.asked, piped.status, piped.stderr]).toEqual([[], 2, expect.stringContaining('output_needed')]);
  const file = join(directory, 'mine');
  writeFileSync(file, 'precious');
  const over = await runCli(['account', 'recovery-codes', '--yes', '--output', file], plane);
  expect([over.asked, over.status, readFileSync(file, 'utf8')]).toEqual([[], 2, 'precious']);
});

test('a refusal leaves no empty file behind', async () => {
  const file = join(directory, 'refused');
  const line = ['account', 'recovery-codes', '--yes', '--output', file];
  expect((await runCli(line, () => refusal(403, 'only_for_users'))).status).toBe(5);
  expect(() => statSync(file)).toThrow('ENOENT');
});

test('sessions are listed with and without the word, this one named', async () => {
  const sessions = [sessionView(), sessionView({ id: 'session00002', kind: 'browser', current: false })];
  for (const line of [
    ['account', 'sessions'],
    ['account', 'sessions', 'list'],
  ]) {
    const { stdout } = await runCli(line, () => ({ body: { sessions } }));
    expect(stdout).toMatch(/^session00001 +this one .*\n {4}from 198\.51\.100\.7, serverctl$/m);
    expect(stdout).toMatch(/^session00002 +browser /m);
  }
});

test('one session is ended by its id, the others after a question', async () => {
  const one = await runCli(['account', 'sessions', 'end', 'session00002'], () => ({ body: { ended: 1 } }));
  expect([one.asked[0]?.method, one.asked[0]?.path]).toEqual(['DELETE', '/me/sessions/session00002']);
  const others = await runCli(['account', 'sessions', 'end-others'], plane, { typed: ['y'] });
  expect([others.asked[0]?.path, others.stdout]).toEqual(['/me/sessions', '2 sessions were ended.\n']);
  expect((await runCli(['account', 'sessions', 'end-others'], plane, { typed: ['n'] })).asked).toEqual([]);
});

test.each([[[]], [['--json']]])('a session that is not open ends with status 3 (%j)', async (options) => {
  const line = ['account', 'sessions', 'end', 'nope', ...options];
  const { stdout, status } = await runCli(line, () => ({ body: { ended: 0 } }));
  expect([status, stdout]).toEqual([3, options.length > 0 ? '{"ended":0}\n' : 'No session nope was open.\n']);
});

test('removing the authenticator is asked about', async () => {
  expect((await runCli(['account', 'totp', 'remove'], plane)).status).toBe(4);
  expect((await runCli(['account', 'totp', 'remove', '--yes'], plane)).asked[0]?.method).toBe('DELETE');
});
