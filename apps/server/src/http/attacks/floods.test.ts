import { agentPaths, protocolVersion } from '@serverctl/contract/agent';
import type { MemberId, PoolId } from '@serverctl/core';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lookUpLimits } from '../../services/accounts/gate.ts';
import { newSecret } from '../../services/accounts/secret.ts';
import { makeUser } from '../../services/accounts/testing/accounts.ts';
import { enrolRequest, newAgent, type TestAgent, tokenRequest } from '../agent/testing/test-agent.ts';
import { turnLimits } from '../plugins/auth.ts';
import { memberInput } from '../testing/built-edge.ts';
import { type Answer, api, openSiege, type Siege } from './testing/siege.ts';

/* Whoever sends so much that nobody else is served. The failover's own queries go through the same connections. */

let siege: Siege;
beforeAll(async () => {
  siege = await openSiege();
});
afterAll(() => siege.close());

const db = () => siege.house.database.kysely;
const strangers = lookUpLimits.strangersAtOnce ?? 0;

async function stuckConnections(): Promise<number> {
  const { rows } = await sql<{ held: number }>`
    SELECT count(*)::int AS held FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db());
  return rows[0]?.held ?? 0;
}

/** While nobody can read the table, so that whatever asks it stays where it is. */
async function whileStuck(table: 'invitation' | 'session' | 'member_key', attack: () => Promise<void>): Promise<void> {
  const locked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const holding = db()
    .transaction()
    .execute(async (trx) => {
      await sql`LOCK TABLE ${sql.table(table)} IN ACCESS EXCLUSIVE MODE`.execute(trx);
      locked.resolve();
      await release.promise;
    });
  await locked.promise;
  try {
    await attack();
  } finally {
    release.resolve();
    await holding;
  }
}

/** So many at once, and how many of them were refused by now. */
function flood(count: number, attempt: () => Promise<Answer>) {
  let refused = 0;
  const answers = Array.from({ length: count }, async () => {
    const answer = await attempt();
    if (answer.code === 'rate_limited') refused += 1;
    return answer;
  });
  return { all: () => Promise.all(answers), refused: () => refused };
}

test.each(['show', 'accept'])(
  'secrets of links from a thousand places at once (%s): two connections and a bounded line',
  async (act) => {
    const password = 'nine otters in the reeds';
    const attempt = () =>
      siege.ask('POST', `${api}/invitations/${act}`, {
        body: { secret: newSecret(siege.deps.random, 'link'), ...(act === 'accept' && { password }) },
      });
    let answers: Promise<readonly Answer[]> = Promise.resolve([]);
    await whileStuck('invitation', async () => {
      const links = flood(1_000, attempt);
      answers = links.all();
      await expect.poll(links.refused, { timeout: 10_000 }).toBe(1_000 - strangers - lookUpLimits.waiting);
      await expect.poll(stuckConnections, { timeout: 10_000 }).toBe(strangers);
    });
    const statuses = (await answers).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(strangers + lookUpLimits.waiting);
  },
);

test('proofs of a key from a thousand places at once: two connections and a bounded line', async () => {
  const memberId = '000000000000';
  const nonces = await Promise.all(
    Array.from({ length: 1_000 }, async () => {
      const { text } = await siege.ask('POST', agentPaths.nonce, { body: { memberId } });
      return JSON.parse(text).nonce;
    }),
  );
  const signature = 'A'.repeat(86);
  const attempt = () =>
    siege.ask('POST', agentPaths.token, {
      body: { protocol: protocolVersion, memberId, nonce: nonces.pop(), signature, boot: null },
    });
  let answers: Promise<readonly Answer[]> = Promise.resolve([]);
  await whileStuck('member_key', async () => {
    const proofs = flood(1_000, attempt);
    answers = proofs.all();
    await expect.poll(proofs.refused, { timeout: 10_000 }).toBe(1_000 - strangers - lookUpLimits.waiting);
    await expect.poll(stuckConnections, { timeout: 10_000 }).toBe(strangers);
  });
  const codes = (await answers).map(({ code }) => code);
  expect(codes.filter((code) => code === 'agent_key_unknown')).toHaveLength(strangers + lookUpLimits.waiting);
});

/** An agent of a pool of its own, which has never asked for a token. */
async function enrolledAgent(number: number): Promise<TestAgent> {
  const { client } = siege.house;
  const pool = await client.pools.add({ name: `pool-${number}` });
  const { member, enrolment } = await client.members.add(pool.id, memberInput(number));
  const id = member.id as MemberId;
  const agent = newAgent({ ...member, id, poolId: pool.id as PoolId, secret: enrolment.secret });
  const { status } = await siege.ask('POST', agentPaths.enrol, {
    body: enrolRequest(agent),
    peer: `198.51.100.${10 + number}`,
  });
  expect(status).toBe(200);
  return agent;
}

async function start(agent: TestAgent): Promise<Answer> {
  const { nonce } = (await siege.ask('POST', agentPaths.nonce, { body: { memberId: agent.member.id } })).body;
  return siege.ask('POST', agentPaths.token, { body: tokenRequest(agent, nonce, null) });
}

test('strangers from a thousand places at once do not hold a starting agent out whose key we remember, and who forges its proof is one', async () => {
  const agent = await enrolledAgent(31);
  // Its first token comes through the strangers' line; from then on this process remembers the key.
  expect((await start(agent)).status).toBe(200);
  let answers: Promise<readonly Answer[]> = Promise.resolve([]);
  await whileStuck('invitation', async () => {
    const body = () => ({ secret: newSecret(siege.deps.random, 'link') });
    const links = flood(1_000, () => siege.ask('POST', `${api}/invitations/show`, { body: body() }));
    answers = links.all();
    await expect.poll(links.refused, { timeout: 10_000 }).toBe(1_000 - strangers - lookUpLimits.waiting);
    expect(await start(agent)).toMatchObject({ status: 200, body: { boot: 2 } });
    expect(await start(newAgent(agent.member))).toMatchObject({ status: 429, code: 'rate_limited' });
  });
  await answers;
});

test('secrets of links from one IPv6 network: twenty tries, whatever address of it they come from', async () => {
  const statuses: number[] = [];
  for (let nth = 0; nth < 30; nth += 1) {
    const body = { secret: newSecret(siege.deps.random, 'link') };
    const { status } = await siege.ask('POST', `${api}/invitations/show`, { body, peer: `2001:db8:0:7::${nth + 1}` });
    statuses.push(status);
  }
  expect(statuses).toEqual([...Array(20).fill(401), ...Array(10).fill(429)]);
});

test('tokens from one place, a thousand at once: a bounded line, and whoever has just signed in there gets past it', async () => {
  const { email, password } = await makeUser(siege.deps, { email: 'neighbour@example.com' });
  const peer = '192.0.2.40';
  const wrong = () => siege.ask('GET', `${api}/me`, { secret: newSecret(siege.deps.random, 'session'), peer });
  for (let tries = 0; tries < 20; tries += 1) expect((await wrong()).status).toBe(401);
  const signedIn = await siege.ask('POST', `${api}/session`, { body: { email, password, kind: 'command-line' }, peer });
  let answers: Promise<readonly Answer[]> = Promise.resolve([]);
  const mine: Promise<Answer>[] = [];
  await whileStuck('session', async () => {
    const tokens = flood(1_000, wrong);
    answers = tokens.all();
    await expect.poll(tokens.refused, { timeout: 10_000 }).toBe(1_000 - 1 - turnLimits.waitingPerKey);
    mine.push(siege.ask('GET', `${api}/me`, { secret: signedIn.body.token, peer }));
    // One of the flood, and the neighbour beside it.
    await expect.poll(stuckConnections, { timeout: 10_000 }).toBe(2);
  });
  expect((await mine[0])?.status).toBe(200);
  expect((await answers).every(({ status }) => status === 429)).toBe(true);
});
