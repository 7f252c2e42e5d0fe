import { expect, test } from 'vitest';
import { type Asked, runCli } from './testing/run-cli.ts';
import { refusal, sessionView } from './testing/views-accounts.ts';

/** A control plane that removes a user only after a new proof; with an authenticator a code is part of it. */
function strict({ twoFactor }: { readonly twoFactor: boolean }) {
  let proved = false;
  return ({ path, body }: Asked) => {
    if (path === '/users/bob') return proved ? { body: { removed: 'bob' } } : refusal(403, 'step_up_required');
    const { password, ...factor } = body as { password: string; code?: string; recoveryCode?: string };
    if (password !== 'right') return refusal(401, 'password_wrong');
    if (twoFactor && Object.keys(factor).length === 0) return refusal(401, 'second_factor_required');
    proved = true;
    return { body: sessionView() };
  };
}
const remove = ['user', 'remove', 'bob', '--yes'];

test.each([
  [false, ['right'], 3],
  [true, ['right', '123456'], 4],
])('what needs a new proof asks for it and is done then (authenticator: %s)', async (twoFactor, typed, calls) => {
  const { asked, tokens, stdout, stderr, status } = await runCli(remove, strict({ twoFactor }), { typed });
  expect([status, asked.length, stdout]).toEqual([0, calls, 'User bob is removed.\n']);
  expect([asked.at(-2)?.path, tokens.at(-2)]).toEqual(['/session/step-up', 'canary']);
  expect(stderr).toContain('new proof of who you are');
  expect(stderr).not.toMatch(/Password: right|123456/);
});

test.each([
  ['123 456', { code: '123456' }],
  ['7h3k-0000-zzzz-1234', { recoveryCode: '7h3k-0000-zzzz-1234' }],
])('a new proof takes a code and a recovery code alike (%s)', async (typed, factor) => {
  const { asked, stderr, status } = await runCli(remove, strict({ twoFactor: true }), { typed: ['right', typed] });
  expect([status, asked.at(-2)?.body]).toEqual([0, { password: 'right', ...factor }]);
  expect(stderr).toContain('or a recovery code');
});

test.each([
  [false, ['wrong', 'right'], 'password_wrong'],
  [true, ['right', '000000', 'right', '123456'], 'second_factor_wrong'],
])('what was mistyped is asked for again (authenticator: %s)', async (twoFactor, typed, code) => {
  const plane = strict({ twoFactor });
  const reply = (asked: Asked) =>
    (asked.body as { code?: string } | null)?.code === '000000' ? refusal(401, code) : plane(asked);
  const { stdout, stderr, status } = await runCli(remove, reply, { typed });
  expect([status, stdout]).toEqual([0, 'User bob is removed.\n']);
  expect(stderr).toContain('That was not right: once more.\n');
});

test('the third wrong password is the end, and nothing is done', async () => {
  const typed = ['wrong', 'wrong', 'wrong'];
  const { asked, status, stderr } = await runCli(remove, strict({ twoFactor: false }), { typed });
  expect([status, stderr]).toEqual([5, expect.stringContaining('password_wrong')]);
  expect(asked.map(({ path }) => path)).toEqual(['/users/bob', ...typed.map(() => '/session/step-up')]);
});

test('who is asked to wait is not asked again', async () => {
  const reply = ({ path }: Asked) =>
    path === '/users/bob' ? refusal(403, 'step_up_required') : refusal(429, 'rate_limited');
  const { asked, status } = await runCli(remove, reply, { typed: ['right'] });
  expect([status, asked.length]).toEqual([6, 2]);
});

test('a proof that is not enough is not asked for again', async () => {
  const reply = ({ path }: Asked) =>
    path === '/users/bob' ? refusal(403, 'step_up_required') : { body: sessionView() };
  const { asked, status } = await runCli(remove, reply, { typed: ['right'] });
  expect([status, asked.length]).toEqual([5, 3]);
});

test.each([
  ['without a terminal', remove, {}],
  ['with --json', [...remove, '--json'], { typed: [] }],
])('%s nobody is asked, and the way out is named', async (_what, line, place) => {
  const { asked, stderr, status } = await runCli(line, strict({ twoFactor: false }), place);
  expect([asked.length, status]).toEqual([1, 5]);
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain('serverctl sign-in --password-file FILE');
});
