import { agentPaths, type EnrolReply } from '@serverctl/contract/agent';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AgentHouse, openAgentHouse } from './testing/agent-house.ts';
import { askNonce, enrolled, enrolRequest, newAgent, started, tokenRequest } from './testing/test-agent.ts';

let house: AgentHouse;
beforeAll(async () => {
  house = await openAgentHouse();
});
afterAll(() => house.close());

const currentKeys = (memberId: string) =>
  house.database.kysely
    .selectFrom('member_key')
    .select(['id', 'public_key'])
    .where('member_id', '=', memberId)
    .where('revoked_at', 'is', null)
    .execute();

test('the right host with a fresh secret is enrolled, and audit and event say so (R34, I17)', async () => {
  const member = await house.addMember({ allowedEgress: ['203.0.113.0/24', '198.51.100.7'] });
  const agent = newAgent(member);
  const reply = await house.post(agentPaths.enrol, enrolRequest(agent, { hostname: member.hostname.toUpperCase() }));
  expect(reply.statusCode).toBe(200);
  expect(reply.json<EnrolReply>()).toEqual({
    memberId: member.id,
    poolName: `pool ${member.poolId}`,
    urls: ['http://plane.example.com:7400'],
  });
  const [key] = await currentKeys(member.id);
  expect(key?.public_key.toString('base64url')).toBe(agent.publicKey);
  const { kysely } = house.database;
  const audit = await kysely.selectFrom('audit_entry').selectAll().where('target', '=', member.id).execute();
  expect(audit).toMatchObject([
    { actor: `agent:${member.id}`, action: 'member.enrol', details: { keyId: key?.id, peer: '198.51.100.7' } },
  ]);
  const events = await kysely.selectFrom('event').selectAll().where('member_id', '=', member.id).execute();
  expect(events).toMatchObject([{ kind: 'member.enrol', severity: 'info', pool_id: member.poolId }]);
});

test('an unknown, a used and a replaced secret are refused alike', async () => {
  const member = await house.addMember();
  const agent = newAgent(member);
  const unknown = await house.post(agentPaths.enrol, enrolRequest(agent, { secret: 'x'.repeat(43) }));
  await house.addSecret(member.id);
  const replaced = await house.post(agentPaths.enrol, enrolRequest(agent));
  const other = await house.addMember();
  await enrolled(house, other);
  const used = await house.post(agentPaths.enrol, enrolRequest(newAgent(other)));
  for (const reply of [unknown, replaced, used]) {
    expect(reply.statusCode).toBe(401);
    expect(reply.json().error.code).toBe('enrolment_secret_invalid');
  }
  expect(await currentKeys(member.id)).toEqual([]);
});

test('an expired secret says that it has expired', async () => {
  const member = await house.addMember();
  const secret = await house.addSecret(member.id, '-1 second');
  const reply = await house.post(agentPaths.enrol, enrolRequest(newAgent({ ...member, secret })));
  expect(reply.json().error.code).toBe('enrolment_expired');
});

test('a wrong address names what was seen and allowed, a wrong hostname what was said, and neither uses the secret up', async () => {
  const member = await house.addMember({ allowedEgress: ['198.51.100.0/29', '2001:db8::/48'] });
  const agent = newAgent(member);
  const wrongIp = await house.post(agentPaths.enrol, enrolRequest(agent), '198.51.100.8');
  expect(wrongIp.statusCode).toBe(403);
  expect(wrongIp.json().error).toMatchObject({
    code: 'enrolment_wrong_ip',
    details: { seen: '198.51.100.8', allowed: ['198.51.100.0/29', '2001:db8::/48'] },
  });
  const wrongName = await house.post(agentPaths.enrol, enrolRequest(agent, { hostname: 'other.example.com' }));
  expect(wrongName.json().error).toMatchObject({
    code: 'enrolment_wrong_hostname',
    details: { seen: 'other.example.com' },
  });
  const right = await house.post(agentPaths.enrol, enrolRequest(agent), '::ffff:198.51.100.2');
  expect(right.statusCode).toBe(200);
});

test('a refused host is told to people by an event, at most one a minute per member and reason', async () => {
  const member = await house.addMember({ hostname: 'lb8.example.com' });
  const agent = newAgent(member);
  const wrongName = enrolRequest(agent, { hostname: 'lb9.example.com' });
  await Promise.all(['a', 'b', 'c'].map(() => house.post(agentPaths.enrol, enrolRequest(agent), '198.51.100.8')));
  await Promise.all(['a', 'b', 'c'].map(() => house.post(agentPaths.enrol, wrongName)));
  const { kysely } = house.database;
  const told = () => kysely.selectFrom('event').selectAll().where('member_id', '=', member.id).orderBy('seq').execute();
  expect(await told()).toMatchObject([
    {
      kind: 'enrolment.refused',
      severity: 'warning',
      pool_id: member.poolId,
      sentence:
        'The enrolment of lb8.example.com was refused: it came from 198.51.100.8, which is not an allowed egress address.',
      details: { code: 'enrolment_wrong_ip', seen: '198.51.100.8', allowed: ['198.51.100.7'] },
    },
    {
      kind: 'enrolment.refused',
      sentence: 'The enrolment of lb8.example.com was refused: the host calls itself lb9.example.com.',
      details: { seen: 'lb9.example.com', allowed: 'lb8.example.com' },
    },
  ]);
  await kysely
    .updateTable('event')
    .set({ at: new Date(0) })
    .where('member_id', '=', member.id)
    .execute();
  await house.post(agentPaths.enrol, wrongName);
  expect(await told()).toHaveLength(3);
});

test('ten uses of one secret at once yield exactly one key (I15)', async () => {
  const member = await house.addMember();
  const agents = Array.from({ length: 10 }, () => newAgent(member));
  const replies = await Promise.all(agents.map((agent) => house.post(agentPaths.enrol, enrolRequest(agent))));
  const winners = agents.filter((_, index) => replies[index]?.statusCode === 200);
  expect(winners).toHaveLength(1);
  const codes = replies.filter(({ statusCode }) => statusCode !== 200).map((reply) => reply.json().error.code);
  expect(new Set(codes)).toEqual(new Set(['enrolment_secret_invalid']));
  const keys = await currentKeys(member.id);
  expect(keys.map((key) => key.public_key.toString('base64url'))).toEqual([winners[0]?.publicKey]);
});

test('enrolling again revokes the old key: its token and its signature are refused (R34)', async () => {
  const member = await house.addMember();
  const old = await enrolled(house, member);
  await started(house, old);
  const secret = await house.addSecret(member.id);
  const renewed = await enrolled(house, { ...member, secret });
  const refused = await house.post(agentPaths.token, tokenRequest(old, await askNonce(house, member.id), null));
  expect(refused.json().error.code).toBe('agent_signature_invalid');
  expect((await started(house, renewed)).boot).toBe(2);
});

test('an agent of another protocol is told which one we speak', async () => {
  const member = await house.addMember();
  const reply = await house.post(agentPaths.enrol, enrolRequest(newAgent(member), { protocol: 99 }));
  expect(reply.statusCode).toBe(422);
  expect(reply.json().error).toMatchObject({ code: 'agent_protocol_unsupported', details: { seen: 99, spoken: 1 } });
});
