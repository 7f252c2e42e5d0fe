import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { inTransaction } from '../transaction.ts';
import { readMe, setOwnPassword } from './own-account.ts';
import { beginTotp, confirmTotp, removeTotp } from './own-account-totp.ts';
import { createPasswords, hashLimits } from './passwords.ts';
import { endSessionsOf } from './sessions.ts';
import { signIn } from './sign-in.ts';
import { createSignInDesk, type SignInDesk } from './sign-in-desk.ts';
import { signInLimits } from './sign-in-limits.ts';
import { stepUp } from './step-up.ts';
import { signInAs, type TestUser } from './testing/accounts.ts';
import { type AccountHouse, openAccountHouse } from './testing/house.ts';
import { addTotp, askedFrom, codeOf, makeJane, notThis, outcome, ownRequestOf, wrongPassword } from './testing/jane.ts';

/* What proofs cost whoever guesses them, what is written of those that failed, and from where an account under attack stays open. */

let house: AccountHouse;
let desk: SignInDesk;
let jane: TestUser;

beforeAll(async () => {
  house = await openAccountHouse();
});
beforeEach(async () => {
  await house.begin();
  desk = createSignInDesk(house.clock);
  jane = await makeJane(house);
});
afterAll(() => house.database.close());

const neverRight = { hash: async () => '', verify: async () => false };

function trySignIn({
  peer = askedFrom.peer,
  deps = house,
  ...given
}: {
  peer?: string;
  deps?: AccountHouse;
  password?: string;
  code?: string;
} = {}) {
  const input = { email: jane.email, password: jane.password, kind: 'command-line' as const, ...given };
  return signIn(deps, desk, { ...askedFrom, peer, input, earlierToken: null });
}

const ownRequest = () => ownRequestOf({ house, jane });
const withTotp = () => addTotp({ house, desk, jane });
const codeNow = (secret: string) => codeOf(house, secret);

test('a password that is right, and a new one that is refused, give a session no attempts at codes back', async () => {
  const { own, secret } = await withTotp();
  const code = notThis(codeNow(secret));
  const outcomes: string[] = [];
  for (let n = 0; n < 4; n += 1) {
    outcomes.push(await outcome(stepUp(house, desk, own, { password: jane.password, code })));
  }
  const weak = { current: jane.password, next: 'passwordpassword', endTokens: false };
  outcomes.push(await outcome(setOwnPassword(house, desk, own, weak)));
  outcomes.push(await outcome(stepUp(house, desk, own, { password: jane.password, code })));
  outcomes.push(await outcome(stepUp(house, desk, own, { password: jane.password, code })));
  const wrong = (count: number) => Array<string>(count).fill('second_factor_wrong');
  expect(outcomes).toEqual([...wrong(4), 'password_compromised', ...wrong(1), 'rate_limited']);
});

test('right passwords are no wrong proofs: neither refused new ones nor missing codes close the session or its account', async () => {
  const { own, secret } = await withTotp();
  const weak = { current: jane.password, next: 'passwordpassword', endTokens: false };
  for (let n = 0; n < 6; n += 1) {
    expect(await outcome(setOwnPassword(house, desk, own, weak))).toBe('password_compromised');
    expect(await outcome(stepUp(house, desk, own, { password: jane.password }))).toBe('second_factor_required');
  }
  expect(await outcome(stepUp(house, desk, own, { password: jane.password, code: codeNow(secret) }))).toBe('in');
  expect((await house.events()).map(({ kind }) => kind)).not.toContain('user.sign-in-limited');
});

test('a client that asks for the code when it is needed has as many tries at it as one that sends it at once', async () => {
  const { secret } = await withTotp();
  const code = notThis(codeNow(secret));
  for (let n = 0; n < signInLimits.pair.burst - 1; n += 1) {
    expect(await outcome(trySignIn())).toBe('second_factor_required');
    expect(await outcome(trySignIn({ code }))).toBe('second_factor_wrong');
  }
  expect(await outcome(trySignIn())).toBe('second_factor_required');
  expect(await outcome(trySignIn({ code: codeNow(secret) }))).toBe('in');
  for (let n = 0; n < 40; n += 1) expect(await outcome(trySignIn())).toBe('second_factor_required');
  for (let n = 0; n < signInLimits.pair.burst; n += 1)
    expect(await outcome(trySignIn({ password: wrongPassword }))).toBe('sign_in_refused');
  expect(await outcome(trySignIn())).toBe('rate_limited');
});

test('who tries a password again and again without its code is on record once an hour for each place, and counted', async () => {
  await withTotp();
  const refused = () => house.audited('session.refuse');
  for (let n = 0; n < 20; n += 1) await outcome(trySignIn());
  expect(await refused()).toMatchObject([{ target: jane.id, details: { because: 'missing-code' } }]);
  await outcome(trySignIn({ peer: '192.0.2.8' }));
  expect((await refused()).at(-1)?.details).toMatchObject({ peer: '192.0.2.8', unwritten: 19 });
  await house.clock.advance(3_600_000);
  await outcome(trySignIn());
  expect(await refused()).toHaveLength(3);
});

test('one that a flood of failures left no room to write is written as soon as there is room', async () => {
  await withTotp();
  while (desk.mayWrite('failure') !== null);
  await outcome(trySignIn());
  expect(await house.audited('session.refuse')).toEqual([]);
  await house.clock.advance(10_000);
  await outcome(trySignIn());
  expect(await house.audited('session.refuse')).toMatchObject([{ details: { because: 'missing-code' } }]);
});

test('of a sign-in from a place that is not known of its user people are told, once', async () => {
  const tellings = async () => (await house.events()).map(({ sentence }) => sentence);
  const from = (place: string) => `jane@example.com has signed in from ${place}, for the first time in 30 days.`;
  await trySignIn({ peer: '192.0.2.50' });
  await trySignIn({ peer: '192.0.2.50' });
  await trySignIn({ peer: '2001:db8:1:2::1' });
  await trySignIn({ peer: '2001:db8:1:2::9' });
  expect(await tellings()).toEqual([from('192.0.2.50'), from('2001:db8:1:2::1')]);
  await sql`UPDATE sign_in_place SET last_at = now() - interval '31 days'`.execute(house.db);
  await trySignIn({ peer: '192.0.2.50' });
  expect((await tellings()).slice(2)).toEqual([from('192.0.2.50')]);
});

test('of a password that its user changed, and of a second factor that was added, people are told', async () => {
  const { own } = await withTotp();
  const next = 'nine otters in the weir';
  await setOwnPassword(house, desk, own, { current: jane.password, next, endTokens: false });
  expect(await house.events()).toEqual([
    {
      kind: 'user.second-factor-added',
      sentence: 'jane@example.com has added a second factor to the account, from 192.0.2.7.',
    },
    { kind: 'user.password-changed', sentence: 'jane@example.com has changed the password, from 192.0.2.7.' },
  ]);
});

test('who was removed while a request of theirs was under way is told that the session ended, or that the sign-in is refused', async () => {
  const gone = () => house.db.deleteFrom('user').where('id', '=', jane.id).execute();
  const compare = async () => (await gone()).length > 0;
  const passwords = { ...house.passwords, verify: compare, inTurn: house.passwords.inTurn };
  const signingIn = {
    ...house,
    passwords: { ...passwords, inTurn: createPasswords({ work: { ...neverRight, verify: compare } }).inTurn },
  };
  expect(await outcome(trySignIn({ deps: signingIn }))).toBe('sign_in_refused');
  jane = await makeJane(house);
  const own = await ownRequest();
  expect(await outcome(stepUp({ ...house, passwords }, desk, own, { password: jane.password }))).toBe('session_ended');
  const change = { current: jane.password, next: 'nine otters in the weir', endTokens: false };
  for (const asked of [
    () => stepUp(house, desk, own, { password: jane.password }),
    () => setOwnPassword(house, desk, own, change),
    () => confirmTotp(house, desk, own, '000000'),
    () => readMe(house, own.user),
  ])
    expect(await outcome(asked())).toBe('session_ended');
});

test('a changed password gives back its own attempt and no more', async () => {
  const { own, secret } = await withTotp();
  const code = notThis(codeNow(secret));
  for (let n = 0; n < 3; n += 1) await outcome(stepUp(house, desk, own, { password: jane.password, code }));
  const next = 'nine otters in the weir';
  await setOwnPassword(house, desk, own, { current: jane.password, next, endTokens: false });
  const outcomes = [];
  for (let n = 0; n < 3; n += 1) outcomes.push(await outcome(stepUp(house, desk, own, { password: next, code })));
  expect(outcomes).toEqual(['second_factor_wrong', 'second_factor_wrong', 'rate_limited']);
});

test('an authenticator that was added gives a session no attempts at the password back', async () => {
  const own = await ownRequest();
  for (let n = 0; n < 4; n += 1) await outcome(stepUp(house, desk, own, { password: wrongPassword }));
  const { secret } = await beginTotp(house, own);
  await confirmTotp(house, desk, own, codeNow(secret));
  await removeTotp(house, own);
  expect(await outcome(stepUp(house, desk, own, { password: wrongPassword }))).toBe('password_wrong');
  expect(await outcome(stepUp(house, desk, own, { password: wrongPassword }))).toBe('rate_limited');
});

test('codes are guessed no more often in many sessions than at the sign-in; a recovery code stays a way in', async () => {
  const { secret, recoveryCodes } = await withTotp();
  const code = notThis(codeNow(secret));
  const outcomes: string[] = [];
  for (let session = 0; session < 3; session += 1) {
    const own = await ownRequest();
    for (let n = 0; n < 4; n += 1)
      outcomes.push(await outcome(stepUp(house, desk, own, { password: jane.password, code })));
  }
  expect(outcomes.filter((one) => one === 'second_factor_wrong')).toHaveLength(signInLimits.code.burst);
  expect(outcomes.at(-1)).toBe('rate_limited');
  expect(await outcome(trySignIn({ code: codeNow(secret), peer: '192.0.2.99' }))).toBe('rate_limited');
  const [recoveryCode = ''] = recoveryCodes;
  const own = await ownRequest();
  expect(await outcome(stepUp(house, desk, own, { password: jane.password, recoveryCode }))).toBe('in');
  expect(await outcome(stepUp(house, desk, own, { password: jane.password, recoveryCode }))).toBe(
    'second_factor_wrong',
  );
  expect((await house.audited('session.refuse')).at(-1)).toMatchObject({ details: { because: 'wrong-recovery-code' } });
});

test('a right password without its code is on record, at the sign-in and in a session', async () => {
  const { own } = await withTotp();
  expect(await outcome(trySignIn())).toBe('second_factor_required');
  expect(await outcome(stepUp(house, desk, own, { password: jane.password }))).toBe('second_factor_required');
  expect(await house.audited('session.refuse')).toMatchObject([
    { actor: 'system', target: jane.id, details: { at: 'sign-in', because: 'missing-code', peer: askedFrom.peer } },
    { actor: own.user.actor, target: jane.id, details: { at: 'step-up', because: 'missing-code' } },
  ]);
});

test('what a limit refused is counted, and the next entry says how many', async () => {
  for (let n = 0; n < 40; n += 1) await outcome(trySignIn({ password: wrongPassword }));
  await outcome(trySignIn({ password: wrongPassword, peer: '192.0.2.8' }));
  expect(await house.audited('session.refuse')).toHaveLength(signInLimits.pair.burst + 1);
  // One of those refused is in the entry of the limit itself.
  const unwritten = 40 - signInLimits.pair.burst - 1;
  expect((await house.audited('session.refuse')).at(-1)?.details).toMatchObject({ unwritten });
});

test('sessions that end since there are too many are in the entry of the one that begins', async () => {
  for (let n = 0; n < 52; n += 1) await signInAs(house, jane);
  await house.db
    .deleteFrom('session')
    .where('id', 'in', (some) => some.selectFrom('session').select('id').limit(1))
    .execute();
  await trySignIn();
  await trySignIn();
  const [first, second] = await house.audited('session.begin');
  expect(first?.details).not.toHaveProperty('endedBeyond');
  expect(second?.details).toMatchObject({ endedBeyond: 1 });
});

test('an account under attack stays open from where its user signed in of late, signed out or not, within the same /64', async () => {
  await trySignIn({ peer: '2001:db8:1:2::1' });
  await trySignIn({ peer: '192.0.2.50' });
  await inTransaction(house.db, (trx) => endSessionsOf(trx, jane.id, null));
  const noWork = { ...house, passwords: { ...house.passwords, inTurn: createPasswords({ work: neverRight }).inTurn } };
  for (let n = 0; n < signInLimits.account.burst + 5; n += 1)
    await outcome(trySignIn({ deps: noWork, peer: `10.0.${n}.1` }));
  expect(await outcome(trySignIn({ peer: '10.9.9.9' }))).toBe('rate_limited');
  expect(await outcome(trySignIn({ peer: '2001:db8:1:3::1' }))).toBe('rate_limited');
  expect(await outcome(trySignIn({ peer: '2001:db8:1:2:ffff::9' }))).toBe('in');
  expect(await outcome(trySignIn({ peer: '192.0.2.50' }))).toBe('in');
  await sql`UPDATE sign_in_place SET last_at = now() - interval '31 days'`.execute(house.db);
  for (let n = 0; n < 5; n += 1) await outcome(trySignIn({ deps: noWork, peer: `10.1.${n}.1` }));
  expect(await outcome(trySignIn({ peer: '192.0.2.50' }))).toBe('rate_limited');
});

test('a flood of sign-ins asks the database two at a time, and what is beyond the line asks nothing', async () => {
  const asking = new Set<object>();
  let [most, asked] = [0, 0];
  const db = house.db.withPlugin({
    transformQuery({ node, queryId }) {
      if (node.kind === 'SelectQueryNode' && !asking.has(queryId)) {
        asking.add(queryId);
        asked += 1;
        most = Math.max(most, asking.size);
      }
      return node;
    },
    async transformResult({ result, queryId }) {
      asking.delete(queryId);
      return result;
    },
  });
  const deps = { ...house, db, passwords: createPasswords({ work: neverRight }) };
  const peer = (n: number) => `10.3.${Math.floor(n / 250)}.${n % 250}`;
  const outcomes = await Promise.all(
    Array.from({ length: 500 }, (_, n) => {
      const input = { email: `${n}@example.com`, password: 'x', kind: 'browser' as const };
      return outcome(signIn(deps, desk, { ...askedFrom, peer: peer(n), input, earlierToken: null }));
    }),
  );
  const judged = outcomes.filter((one) => one === 'sign_in_refused').length;
  expect(outcomes.filter((one) => one === 'rate_limited')).toHaveLength(500 - judged);
  expect([judged, asked, most]).toEqual([hashLimits.atOnce + hashLimits.waiting, judged, hashLimits.atOnce]);
});
