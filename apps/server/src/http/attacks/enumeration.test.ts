import * as argon2 from '@node-rs/argon2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPasswords } from '../../services/accounts/passwords.ts';
import { makeUser } from '../../services/accounts/testing/accounts.ts';
import { addPerson, addSession, addToken, disable } from '../testing/people.ts';
import { makeGuardedUser } from './testing/second-factor.ts';
import { type Answer, api, openSiege, type Siege } from './testing/siege.ts';

/* Whoever wants to know which accounts, links, tokens there are: neither status nor words, headers or work may tell. */

let siege: Siege;
/** The hash of each comparison that was really computed. */
const compared: string[] = [];

beforeAll(async () => {
  const work = {
    hash: argon2.hash,
    verify(hash: string, password: string) {
      compared.push(hash);
      return argon2.verify(hash, password);
    },
  };
  siege = await openSiege({ change: () => ({ passwords: createPasswords({ work }) }) });
});
afterAll(() => siege.close());

let peers = 0;
function signIn(email: string, more: object = {}): Promise<Answer> {
  peers += 1;
  const body = { email, password: 'no, not this one', kind: 'command-line', ...more };
  return siege.ask('POST', `${api}/session`, { body, peer: `192.0.2.${peers}` });
}

const parametersOf = (hash: string) => hash.split('$', 4).join('$');

/** Everything of an answer but what is new in each. */
function told({ status, text, headers }: Answer) {
  const { date: _date, 'x-request-id': _id, ...kept } = headers;
  return { status, kept, text: text.replace(/"requestId":"[^"]+"/, '') };
}

test('an address that nobody has, a wrong password, a disabled user, one without a password: one answer, after the same work', async () => {
  const known = await makeUser(siege.deps, { email: 'known@example.com' });
  const disabled = await makeUser(siege.deps, { email: 'disabled@example.com' });
  await disable(siege.house, disabled.id);
  const invited = await addPerson(siege.house, 'invited@example.com', []);
  const guarded = await makeGuardedUser(siege, 'guarded@example.com');
  const base = await signIn('nobody@example.com');
  expect(base).toMatchObject({ status: 401, code: 'sign_in_refused' });
  const { password } = disabled;
  for (const [email, more] of [
    [known.email, {}],
    [disabled.email, { password }],
    [invited.email, {}],
    [guarded.email, {}],
    [guarded.email, { code: guarded.code() }],
    [guarded.email, { recoveryCode: guarded.recoveryCodes[0] }],
    ['nobody@example.com', { code: '123456' }],
  ] as const) {
    compared.length = 0;
    expect(told(await signIn(email, more)), email).toEqual(told(base));
    expect(compared.map(parametersOf), email).toEqual(['$argon2id$v=19$m=19456,t=2,p=1']);
  }
});

test('the limits of an address that nobody has are those of one that somebody has', async () => {
  await makeUser(siege.deps, { email: 'limited@example.com' });
  const sequence = async (email: string, peer: string) => {
    const answers: unknown[] = [];
    for (let nth = 0; nth < 8; nth += 1) {
      const body = { email, password: 'no, not this one' };
      answers.push(told(await siege.ask('POST', `${api}/session`, { body, peer })));
    }
    return answers;
  };
  expect(await sequence('limited@example.com', '198.51.100.1')).toEqual(
    await sequence('unlimited@example.com', '198.51.100.2'),
  );
});

test('only who has the password learns that there is an authenticator', async () => {
  const user = await makeGuardedUser(siege, 'second@example.com');
  expect((await signIn(user.email, { password: user.password })).code).toBe('second_factor_required');
  expect((await signIn(user.email)).code).toBe('sign_in_refused');
});

test('a guessed link, a used one and one that has been voided are one answer', async () => {
  const { token: secret } = siege.house;
  const invite = async () => {
    const body = { email: 'link@example.com', grants: [{ role: 'viewer', pool: null }] };
    return new URL((await siege.ask('POST', `${api}/invitations`, { body, secret })).body.link).hash.slice(1);
  };
  const [voided, used] = [await invite(), await invite()];
  const password = 'nine otters in the reeds';
  expect((await siege.ask('POST', `${api}/invitations/accept`, { body: { secret: used, password } })).status).toBe(201);
  const guessed = `scl_${'A'.repeat(43)}`;
  for (const path of ['show', 'accept']) {
    const use = (link: string) =>
      siege.ask('POST', `${api}/invitations/${path}`, {
        body: { secret: link, ...(path === 'accept' && { password }) },
        peer: '198.51.100.3',
      });
    const base = told(await use(guessed));
    expect(base.status).toBe(401);
    expect(told(await use(voided))).toEqual(base);
    expect(told(await use(used))).toEqual(base);
  }
});

test('who may not see users, tokens or channels is refused alike for those that there are and those that there are not', async () => {
  const { id, email } = await addPerson(siege.house, 'viewer@example.com', [{ role: 'viewer', poolId: null }]);
  const other = await addPerson(siege.house, 'other@example.com', [{ role: 'viewer', poolId: null }]);
  await addToken(siege.house, other.id);
  const session = await addSession(siege.house, id);
  const { body } = await siege.ask('GET', `${api}/api-tokens`, { secret: siege.house.token });
  const theirs = body.tokens.find(({ owner }) => owner === other.email)?.id ?? '';
  expect(theirs).not.toBe('');
  const plain = (answer: Answer, ref: string) => {
    const { status, text } = told(answer);
    return { status, text: text.replaceAll(ref, 'REF') };
  };
  for (const [method, path, there, none] of [
    ['GET', '/users', other.id, 'nosuchuser00'],
    ['GET', '/users', other.email, 'nobody@example.com'],
    ['GET', '/users', email, 'nobody@example.com'],
    ['DELETE', '/users', other.id, 'nosuchuser00'],
    ['DELETE', '/api-tokens', theirs, 'nosuchtoken0'],
    ['DELETE', '/me/sessions', theirs, 'nosuchsess00'],
  ] as const) {
    const [hidden, absent] = [there, none].map((ref) =>
      siege.ask(method, `${api}${path}/${ref}`, { secret: session }).then((answer) => plain(answer, ref)),
    );
    expect(await hidden, `${method} ${path}`).toEqual(await absent);
  }
});
