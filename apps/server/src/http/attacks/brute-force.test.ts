import { agentPaths } from '@serverctl/contract/agent';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newSecret } from '../../services/accounts/secret.ts';
import { makeUser, signInAs } from '../../services/accounts/testing/accounts.ts';
import { addPerson, addToken } from '../testing/people.ts';
import { makeGuardedUser, wrongCode } from './testing/second-factor.ts';
import { type Answer, api, openSiege, type Siege } from './testing/siege.ts';

/* Whoever tries until something fits. What a failure leaves is its entry in the audit log, and one event where a limit was reached. */

let siege: Siege;
beforeAll(async () => {
  siege = await openSiege();
});
afterAll(() => siege.close());

const noted = ['audit_entry', 'event'];
const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status);
const times = (count: number, status: number) => Array.from({ length: count }, () => status);
const signIn = (email: string, peer: string, more: object = {}) =>
  siege.ask('POST', `${api}/session`, {
    body: { email, password: 'no, not this one', kind: 'command-line', ...more },
    peer,
  });

async function inTurn(count: number, attempt: (nth: number) => Promise<Answer>): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let nth = 0; nth < count; nth += 1) answers.push(await attempt(nth));
  return answers;
}

test('passwords of one account from one place: six tries, then none, the right one neither', async () => {
  const user = await makeUser(siege.deps, { email: 'one@example.com' });
  let answers: readonly Answer[] = [];
  const changed = await siege.changedBy(async () => {
    answers = await inTurn(20, () => signIn(user.email, '192.0.2.1'));
  });
  expect(statuses(answers)).toEqual([...times(6, 401), ...times(14, 429)]);
  expect(new Set(answers.map(({ code }) => code))).toEqual(new Set(['sign_in_refused', 'rate_limited']));
  expect(changed).toEqual(noted);
  const right = await signIn(user.email, '192.0.2.1', { password: user.password });
  expect([right.status, Number(right.headers['retry-after']) > 0]).toEqual([429, true]);
});

test('passwords of one account from two hundred places: thirty tries in all; who is signed in there gets in', async () => {
  const user = await makeUser(siege.deps, { email: 'spread@example.com' });
  const session = await signInAs(siege.deps, user);
  let answers: readonly Answer[] = [];
  const changed = await siege.changedBy(async () => {
    answers = await inTurn(200, (nth) => signIn(user.email, `198.51.100.${nth}`));
  });
  expect(statuses(answers)).toEqual([...times(30, 401), ...times(170, 429)]);
  expect(changed).toEqual(noted);
  expect((await signIn(user.email, '127.0.0.1', { password: user.password })).status).toBe(201);
  expect((await siege.ask('GET', `${api}/me`, { headers: session.headers })).status).toBe(200);
});

test('one password for many accounts from one place: thirty tries, whether anybody has the address or not', async () => {
  const answers = await inTurn(60, (nth) => signIn(`spray${nth}@example.com`, '192.0.2.3'));
  expect(statuses(answers)).toEqual([...times(30, 401), ...times(30, 429)]);
});

test('all addresses of one IPv6 network are one place', async () => {
  const user = await makeUser(siege.deps, { email: 'six@example.com' });
  const answers = await inTurn(9, (nth) => signIn(user.email, `2001:db8:0:1::${nth + 1}`));
  expect(statuses(answers)).toEqual([...times(6, 401), ...times(3, 429)]);
});

test('codes of an authenticator behind the right password: ten tries from everywhere, no code is used up, no session begins', async () => {
  const user = await makeGuardedUser(siege, 'codes@example.com');
  const { email, password } = user;
  let answers: readonly Answer[] = [];
  const changed = await siege.changedBy(async () => {
    answers = await inTurn(25, (nth) => signIn(email, `198.51.101.${nth}`, { password, code: wrongCode(user) }));
  });
  expect(statuses(answers)).toEqual([...times(10, 401), ...times(15, 429)]);
  expect(answers[0]?.code).toBe('second_factor_wrong');
  expect(changed).toEqual(noted);
  // Its owner has another way in, which strangers cannot close.
  const recoveryCode = user.recoveryCodes[0] ?? '';
  expect((await signIn(email, '198.51.102.1', { password, recoveryCode })).status).toBe(201);
});

test('codes of a new proof within a stolen session: five tries, and nothing dangerous is done meanwhile', async () => {
  const user = await makeGuardedUser(siege, 'stolen@example.com');
  const { headers } = await signInAs(siege.deps, user);
  const body = { password: user.password, code: wrongCode(user) };
  const answers = await inTurn(9, () => siege.ask('POST', `${api}/session/step-up`, { headers, body }));
  expect(statuses(answers)).toEqual([...times(5, 401), ...times(4, 429)]);
});

test('recovery codes behind the right password: no more tries than at a password, and none of the ten is used up', async () => {
  const user = await makeGuardedUser(siege, 'recovery@example.com');
  const { email, password } = user;
  let answers: readonly Answer[] = [];
  const changed = await siege.changedBy(async () => {
    answers = await inTurn(12, (nth) =>
      signIn(email, '192.0.2.7', { password, recoveryCode: `aaaa-bbbb-cccc-${1000 + nth}` }),
    );
  });
  expect(statuses(answers)).toEqual([...times(6, 401), ...times(6, 429)]);
  expect(answers[0]?.code).toBe('second_factor_wrong');
  expect(changed).toEqual(noted);
  const everywhere = await inTurn(40, (nth) =>
    signIn(email, `198.51.103.${nth}`, { password, recoveryCode: `dddd-eeee-ffff-${1000 + nth}` }),
  );
  expect(statuses(everywhere).filter((status) => status === 401).length).toBeLessThanOrEqual(30);
  expect(statuses(everywhere)).not.toContain(201);
});

test.each(['host', 'session', 'token'] as const)(
  'secrets of kind %s: 20 wrong ones a minute are judged, nothing is written, the right one enters all the while',
  async (kind) => {
    const peer = `192.0.2.${10 + kind.length}`;
    const { id } = await addPerson(siege.house, `${kind}@example.com`, [{ role: 'viewer', poolId: null }]);
    const right = await addToken(siege.house, id);
    await siege.ask('GET', `${api}/pools`, { secret: right, peer });
    let answers: readonly Answer[] = [];
    const changed = await siege.changedBy(async () => {
      answers = await inTurn(40, () =>
        siege.ask('GET', `${api}/pools`, { secret: newSecret(siege.deps.random, kind), peer }),
      );
      expect((await siege.ask('GET', `${api}/pools`, { secret: right, peer })).status).toBe(200);
    });
    expect(statuses(answers)).toEqual([...times(20, 401), ...times(20, 429)]);
    expect(changed).toEqual([]);
  },
);

test('secrets of links: 20 tries from one place, nothing is written, and the link stays good for its owner', async () => {
  const invite = { email: 'linked@example.com', grants: [{ role: 'viewer', pool: null }] };
  const { token } = siege.house;
  const made = await siege.ask('POST', `${api}/invitations`, { body: invite, secret: token });
  const secret = new URL(made.body.link).hash.slice(1);
  let answers: readonly Answer[] = [];
  const changed = await siege.changedBy(async () => {
    answers = await inTurn(30, (nth) =>
      siege.ask('POST', `${api}/invitations/${nth % 2 === 0 ? 'accept' : 'show'}`, {
        peer: '192.0.2.20',
        body: {
          secret: newSecret(siege.deps.random, 'link'),
          ...(nth % 2 === 0 && { password: 'nine otters in the reeds' }),
        },
      }),
    );
  });
  expect(statuses(answers)).toEqual([...times(20, 401), ...times(10, 429)]);
  expect(changed).toEqual([]);
  expect((await siege.ask('POST', `${api}/invitations/show`, { body: { secret } })).status).toBe(200);
});

test('enrolment secrets: no more tries than one address has, nothing is written, and no key is there', async () => {
  const publicKey = Buffer.alloc(32, 7).toString('base64url');
  const request = { protocol: 1, hostname: 'lb1.example.com', publicKey, agentVersion: '0.1.0' };
  let answers: readonly Answer[] = [];
  const changed = await siege.changedBy(async () => {
    answers = await inTurn(300, () => {
      const secret = Buffer.from(siege.deps.random.bytes(32)).toString('base64url');
      return siege.ask('POST', agentPaths.enrol, { body: { ...request, secret }, peer: '192.0.2.30' });
    });
  });
  expect(statuses(answers)).toEqual([...times(256, 401), ...times(44, 429)]);
  expect(changed).toEqual([]);
});
