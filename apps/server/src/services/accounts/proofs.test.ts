import { isAppError } from '@serverctl/core';
import { sql } from 'kysely';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { inTransaction } from '../transaction.ts';
import { setOwnPassword } from './own-account.ts';
import { beginTotp, confirmTotp, removeTotp } from './own-account-totp.ts';
import { createPasswords, hashLimits } from './passwords.ts';
import { endSessionsOf, type SignedInUser } from './sessions.ts';
import { signIn } from './sign-in.ts';
import { createSignInDesk, type SignInDesk } from './sign-in-desk.ts';
import { signInLimits } from './sign-in-limits.ts';
import { stepUp } from './step-up.ts';
import { makeUser, signInAs, type TestUser } from './testing/accounts.ts';
import { type AccountHouse, openAccountHouse } from './testing/house.ts';

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
  jane = await makeUser(house, { email: 'jane@example.com', name: 'Jane Doe' });
});
afterAll(() => house.database.close());

const from = { peer: '192.0.2.7', userAgent: 'test', requestId: 'r1' };
const neverRight = { hash: async () => '', verify: async () => false };
const wrongPassword = 'wrong password altogether';

function trySignIn({
  peer = from.peer,
  deps = house,
  ...given
}: {
  peer?: string;
  deps?: AccountHouse;
  password?: string;
  code?: string;
} = {}) {
  const input = { email: jane.email, password: jane.password, kind: 'command-line' as const, ...given };
  return signIn(deps, desk, { ...from, peer, input, earlierToken: null });
}

const outcome = (asked: Promise<unknown>) =>
  asked.then(
    () => 'in',
    (error: unknown) => (isAppError(error) ? error.code : String(error)),
  );

async function ownRequest() {
  const { session } = await signInAs(house, jane);
  const access = { grants: [], scope: null };
  const actor = `user:${jane.email}`;
  const user: SignedInUser = { kind: 'user', actor, access, userId: jane.id, sessionId: session.id, isSteppedUp: true };
  return { ...from, user };
}

const codeNow = (secret: string) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: house.clock.wallTime().getTime() });
const notThis = (code: string) => (code === '000000' ? '000001' : '000000');

/** A session of a user whose authenticator is in force; its last used step is long past. */
async function withTotp() {
  const own = await ownRequest();
  const { secret } = await beginTotp(house, own);
  const { recoveryCodes } = await confirmTotp(house, desk, own, codeNow(secret));
  await house.clock.advance(120_000);
  return { own, secret, recoveryCodes };
}

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
  expect(outcomes).toEqual([...Array<string>(4).fill('second_factor_wrong'), 'password_compromised', 'rate_limited']);
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
  expect(await outcome(stepUp(house, desk, own, { password: wrongPassword }))).toBe('sign_in_refused');
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
    { actor: 'system', target: jane.id, details: { at: 'sign-in', because: 'missing-code', peer: from.peer } },
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
      return outcome(signIn(deps, desk, { ...from, peer: peer(n), input, earlierToken: null }));
    }),
  );
  const judged = outcomes.filter((one) => one === 'sign_in_refused').length;
  expect(outcomes.filter((one) => one === 'rate_limited')).toHaveLength(500 - judged);
  expect([judged, asked, most]).toEqual([hashLimits.atOnce + hashLimits.waiting, judged, hashLimits.atOnce]);
});
