import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Asked, type Place, runCli } from '../testing/run-cli.ts';
import { meView, refusal, sessionView } from '../testing/views-accounts.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sct-cli-session-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const password = 'correct horse battery ';
const signedIn = { session: sessionView(), token: 'scs_canary' };
const plane = (asked: Asked) => ({ body: asked.path === '/me' ? meView() : signedIn });
const sessions = () => join(home, 'serverctl-cli/sessions');
const stored = () => readdirSync(sessions()).map((one) => join(sessions(), one));

/** Nothing but a session proves who asks: no token is named, and no administrator token is to be found. */
const run = (line: readonly string[], reply: Parameters<typeof runCli>[1] = plane, place: Place = {}) =>
  runCli(line, reply, {
    ...place,
    environment: {
      SERVERCTL_TOKEN: undefined,
      XDG_STATE_HOME: home,
      HOME: home,
      SERVERCTL_DATA_DIR: home,
      ...place.environment,
    },
  });
const signIn = (place: Place = { typed: [password] }) => run(['sign-in', 'ann@example.com'], plane, place);

test('sign-in asks for the password without showing it, and keeps the session where its user alone reads it', async () => {
  const { asked, tokens, stdout, stderr, status } = await signIn();
  expect(status).toBe(0);
  const body = { email: 'ann@example.com', password, kind: 'command-line' };
  expect([asked, tokens]).toEqual([[{ method: 'POST', path: '/session', body }], [null]]);
  expect(`${stdout}${stderr}`).not.toMatch(/horse|canary/);
  const [file = '', ...others] = stored();
  expect(others).toEqual([]);
  expect(stdout).toContain(file);
  expect([statSync(file).mode & 0o777, statSync(sessions()).mode & 0o777]).toEqual([0o600, 0o700]);
});

test('later commands use the session, and whoami says so', async () => {
  await signIn();
  const { tokens, stdout } = await run(['whoami']);
  expect(tokens).toEqual(['scs_canary']);
  expect(stdout).toMatch(/^who +ann@example\.com, Ann$/m);
  expect(stdout).toMatch(/^proved by +the session of serverctl sign-in$/m);
  expect(stdout).toContain(`${stored()[0]} (sign-in as ann@example.com)`);
  expect((await run(['config', 'show', '--origin'])).stdout).toMatch(/^access token +sign-in as ann@example\.com +\//m);
});

test.each([
  ['a token of the environment', { SERVERCTL_TOKEN: 'sck_named' }, 'environment SERVERCTL_TOKEN'],
  ['a token file of the environment', { SERVERCTL_TOKEN_FILE: 'FILE' }, 'environment SERVERCTL_TOKEN_FILE'],
])('%s goes before the session, and sign-in warns of it', async (_what, named, origin) => {
  const file = join(home, 'token');
  writeFileSync(file, 'sck_named\n');
  const environment = Object.fromEntries(
    Object.entries(named).map(([name, one]) => [name, one === 'FILE' ? file : one]),
  );
  expect((await signIn({ typed: [password], environment })).stdout).toContain(`${origin} is set and goes before it`);
  const { tokens, stdout } = await run(['whoami'], plane, { environment });
  expect(tokens).toEqual(['sck_named']);
  expect(stdout).toContain(origin);
});

test('a sign-in is done though an unusable token goes before it, and says so', async () => {
  const { stdout, status } = await signIn({ typed: [password], environment: { SERVERCTL_TOKEN: '' } });
  expect([status, stored().length]).toEqual([0, 1]);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('SERVERCTL_TOKEN goes before it, and cannot be used: it is empty');
});

test('the session of one control plane is never sent to another', async () => {
  await signIn();
  const { asked, stderr, status } = await run(['whoami', '--url', 'https://cp.example.com:7400']);
  expect([asked, status]).toEqual([[], 5]);
  expect(stderr).toContain('(token_missing)');
});

test('one address of a control plane may be written in several ways', async () => {
  await signIn();
  expect((await run(['whoami', '--url', 'HTTP://127.0.0.1:7400/'])).tokens[0]).toBe('scs_canary');
});

test('a session goes before the administrator token, and when it has ended that token is not taken in its place', async () => {
  writeFileSync(join(home, 'admin-token'), 'sct_host\n');
  expect((await run(['whoami'])).tokens[0]).toBe('sct_host');
  await signIn();
  const { tokens, stderr, status } = await run(['whoami'], () => refusal(401, 'session_ended'));
  expect(tokens).toEqual(['scs_canary']);
  expect([status, stderr]).toEqual([5, expect.stringMatching(/provedBy: sign-in as ann@example\.com, \//)]);
});

test('a damaged session is an error that names the way out, and is no reason to act as somebody else', async () => {
  writeFileSync(join(home, 'admin-token'), 'sct_host\n');
  await signIn();
  writeFileSync(stored()[0] ?? '', '{"url":');
  const { asked, stderr, status } = await run(['whoami']);
  expect([asked, status]).toEqual([[], 2]);
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain('run serverctl sign-in again, or serverctl sign-out');
  expect((await run(['sign-out'])).status).toBe(0);
  expect((await run(['whoami'])).tokens[0]).toBe('sct_host');
});

test('the code is asked for when the account has an authenticator', async () => {
  const reply = ({ body }: Asked) =>
    Object.hasOwn(body as object, 'code') ? { body: signedIn } : refusal(401, 'second_factor_required');
  const { asked, stderr, status } = await run(['sign-in', 'ann@example.com'], reply, { typed: [password, '123456'] });
  expect([status, asked.length]).toEqual([0, 2]);
  expect(asked[1]?.body).toMatchObject({ password, code: '123456' });
  expect(stderr).not.toContain('123456');
});

test('a recovery code takes the place of the code', async () => {
  const { asked } = await run(['sign-in', '--recovery-code'], plane, {
    typed: ['ann@example.com', password, 'abcd-efgh'],
  });
  expect(asked[0]?.body).toMatchObject({ email: 'ann@example.com', password, recoveryCode: 'abcd-efgh' });
});

test('without a terminal the password comes from a file, the code from its second line', async () => {
  const file = join(home, 'password');
  writeFileSync(file, `${password}\n123456\n`);
  const reply = ({ body }: Asked) =>
    Object.hasOwn(body as object, 'code') ? { body: signedIn } : refusal(401, 'second_factor_required');
  const { asked, stdout } = await run(['sign-in', 'ann@example.com', '--password-file', file, '--json'], reply);
  expect(asked[1]?.body).toMatchObject({ password, code: '123456' });
  expect(JSON.parse(stdout)).toMatchObject({ email: 'ann@example.com', file: stored()[0] });
  expect(stdout).not.toContain('canary');
});

test.each([
  ['no terminal', [], {}],
  ['Ctrl+C', [], { typed: ['^C'] }],
  ['JSON, which asks nobody', ['--json'], { typed: [] }],
])('%s: nothing is asked of the control plane, and the option is named', async (_what, options, place) => {
  const { asked, stderr, status } = await run(['sign-in', 'ann@example.com', ...options], plane, place);
  expect([asked, status]).toEqual([[], 2]);
  expect(stderr).toContain('answer_needed');
});

test('a second sign-in ends the session that it replaces', async () => {
  await signIn();
  const { asked, tokens } = await run(
    ['sign-in', 'ann@example.com'],
    () => ({ body: { ...signedIn, token: 'scs_new' } }),
    {
      typed: [password],
    },
  );
  expect(asked.map(({ method }, place) => [method, tokens[place]])).toEqual([
    ['POST', null],
    ['DELETE', 'scs_canary'],
  ]);
  expect(readFileSync(stored()[0] ?? '', 'utf8')).toContain('scs_new');
});

test('sign-out ends the session here and there, whatever token is named', async () => {
  await signIn();
  const reply = () => ({ body: { done: true } });
  const { asked, tokens, stdout } = await run(['sign-out'], reply, { environment: { SERVERCTL_TOKEN: 'sck_other' } });
  expect([asked, tokens]).toEqual([[{ method: 'DELETE', path: '/session', body: null }], ['scs_canary']]);
  expect([stdout, stored()]).toEqual(['ann@example.com is signed out at http://127.0.0.1:7400.\n', []]);
  expect((await run(['sign-out'])).stdout).toContain('Nobody was signed in');
});

test.each([
  ['that had ended already is fine', 'session_ended', 401, 0],
  ['that the control plane could not end is told', 'database_unavailable', 503, 6],
])('a sign-out of a session %s, and it is forgotten here', async (_what, code, status, exit) => {
  await signIn();
  const out = await run(['sign-out'], () => refusal(status, code));
  expect([out.status, stored()]).toEqual([exit, []]);
  if (exit !== 0)
    expect(out.stderr.replaceAll(/\s+/g, ' ')).toContain('forgotten here; at the control plane it lives on');
});

test('a new password gives the session a new token, which is kept in place of the old one and never shown', async () => {
  await signIn();
  const file = join(home, 'passwords');
  writeFileSync(file, `${password}\na new long password\n`);
  const change = ['account', 'password', '--password-file', file];
  const reply = () => ({ body: { ended: 1, token: 'scs_renewed', tokensEnded: 0, tokensLeft: 0 } });
  const { stdout } = await run(change, reply);
  expect(stdout).toBe('The password is changed. One session was ended.\n');
  expect((await run(['whoami'])).tokens[0]).toBe('scs_renewed');
  const named = await run(change, reply, { environment: { SERVERCTL_TOKEN: 'scs_elsewhere' } });
  expect(named.stdout).toContain('The session of environment SERVERCTL_TOKEN is void with the old password');
  expect((await run([...change, '--json'], reply)).stdout).toBe('{"ended":1,"tokensEnded":0,"tokensLeft":0}\n');
});

test.each(['cannot be written', 'is gone'])(
  'a new password is told as changed also where the file of the session %s by then: sign in again',
  async (what) => {
    await signIn();
    const file = join(home, 'passwords');
    writeFileSync(file, `${password}\na new long password\n`);
    const reply = () => {
      const [session = ''] = stored();
      rmSync(session);
      if (what === 'cannot be written') mkdirSync(session); // nobody writes it as a file, root neither
      return { body: { ended: 0, token: 'scs_renewed', tokensEnded: 0, tokensLeft: 0 } };
    };
    const { stdout, stderr, status } = await run(['account', 'password', '--password-file', file], reply);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^The password is changed\. .*\nThe session of sign-in as .* is void .*: sign in again\.\n$/,
    );
  },
);
