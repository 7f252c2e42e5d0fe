import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findSession } from '../../db/repositories/sessions.ts';
import { getUser } from '../../db/repositories/users.ts';
import { inTransaction } from '../transaction.ts';
import { setOwnPassword } from './own-account.ts';
import { beginTotp, confirmTotp, makeRecoveryCodes, removeTotp } from './own-account-totp.ts';
import { type Compare, createPasswords, hashParameters, type Passwords } from './passwords.ts';
import { sha256Of } from './secret.ts';
import { endSessionsOf } from './sessions.ts';
import { signIn } from './sign-in.ts';
import { createSignInDesk, type SignInDesk } from './sign-in-desk.ts';
import { signInLimits } from './sign-in-limits.ts';
import { stepUp } from './step-up.ts';
import { makeUser, signInAs, type TestUser } from './testing/accounts.ts';
import { type AccountHouse, openAccountHouse } from './testing/house.ts';
import { addTotp, askedFrom, codeOf, makeJane, notThis, outcome, ownRequestOf, wrongPassword } from './testing/jane.ts';

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

interface Try {
  readonly email?: string;
  readonly password?: string;
  readonly code?: string;
  readonly recoveryCode?: string;
  readonly peer?: string;
  readonly earlierToken?: string;
}

function trySignIn({ peer = askedFrom.peer, earlierToken, ...given }: Try = {}) {
  const input = { email: jane.email, password: jane.password, kind: 'command-line' as const, ...given };
  return signIn(house, desk, { ...askedFrom, peer, input, earlierToken: earlierToken ?? null });
}

const ownRequest = () => ownRequestOf({ house, jane });
const withTotp = () => addTotp({ house, desk, jane });
const codeNow = (secret: string, stepsAhead = 0) => codeOf(house, secret, stepsAhead);

/** The same, where a sign-in compares in this way. */
const comparing = (passwords: Passwords, compare: Compare): Passwords => ({
  ...passwords,
  inTurn: (_lane, work) => work(compare),
});

test('the right password begins a session under a token that the database does not have', async () => {
  const { session, token } = await trySignIn();
  expect(token).toMatch(/^scs_[\w-]{43}$/);
  expect(session).toMatchObject({ kind: 'command-line', peer: askedFrom.peer, current: true });
  expect(session.steppedUpUntil).not.toBeNull();
  expect(await findSession(house.db, sha256Of(token))).toMatchObject({ id: session.id, email: jane.email });
  const stored = await house.db.selectFrom('session').selectAll().execute();
  expect(JSON.stringify(stored)).not.toContain(token.slice(4));
  expect(await house.audited()).toMatchObject([
    { actor: 'user:jane@example.com', action: 'session.begin', target: session.id },
  ]);
});

test('an unknown address, a wrong password, a disabled user and one without a password are told apart by nobody but the audit log', async () => {
  const joe = await makeUser(house, { email: 'joe@example.com' });
  const ann = await makeUser(house, { email: 'ann@example.com' });
  await house.db.updateTable('user').set({ disabled_at: new Date() }).where('id', '=', joe.id).execute();
  await house.db.updateTable('user').set({ password_hash: null }).where('id', '=', ann.id).execute();
  const tries: Try[] = [
    { email: 'nobody@example.com' },
    { password: wrongPassword },
    { email: joe.email, password: joe.password },
    { email: ann.email, password: ann.password },
  ];
  const refusals = [];
  for (const one of tries)
    refusals.push(
      await trySignIn(one).catch((error) => ({ code: error.code, message: error.message, details: error.details })),
    );
  expect(new Set(refusals.map((refusal) => JSON.stringify(refusal))).size).toBe(1);
  expect(refusals[0]).toMatchObject({ code: 'sign_in_refused' });
  expect((await house.audited('session.refuse')).map(({ target, details }) => [target, details['because']])).toEqual([
    ['nobody@example.com', 'unknown-address'],
    [jane.id, 'wrong-password'],
    [joe.id, 'disabled'],
    [ann.id, 'no-password'],
  ]);
});

test('an unknown address costs one whole hash as a known one does', async () => {
  const costs: (string | null)[] = [];
  const passwords = createPasswords();
  const counted = {
    ...house,
    passwords: comparing(passwords, async (hash) => costs.push(hash) === 0),
  };
  for (const email of [jane.email, 'nobody@example.com']) {
    const input = { email, password: 'x', kind: 'browser' as const };
    await outcome(signIn(counted, desk, { ...askedFrom, input, earlierToken: null }));
  }
  expect(costs).toEqual([expect.stringMatching(/^\$argon2id/), null]);
});

test('no password or code is in the audit log or the events', async () => {
  await outcome(trySignIn({ password: 'canary-password-canary', code: '424242' }));
  await trySignIn();
  const stored = JSON.stringify([await house.audited(), await house.events()]);
  expect(stored).not.toMatch(/canary-password|424242|seven herons/);
});

test('a hash of older parameters is made anew at the next sign-in', async () => {
  const old = await createPasswords({ parameters: { ...hashParameters, memoryCost: 8_192 } }).hash(jane.password);
  await house.db.updateTable('user').set({ password_hash: old }).where('id', '=', jane.id).execute();
  await trySignIn();
  const { password_hash } = await getUser(house.db, jane.id);
  expect(password_hash).toContain('m=19456');
  expect(await outcome(trySignIn())).toBe('in');
  expect(await house.audited('session.begin')).toMatchObject([{ details: { hashedAnew: true } }, { details: {} }]);
});

test('a session that the client brought along ends, and a token of its own making is never taken up', async () => {
  const earlier = await trySignIn();
  const { token } = await trySignIn({ earlierToken: earlier.token });
  expect(token).not.toBe(earlier.token);
  expect(await findSession(house.db, sha256Of(earlier.token))).toBeNull();
  const planted = `scs_${'A'.repeat(43)}`;
  expect((await trySignIn({ earlierToken: planted })).token).not.toBe(planted);
  expect(await findSession(house.db, sha256Of(planted))).toBeNull();
  expect(await house.audited('session.end')).toMatchObject([{ target: earlier.session.id }]);
});

test('with an authenticator a code is needed, and a code works once', async () => {
  const { secret } = await withTotp();
  const code = codeNow(secret);
  expect(await outcome(trySignIn())).toBe('second_factor_required');
  expect(await outcome(trySignIn({ code: '000000' === code ? '000001' : '000000' }))).toBe('second_factor_wrong');
  expect(await outcome(trySignIn({ code }))).toBe('in');
  expect(await outcome(trySignIn({ code }))).toBe('second_factor_wrong');
  await house.clock.advance(30_000);
  expect(await outcome(trySignIn({ code: codeNow(secret) }))).toBe('in');
  expect(await outcome(trySignIn({ password: wrongPassword, code: codeNow(secret, 1) }))).toBe('sign_in_refused');
});

test('of many sign-ins at once with one code one gets in', async () => {
  const { secret } = await withTotp();
  const code = codeNow(secret);
  const peers = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.5'];
  const outcomes = await Promise.all(peers.map((peer) => outcome(trySignIn({ code, peer }))));
  expect(outcomes.filter((one) => one === 'in')).toHaveLength(1);
  expect(outcomes.filter((one) => one === 'second_factor_wrong')).toHaveLength(4);
});

test('each recovery code works once instead of a code, however it is typed', async () => {
  const { recoveryCodes } = await withTotp();
  expect(new Set(recoveryCodes).size).toBe(10);
  const [first = '', second = ''] = recoveryCodes;
  expect(first).toMatch(/^(?:[0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$/);
  expect(await outcome(trySignIn({ recoveryCode: ` ${first.toUpperCase().replace(/-/g, ' ')} ` }))).toBe('in');
  expect(await outcome(trySignIn({ recoveryCode: first }))).toBe('second_factor_wrong');
  const outcomes = await Promise.all([1, 2, 3].map(() => outcome(trySignIn({ recoveryCode: second }))));
  expect(outcomes.filter((one) => one === 'in')).toHaveLength(1);
});

test('new recovery codes void those before; without an authenticator there are none', async () => {
  const { own, recoveryCodes } = await withTotp();
  const anew = await makeRecoveryCodes(house, own);
  expect(await outcome(trySignIn({ recoveryCode: recoveryCodes[0] ?? '' }))).toBe('second_factor_wrong');
  expect(await outcome(trySignIn({ recoveryCode: anew.recoveryCodes[0] ?? '' }))).toBe('in');
  await removeTotp(house, own);
  expect(await outcome(makeRecoveryCodes(house, own))).toBe('totp_not_begun');
  expect(await house.db.selectFrom('recovery_code').selectAll().execute()).toEqual([]);
});

test('who has the password and guesses codes is stopped; the owner gets in by a recovery code', async () => {
  const { secret, recoveryCodes } = await withTotp();
  const wrong = notThis(codeNow(secret));
  const peers = (n: number) => `10.0.${n}.1`;
  for (let n = 0; n < signInLimits.code.burst; n += 1)
    expect(await outcome(trySignIn({ code: wrong, peer: peers(n) }))).toBe('second_factor_wrong');
  expect(await outcome(trySignIn({ code: codeNow(secret), peer: peers(99) }))).toBe('rate_limited');
  expect(await outcome(trySignIn({ recoveryCode: recoveryCodes[0] ?? '', peer: peers(100) }))).toBe('in');
  expect((await house.events()).filter(({ kind }) => kind === 'user.sign-in-limited')).toMatchObject([
    { sentence: expect.stringContaining('has the password of jane@example.com') },
  ]);
});

test('a begun authenticator asks for nothing until it is confirmed, and its secret is sealed to its place', async () => {
  const own = await ownRequest();
  const { secret, uri } = await beginTotp(house, own);
  expect(uri).toContain(secret);
  expect(await outcome(trySignIn())).toBe('in');
  const row = await getUser(house.db, jane.id);
  expect(row.totp_secret?.toString('latin1')).not.toContain(secret);
  const place = { table: 'user', row: jane.id, column: 'totp_secret', version: row.totp_version };
  expect(house.secrets.open(row.totp_secret!, place)).toBe(secret);
  expect(() => house.secrets.open(row.totp_secret!, { ...place, row: 'another' })).toThrow();
  expect(await outcome(confirmTotp(house, desk, own, notThis(codeNow(secret))))).toBe('second_factor_wrong');
  await confirmTotp(house, desk, own, codeNow(secret));
  expect(await outcome(beginTotp(house, own))).toBe('totp_already_on');
  expect(await outcome(confirmTotp(house, desk, own, codeNow(secret)))).toBe('totp_already_on');
});

test('a removed authenticator is told of, and asks for nothing any more', async () => {
  const { own } = await withTotp();
  await removeTotp(house, own);
  expect(await outcome(trySignIn())).toBe('in');
  expect((await house.events()).map(({ kind }) => kind)).toEqual([
    'user.second-factor-added',
    'user.second-factor-removed',
    'user.new-place',
  ]);
  expect((await house.audited()).map(({ action }) => action)).toEqual([
    'user.begin-totp',
    'user.confirm-totp',
    'user.remove-totp',
    'session.begin',
  ]);
  expect(await outcome(removeTotp(house, own))).toBe('totp_not_begun');
});

test('a reached limit says how long to wait, is told once, and refuses the right password as well', async () => {
  for (let n = 0; n < signInLimits.pair.burst; n += 1)
    expect(await outcome(trySignIn({ password: wrongPassword }))).toBe('sign_in_refused');
  const refusal = await trySignIn().catch((error) => error);
  expect(refusal).toMatchObject({
    code: 'rate_limited',
    details: { retryAfterSeconds: signInLimits.pair.everyMs / 1_000 },
  });
  for (let n = 0; n < 10; n += 1) await outcome(trySignIn());
  expect(await house.events()).toMatchObject([{ kind: 'user.sign-in-limited' }]);
  expect(await house.audited('session.limit')).toHaveLength(1);
  await house.clock.advance(signInLimits.pair.everyMs);
  expect(await outcome(trySignIn())).toBe('in');
});

test('strangers from everywhere cannot keep out who is signed in: neither a new sign-in from there nor a new proof', async () => {
  await signInAs(house, jane); // from 127.0.0.1
  const own = await ownRequest();
  for (let n = 0; n < signInLimits.account.burst; n += 1)
    await outcome(trySignIn({ password: wrongPassword, peer: `10.0.${n}.1` }));
  expect(await outcome(trySignIn({ peer: '10.9.9.9' }))).toBe('rate_limited');
  expect(await outcome(trySignIn({ peer: '127.0.0.1' }))).toBe('in');
  expect(await outcome(stepUp(house, desk, own, { password: jane.password }))).toBe('in');
});

test('an attempt that nobody could judge, since too many waited, does not count', async () => {
  const full = createPasswords({ limits: { atOnce: 0, waiting: 0 } });
  const input = { email: jane.email, password: jane.password, kind: 'browser' as const };
  const ask = { ...askedFrom, input, earlierToken: null };
  for (let n = 0; n < 50; n += 1)
    expect(await outcome(signIn({ ...house, passwords: full }, desk, ask))).toBe('rate_limited');
  expect(await outcome(trySignIn())).toBe('in');
  expect(await house.audited('session.refuse')).toEqual([]);
});

test('a flood of wrong passwords writes few entries, and the next says how many are missing', async () => {
  const noWork = { ...house, passwords: comparing(house.passwords, async () => false) };
  for (let n = 0; n < 300; n += 1) {
    const input = { email: `${n}@example.com`, password: 'x', kind: 'browser' as const };
    await outcome(signIn(noWork, desk, { ...askedFrom, peer: `10.1.${n % 250}.${n}`, input, earlierToken: null }));
  }
  expect(await house.audited('session.refuse')).toHaveLength(100);
  await house.clock.advance(10_000);
  await outcome(trySignIn({ password: wrongPassword }));
  const written = await house.audited('session.refuse');
  expect(written).toHaveLength(101);
  expect(written.at(-1)?.details).toMatchObject({ unwritten: 200 });
});

test('a new proof renews the session’s, a wrong one is a failed sign-in, and five wrong ones are the end for a while', async () => {
  const own = await ownRequest();
  await house.db.updateTable('session').set({ stepped_up_at: null }).execute();
  const proven = await stepUp(house, desk, own, { password: jane.password });
  expect(proven.steppedUpUntil).not.toBeNull();
  for (let n = 0; n < signInLimits['step-up'].burst; n += 1)
    expect(await outcome(stepUp(house, desk, own, { password: 'wrong' }))).toBe('password_wrong');
  expect(await outcome(stepUp(house, desk, own, { password: jane.password }))).toBe('rate_limited');
  expect(await house.audited('session.refuse')).toHaveLength(5);
  expect((await house.audited('session.refuse'))[0]).toMatchObject({
    actor: own.user.actor,
    details: { at: 'step-up' },
  });
  // They count for the account from this place: one attempt of six is left.
  expect(await outcome(trySignIn({ password: wrongPassword }))).toBe('sign_in_refused');
  expect(await outcome(trySignIn())).toBe('rate_limited');
});

test('a new proof that is refused talks of the password alone: who is signed in was asked for no address', async () => {
  const refused = await stepUp(house, desk, await ownRequest(), { password: wrongPassword }).catch((error) => error);
  expect(refused).toMatchObject({ code: 'password_wrong', category: 'unauthenticated' });
  expect(`${refused.message} ${refused.remedy}`).not.toMatch(/e-mail|reset link|administrator/);
});

test('a new proof asks for the code too, which is used up by it', async () => {
  const { own, secret } = await withTotp();
  const code = codeNow(secret);
  expect(await outcome(stepUp(house, desk, own, { password: jane.password }))).toBe('second_factor_required');
  expect(await outcome(stepUp(house, desk, own, { password: jane.password, code }))).toBe('in');
  expect(await outcome(stepUp(house, desk, own, { password: jane.password, code }))).toBe('second_factor_wrong');
  expect(await outcome(trySignIn({ code }))).toBe('second_factor_wrong');
});

test('a new password ends every other session, and the present one goes on under another token', async () => {
  const own = await ownRequest();
  const other = await signInAs(house, jane, 'browser');
  const next = 'nine otters in the weir';
  const asked = { next, endTokens: false };
  expect(await outcome(setOwnPassword(house, desk, own, { ...asked, current: 'wrong' }))).toBe('password_wrong');
  const weak = { ...asked, current: jane.password, next: 'Jane Doe and her dog' };
  expect(await outcome(setOwnPassword(house, desk, own, weak))).toBe('password_compromised');
  const changed = await setOwnPassword(house, desk, own, { ...asked, current: jane.password });
  expect(changed.ended).toBe(1);
  expect(await findSession(house.db, sha256Of(other.token))).toBeNull();
  expect(await findSession(house.db, sha256Of(own.token))).toBeNull();
  expect(await findSession(house.db, sha256Of(changed.token))).toMatchObject({ id: own.user.sessionId });
  expect(await outcome(trySignIn())).toBe('sign_in_refused');
  expect(await outcome(trySignIn({ password: next }))).toBe('in');
  expect(await house.audited('user.set-password')).toMatchObject([{ target: jane.id, details: { ended: 1 } }]);
});

test('a sign-in whose account was disabled, or got another password, while it was judged begins nothing', async () => {
  const meanwhile = (change: object) => ({
    ...house,
    passwords: comparing(house.passwords, async () => {
      await house.db.updateTable('user').set(change).where('id', '=', jane.id).execute();
      return true;
    }),
  });
  const input = { email: jane.email, password: jane.password, kind: 'browser' as const };
  const ask = { ...askedFrom, input, earlierToken: null };
  const other = await house.passwords.hash('another password of hers');
  expect(await outcome(signIn(meanwhile({ password_hash: other }), desk, ask))).toBe('sign_in_refused');
  expect(await outcome(signIn(meanwhile({ disabled_at: new Date() }), desk, ask))).toBe('sign_in_refused');
  expect(await house.db.selectFrom('session').selectAll().execute()).toEqual([]);
});

test('a user keeps fifty sessions: those used longest ago end', async () => {
  const first = await signInAs(house, jane);
  for (let n = 0; n < 50; n += 1) await signInAs(house, jane);
  expect(await house.db.selectFrom('session').selectAll().execute()).toHaveLength(50);
  expect(await findSession(house.db, sha256Of(first.token))).toBeNull();
  expect(await inTransaction(house.db, (trx) => endSessionsOf(trx, jane.id, null))).toBe(50);
});
