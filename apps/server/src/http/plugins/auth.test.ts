import { fullAccess, minuteMs } from '@serverctl/core';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { createFakeClock } from '../../../../../testkit/src/fake-clock.ts';
import type { Credential, Principal } from '../../services/accounts/principal.ts';
import { principalOf } from '../caller.ts';
import { authenticate, turnLimits } from './auth.ts';
import { answerErrors } from './errors.ts';

const host: Principal = { kind: 'host', actor: 'host', access: fullAccess };
const right = 'sct_right';

let app: FastifyInstance;
afterEach(() => app.close());

function open(prove: (credential: Credential) => Promise<Principal | null>, isKnown = (_secret: string) => false) {
  const clock = createFakeClock();
  app = Fastify();
  answerErrors(app);
  authenticate(app, { authenticator: { prove, isKnown }, clock, sessionIn: ({ headers }) => headers.cookie ?? null });
  app.get('/who', { config: { permission: 'self' } }, async (request) => principalOf(request).actor);
  app.get('/open', { config: { permission: 'public' } }, async () => 'open');
  return clock;
}
const proving = (...secrets: string[]) => {
  const asked: Credential[] = [];
  const prove = async (credential: Credential) => {
    asked.push(credential);
    return secrets.includes(credential.secret) ? host : null;
  };
  return { asked, prove };
};
async function ask(headers: Record<string, string>, remoteAddress = '198.51.100.1', url = '/who') {
  const reply = await app.inject({ url, headers, remoteAddress });
  return { status: reply.statusCode, code: reply.statusCode === 200 ? null : reply.json().error.code };
}
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

test('a bearer token goes before a cookie, and one that is wrong is not made up for by it', async () => {
  const { asked, prove } = proving(right);
  open(prove);
  expect(await ask({ ...bearer(right), cookie: 'scs_wrong' })).toMatchObject({ status: 200 });
  expect(await ask({ cookie: right })).toMatchObject({ status: 200 });
  expect(await ask({ ...bearer('sck_wrong'), cookie: right })).toMatchObject({ status: 401, code: 'token_invalid' });
  expect(await ask({ authorization: 'Basic eDp5', cookie: right })).toMatchObject({
    status: 401,
    code: 'token_missing',
  });
  expect(asked.map(({ from }) => from)).toEqual(['bearer', 'cookie', 'bearer']);
  expect(asked[0]).toMatchObject({ peer: '198.51.100.1' });
});

test('a session that is over is told as that, a token that is unknown as that, and what is open asks nobody', async () => {
  const { asked, prove } = proving(right);
  open(prove);
  expect(await ask(bearer('scs_over'))).toMatchObject({ status: 401, code: 'session_ended' });
  expect(await ask({ cookie: 'scs_over' })).toMatchObject({ status: 401, code: 'session_ended' });
  expect(await ask(bearer('sck_x'))).toMatchObject({ status: 401, code: 'token_invalid' });
  expect(await ask({})).toMatchObject({ status: 401, code: 'token_missing' });
  expect(await ask(bearer('sck_x'), '198.51.100.1', '/open')).toMatchObject({ status: 200 });
  expect(asked).toHaveLength(3);
});

test('20 failures in a minute are answered as such, then with how long to wait; the right secret enters all the while', async () => {
  const { prove } = proving(right);
  const clock = open(prove);
  for (let tries = 0; tries < 20; tries += 1) expect(await ask(bearer('sck_x'))).toMatchObject({ status: 401 });
  expect(await ask(bearer('sck_x'))).toMatchObject({ status: 429, code: 'rate_limited' });
  expect(await ask(bearer(right))).toMatchObject({ status: 200 });
  expect(await ask(bearer('sck_x'), '198.51.100.2')).toMatchObject({ status: 401 });
  await clock.advance(minuteMs);
  expect(await ask(bearer('sck_x'))).toMatchObject({ status: 401 });
});

test('who floods with wrong secrets is looked up one at a time; others, and the host’s token, do not wait for that', async () => {
  let looking = 0;
  let most = 0;
  const stuck = Promise.withResolvers<void>();
  open(async ({ peer, secret }) => {
    if (secret === right) return host;
    if (peer !== '198.51.100.9') return null;
    looking += 1;
    most = Math.max(most, looking);
    if (secret === 'sck_flood') await stuck.promise;
    looking -= 1;
    return null;
  });
  for (let tries = 0; tries < 20; tries += 1) await ask(bearer('sck_x'), '198.51.100.9');
  const flood = Array.from({ length: 30 }, () => ask(bearer('sck_flood'), '198.51.100.9'));
  expect(await ask(bearer(right), '198.51.100.9')).toMatchObject({ status: 200 });
  expect(await ask(bearer('sck_x'), '198.51.100.1')).toMatchObject({ status: 401 });
  stuck.resolve();
  expect((await Promise.all(flood)).every(({ status }) => status === 429)).toBe(true);
  expect(most).toBe(1);
});

test('a flood from one place is bounded in memory; a secret that is known passes it, one that is new is told to come again', async () => {
  const place = '198.51.100.9';
  const stuck = Promise.withResolvers<void>();
  let looking = 0;
  const prove = async ({ secret }: Credential) => {
    if (secret === 'scs_known') return host;
    if (secret !== 'sck_flood') return null;
    looking += 1;
    await stuck.promise;
    return null;
  };
  open(prove, (secret) => secret === 'scs_known');
  for (let tries = 0; tries < 20; tries += 1) await ask(bearer('sck_x'), place);
  let refused = 0;
  const flood = Array.from({ length: 1_000 }, () =>
    ask(bearer('sck_flood'), place).finally(() => {
      refused += 1;
    }),
  );
  await expect.poll(() => refused).toBe(1_000 - 1 - turnLimits.waitingPerKey);
  expect(looking).toBe(1);
  expect(await ask(bearer('scs_known'), place)).toMatchObject({ status: 200 });
  expect(await ask(bearer('sck_new'), place)).toMatchObject({ status: 429, code: 'rate_limited' });
  stuck.resolve();
  await Promise.all(flood);
  expect(looking).toBe(1 + turnLimits.waitingPerKey);
});

test('all addresses of one IPv6 network are one place, and another network is another', async () => {
  const { prove } = proving(right);
  open(prove);
  const fromNth = (nth: number) => ask(bearer('sck_x'), `2001:db8:0:1::${nth + 1}`);
  const statuses: number[] = [];
  for (let nth = 0; nth < 25; nth += 1) statuses.push((await fromNth(nth)).status);
  expect(statuses).toEqual([...Array(20).fill(401), ...Array(5).fill(429)]);
  expect(await ask(bearer('sck_x'), '2001:db8:0:2::1')).toMatchObject({ status: 401 });
});

test('when nobody can be looked up it is said as that, and counts as no failure', async () => {
  const { prove } = proving(right);
  let down = true;
  open((credential) => (down ? Promise.reject(new Error('no database')) : prove(credential)));
  for (let tries = 0; tries < 30; tries += 1) expect(await ask(bearer('sck_x'))).toMatchObject({ status: 500 });
  down = false;
  expect(await ask(bearer('sck_x'))).toMatchObject({ status: 401 });
});
