import { agentPaths } from '@serverctl/contract/agent';
import { afterEach, expect, test } from 'vitest';
import { type AgentHouse, agentPeer, openAgentHouse } from './testing/agent-house.ts';
import { enrolled, enrolRequest, heartbeat, newAgent, started } from './testing/test-agent.ts';

let house: AgentHouse;
afterEach(() => house.close());

const proxy = '10.0.0.5';
const question = `Is ${proxy} your proxy? Then name it in SERVERCTL_TRUSTED_PROXIES.`;
const sentences = () =>
  house.database.kysely
    .selectFrom('event')
    .select(['kind', 'sentence'])
    .where('kind', '=', 'enrolment.refused')
    .execute();

test('behind a proxy nobody named, enrolment and beats are refused with the question whether it is one (R36)', async () => {
  house = await openAgentHouse();
  const member = await house.addMember();
  const refused = await house.post(agentPaths.enrol, enrolRequest(newAgent(member)), proxy, undefined, agentPeer);
  expect(refused.statusCode).toBe(403);
  expect(refused.json().error).toMatchObject({ code: 'enrolment_wrong_ip', details: { seen: proxy, question } });
  expect(refused.json().error.remedy).toContain('SERVERCTL_TRUSTED_PROXIES');
  expect(await sentences()).toEqual([
    {
      kind: 'enrolment.refused',
      sentence: `The enrolment of ${member.hostname} was refused: it came from ${proxy}, which is not an allowed egress address. ${question}`,
    },
  ]);
  const agent = await enrolled(house, member);
  const { token, boot } = await started(house, agent);
  const beat = await house.post(agentPaths.heartbeat, heartbeat(member, boot, 1), proxy, token, agentPeer);
  expect(beat.json().error).toMatchObject({ code: 'member_wrong_ip', details: { seen: proxy, question } });
});

test('a public address that is not allowed is asked nothing', async () => {
  house = await openAgentHouse();
  const member = await house.addMember();
  const refused = await house.post(agentPaths.enrol, enrolRequest(newAgent(member)), '203.0.113.1');
  expect(refused.json().error.details).toEqual({ seen: '203.0.113.1', allowed: [agentPeer] });
  expect((await sentences())[0]?.sentence).toMatch(/egress address\.$/);
});

test('behind a trusted proxy the hop that it added is the host, from enrolment to the beats; no other question is asked (R36)', async () => {
  house = await openAgentHouse({ trustedProxies: ['10.0.0.0/24'] });
  const member = await house.addMember();
  const agent = newAgent(member);
  const wrong = await house.post(agentPaths.enrol, enrolRequest(agent), proxy, undefined, '10.9.9.9');
  expect(wrong.json().error.details).toEqual({ seen: '10.9.9.9', allowed: [agentPeer] });
  const forwarded = `192.0.2.1, ${agentPeer}`;
  const right = await house.post(agentPaths.enrol, enrolRequest(agent), proxy, undefined, forwarded);
  expect(right.statusCode).toBe(200);
  const { token, boot } = await started(house, agent);
  const beat = (seq: number, hop: string) =>
    house.post(agentPaths.heartbeat, heartbeat(member, boot, seq), proxy, token, hop);
  expect((await beat(1, agentPeer)).statusCode).toBe(200);
  expect((await beat(2, '203.0.113.1')).json().error).toMatchObject({
    code: 'member_wrong_ip',
    details: { seen: '203.0.113.1' },
  });
});
