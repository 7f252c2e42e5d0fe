import { agentPaths } from '@serverctl/contract/agent';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type AgentHouse, agentPeer, openAgentHouse } from './testing/agent-house.ts';
import { askNonce, enrolled, newAgent, started, tokenRequest } from './testing/test-agent.ts';

/** Of what comes by itself, on the slowest machine. */
const patience = { timeout: 30_000 };

let house: AgentHouse;
beforeAll(async () => {
  house = await openAgentHouse();
});
afterAll(() => house.close());

const codeOf = (reply: { json(): { error: { code: string } } }) => reply.json().error.code;

test('each agent start gets the next boot, and the event log says so (R35)', async () => {
  const agent = await enrolled(house, await house.addMember());
  const first = await started(house, agent);
  const second = await started(house, agent);
  expect([first.boot, second.boot]).toEqual([1, 2]);
  expect(first.expiresInSeconds).toBeLessThanOrEqual(900);
  const events = await house.database.kysely
    .selectFrom('event')
    .select(['kind', 'severity', 'details'])
    .where('member_id', '=', agent.member.id)
    .where('kind', '=', 'member.boot')
    .orderBy('seq')
    .execute();
  expect(events).toEqual([1, 2].map((boot) => ({ kind: 'member.boot', severity: 'info', details: { boot } })));
});

test('a token is renewed within its boot, and a superseded boot is refused', async () => {
  const agent = await enrolled(house, await house.addMember());
  const { boot } = await started(house, agent);
  expect((await started(house, agent, boot)).boot).toBe(boot);
  await started(house, agent);
  const reply = await house.post(agentPaths.token, tokenRequest(agent, await askNonce(house, agent.member.id), boot));
  expect(reply.statusCode).toBe(409);
  expect(reply.json().error).toMatchObject({ code: 'agent_boot_superseded', details: { boot: 1, newest: 2 } });
});

test('a boot that a restored database has forgotten is learnt from the signed request: boots never go back', async () => {
  const agent = await enrolled(house, await house.addMember());
  expect((await started(house, agent, 7)).boot).toBe(7);
  expect((await started(house, agent)).boot).toBe(8);
});

test('boots that a restored database has forgotten are not issued again while this process knows better', async () => {
  const agent = await enrolled(house, await house.addMember());
  for (let boot = 1; boot <= 3; boot++) expect((await started(house, agent)).boot).toBe(boot);
  const { kysely } = house.database;
  await kysely.updateTable('member').set({ last_boot: 1 }).where('id', '=', agent.member.id).execute();
  await expect(started(house, agent, 2)).rejects.toThrow('agent_boot_superseded');
  expect((await started(house, agent)).boot).toBe(4);
  expect((await started(house, agent, 4)).boot).toBe(4);
});

test('a restored database learns from this process, and from any beat, which boots were issued', async () => {
  const agent = await enrolled(house, await house.addMember());
  for (let boot = 1; boot <= 3; boot++) await started(house, agent);
  const { kysely } = house.database;
  const mine = kysely.selectFrom('member').select('last_boot').where('id', '=', agent.member.id);
  await kysely.updateTable('member').set({ last_boot: 1 }).where('id', '=', agent.member.id).execute();
  await vi.waitFor(async () => {
    // The registry reads again without a notice too; a read that was under way may have begun before the restore.
    await house.clock.advance(10_000);
    expect((await mine.executeTakeFirstOrThrow()).last_boot).toBe(3);
  }, patience);
});

test('a nonce serves once, for the member it was issued for, for 30 s', async () => {
  const agent = await enrolled(house, await house.addMember());
  const other = await enrolled(house, await house.addMember());
  const nonce = await askNonce(house, agent.member.id);
  expect((await house.post(agentPaths.token, tokenRequest(agent, nonce, null))).statusCode).toBe(200);
  const replayed = await house.post(agentPaths.token, tokenRequest(agent, nonce, null));
  const foreign = await house.post(agentPaths.token, tokenRequest(agent, await askNonce(house, other.member.id), null));
  const invented = await house.post(agentPaths.token, tokenRequest(agent, 'A'.repeat(43), null));
  const late = await askNonce(house, agent.member.id);
  await house.clock.advance(30_000);
  const expired = await house.post(agentPaths.token, tokenRequest(agent, late, null));
  for (const reply of [replayed, foreign, invented, expired]) {
    expect(reply.statusCode).toBe(401);
    expect(codeOf(reply)).toBe('agent_nonce_invalid');
  }
});

test('a signature by another key, over another boot or altered in one character is refused', async () => {
  const agent = await enrolled(house, await house.addMember());
  const stranger = newAgent(agent.member);
  const byStranger = await house.post(
    agentPaths.token,
    tokenRequest(stranger, await askNonce(house, agent.member.id), null),
  );
  const otherBoot = tokenRequest(agent, await askNonce(house, agent.member.id), null);
  const overOther = await house.post(agentPaths.token, { ...otherBoot, boot: 1 });
  const whole = tokenRequest(agent, await askNonce(house, agent.member.id), null);
  const signature = (whole.signature.startsWith('A') ? 'B' : 'A') + whole.signature.slice(1);
  const altered = await house.post(agentPaths.token, { ...whole, signature });
  for (const reply of [byStranger, overOther, altered]) expect(codeOf(reply)).toBe('agent_signature_invalid');
});

test('a nonce is given for an unknown member too, but no token', async () => {
  const agent = await enrolled(house, await house.addMember());
  const ghost = { ...agent, member: { ...agent.member, id: '000000000000' as typeof agent.member.id } };
  const nonce = await askNonce(house, ghost.member.id);
  expect(codeOf(await house.post(agentPaths.token, tokenRequest(ghost, nonce, null)))).toBe('agent_key_unknown');
});

test('an address that asks too often is told when to come again, and others are still served (R5)', async () => {
  const small = await openAgentHouse({ attemptLimits: { burst: 3, everyMs: 1_000, most: 100 } });
  try {
    const ask = (from: string) => small.post(agentPaths.nonce, { memberId: 'whoever' }, from);
    for (let attempt = 0; attempt < 3; attempt++) expect((await ask('192.0.2.66')).statusCode).toBe(200);
    const refused = await ask('192.0.2.66');
    expect(refused.statusCode).toBe(429);
    expect(refused.headers['retry-after']).toBe('1');
    expect(refused.json().error).toMatchObject({ code: 'rate_limited', details: { retryAfterSeconds: 1 } });
    expect((await ask(agentPeer)).statusCode).toBe(200);
    await small.clock.advance(1_000);
    expect((await ask('192.0.2.66')).statusCode).toBe(200);
  } finally {
    await small.close();
  }
});

test('an honest fleet behind one address is not used up: whoever proves a key gets its attempts back', async () => {
  const small = await openAgentHouse({ attemptLimits: { burst: 4, everyMs: 1_000, most: 100 } });
  try {
    const agent = await enrolled(small, await small.addMember());
    for (let boot = 1; boot <= 10; boot++) expect((await started(small, agent)).boot).toBe(boot);
  } finally {
    await small.close();
  }
});
