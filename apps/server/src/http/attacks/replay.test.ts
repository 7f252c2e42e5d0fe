import { agentPaths } from '@serverctl/contract/agent';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeUser, signInAs } from '../../services/accounts/testing/accounts.ts';
import { enrolRequest, heartbeat, newAgent, tokenRequest } from '../agent/testing/test-agent.ts';
import { memberInput } from '../testing/built-edge.ts';
import { addPerson, addSession, addToken } from '../testing/people.ts';
import { makeGuardedUser, stepMs } from './testing/second-factor.ts';
import { type Asking, api, openSiege, type Siege } from './testing/siege.ts';

/* Whoever has seen something that was right once, and sends it again. */

let siege: Siege;
beforeAll(async () => {
  siege = await openSiege();
});
afterAll(() => siege.close());

const own = { 'sec-fetch-site': 'same-origin' };
const me = (asking: Asking) => siege.ask('GET', `${api}/me`, asking);
const signIn = (body: object, headers: Asking['headers'] = {}) =>
  siege.ask('POST', `${api}/session`, { body: { kind: 'command-line', ...body }, headers });

const ends: readonly (readonly [
  string,
  (user: { id: string; password: string }, session: Asking) => Promise<unknown>,
])[] = [
  ['signed out', (_user, session) => siege.ask('DELETE', `${api}/session`, session)],
  [
    'ended from another one',
    async (user) => siege.ask('DELETE', `${api}/me/sessions`, { headers: (await signInAs(siege.deps, user)).headers }),
  ],
  [
    'ended by an administrator',
    ({ id }) => siege.ask('DELETE', `${api}/users/${id}/sessions`, { secret: siege.house.token }),
  ],
  [
    'whose user was disabled',
    ({ id }) => siege.ask('PATCH', `${api}/users/${id}`, { secret: siege.house.token, body: { disabled: true } }),
  ],
  ['whose user was removed', ({ id }) => siege.ask('DELETE', `${api}/users/${id}`, { secret: siege.house.token })],
  [
    'whose password was changed elsewhere',
    async (user) => {
      const { headers } = await signInAs(siege.deps, user);
      const body = { current: user.password, next: 'twelve geese over the weir' };
      return siege.ask('POST', `${api}/me/password`, { headers, body });
    },
  ],
];

test.each(ends)('a session that was %s is worth nothing, by bearer and by cookie', async (what, end) => {
  await makeUser(siege.deps, { email: 'always@example.com' }).catch(() => null);
  for (const kind of ['command-line', 'browser'] as const) {
    const user = await makeUser(siege.deps, { email: `${kind}-${what.replaceAll(/\W/g, '-')}@example.com` });
    const session = (await signInAs(siege.deps, user, kind)).headers;
    const headers = kind === 'browser' ? { ...session, ...own } : session;
    expect((await me({ headers })).status).toBe(200);
    const ended = (await end(user, { headers })) as { status: number };
    expect(ended.status, what).toBeLessThan(410);
    const changed = await siege.changedBy(async () => {
      for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) {
        const path = method === 'GET' ? '/me' : method === 'POST' ? '/pools' : '/users/always@example.com';
        const answer = await siege.ask(method, `${api}${path}`, {
          headers,
          ...(method !== 'GET' && method !== 'DELETE' && { body: {} }),
        });
        expect(answer, `${method} ${what}`).toMatchObject({ status: 401, code: 'session_ended' });
      }
    });
    expect(changed).toEqual([]);
  }
});

test('an API token that was revoked, or whose owner was disabled, is worth nothing', async () => {
  const { id } = await addPerson(siege.house, 'owner@example.com', [{ role: 'administrator', poolId: null }]);
  const session = await addSession(siege.house, id);
  const [revoked, suspended] = [await addToken(siege.house, id), await addToken(siege.house, id)];
  for (const secret of [revoked, suspended]) expect((await me({ secret })).status).toBe(200);
  const mine = (await siege.ask('GET', `${api}/api-tokens`, { secret: revoked })).body.tokens as {
    id: string;
    name: string;
  }[];
  const actor = (await me({ secret: revoked })).body.actor as string;
  const { id: tokenId = '' } = mine.find(({ name }) => actor.startsWith(`token:${name} `)) ?? {};
  expect((await siege.ask('DELETE', `${api}/api-tokens/${tokenId}`, { secret: session })).status).toBe(200);
  expect(await me({ secret: revoked })).toMatchObject({ status: 401, code: 'token_invalid' });
  expect((await me({ secret: suspended })).status).toBe(200);
  await siege.ask('PATCH', `${api}/users/${id}`, { secret: siege.house.token, body: { disabled: true } });
  const changed = await siege.changedBy(async () => {
    const answer = await siege.ask('POST', `${api}/pools`, { secret: suspended, body: { name: 'replayed' } });
    expect(answer).toMatchObject({ status: 401, code: 'token_invalid' });
  });
  expect(changed).toEqual([]);
});

test('a code of an authenticator that was seen works no second time: not to sign in, not to step up, and no older one either', async () => {
  const user = await makeGuardedUser(siege, 'seen@example.com');
  const { email, password } = user;
  await siege.clock.advance(2 * stepMs);
  const [code, older] = [user.code(), user.code(-1)];
  expect((await signIn({ email, password, code })).status).toBe(201);
  const { headers } = await signInAs(siege.deps, user);
  for (const seen of [code, older]) {
    expect(await signIn({ email, password, code: seen })).toMatchObject({ status: 401, code: 'second_factor_wrong' });
    const stepUp = await siege.ask('POST', `${api}/session/step-up`, { headers, body: { password, code: seen } });
    expect(stepUp).toMatchObject({ status: 401, code: 'second_factor_wrong' });
  }
});

test('of twenty sign-ins at once with one code, and with one recovery code, one begins a session', async () => {
  const user = await makeGuardedUser(siege, 'atonce@example.com');
  const { email, password } = user;
  const proofs = [{ code: user.code() }, { recoveryCode: user.recoveryCodes[3] }];
  for (const proof of proofs) {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, nth) =>
        siege.ask('POST', `${api}/session`, {
          body: { email, password, kind: 'command-line', ...proof },
          peer: `198.51.100.${nth}`,
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  }
});

test('a link works once, also for who sends it twenty times at once', async () => {
  const body = { email: 'once@example.com', grants: [{ role: 'viewer', pool: null }] };
  const made = await siege.ask('POST', `${api}/invitations`, { body, secret: siege.house.token });
  const secret = new URL(made.body.link).hash.slice(1);
  const accept = (nth: number) =>
    siege.ask('POST', `${api}/invitations/accept`, {
      body: { secret, password: `nine otters in the reeds ${nth}` },
      peer: `203.0.113.${nth}`,
    });
  const answers = await Promise.all(Array.from({ length: 20 }, (_, nth) => accept(nth)));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([null, 'link_invalid']));
  expect(await siege.changedBy(() => accept(50))).toEqual([]);
});

test('an enrolment secret, a nonce and a signed proof of an agent work once; its session token ends with its key', async () => {
  const hearing = await openSiege();
  const { client } = hearing.house;
  const pool = await client.pools.add({ name: 'replayed-agents' });
  const input = memberInput(41);
  const peer = input.publicIpv4;
  const { member, enrolment } = await client.members.add(pool.id, input);
  const host = { id: member.id, secret: enrolment.secret, hostname: input.hostname } as never;
  const agent = newAgent(host);
  const post = (path: string, body: unknown, secret: string | null = null) =>
    hearing.ask('POST', path, { body, peer, secret });
  expect((await post(agentPaths.enrol, enrolRequest(agent))).status).toBe(200);
  const stolen = newAgent(host);
  const again = await hearing.changedBy(async () => {
    expect(await post(agentPaths.enrol, enrolRequest(stolen))).toMatchObject({
      status: 401,
      code: 'enrolment_secret_invalid',
    });
  });
  expect(again).toEqual([]);

  const { nonce } = (await post(agentPaths.nonce, { memberId: member.id })).body;
  const proof = tokenRequest(agent, nonce, null);
  const proven = await post(agentPaths.token, proof);
  expect(proven.status).toBe(200);
  const replayed = await hearing.changedBy(async () => {
    expect(await post(agentPaths.token, proof)).toMatchObject({ status: 401, code: 'agent_nonce_invalid' });
  });
  expect(replayed).toEqual([]);

  const { token, boot } = proven.body;
  const beat = (seq: number) => post(agentPaths.heartbeat, heartbeat(agent.member, boot, seq), token);
  expect((await beat(1)).status).toBe(200);
  // A token of an agent is none of the API's, and the API's are none of an agent's.
  expect((await hearing.ask('GET', `${api}/pools`, { secret: token })).status).toBe(401);
  expect((await post(agentPaths.heartbeat, heartbeat(agent.member, boot, 2), hearing.house.token)).code).toBe(
    'agent_token_invalid',
  );
  const renewed = await client.members.enrol(pool.id, member.id, {});
  const anew = newAgent({ id: member.id, secret: renewed.secret, hostname: input.hostname } as never);
  expect((await post(agentPaths.enrol, enrolRequest(anew))).status).toBe(200);
  await expect
    .poll(async () => {
      await hearing.clock.advance(1_000); // the notice of the new key is read with a little patience
      return (await beat(3)).code;
    })
    .toBe('agent_key_unknown');
  await hearing.clock.advance(16 * 60_000);
  expect((await beat(4)).code).toBe('agent_token_invalid');
  await hearing.close();
});
