import type { TokenReply } from '@serverctl/contract/agent';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type AgentHouse, openAgentHouse } from './testing/agent-house.ts';
import { beat, enrolled, enrolRequest, heartbeat, newAgent, started, type TestAgent } from './testing/test-agent.ts';

/*
 * Two hosts that use one key (R35), seen through the agent's own calls.
 */

let house: AgentHouse;
beforeAll(async () => {
  house = await openAgentHouse();
});
afterAll(() => house.close());

/** For a loaded machine: what is awaited takes milliseconds. */
const patience = { interval: 5, timeout: 20_000 };

const quarantines = ({ member }: TestAgent) =>
  house.database.kysely
    .selectFrom('event')
    .select(['sentence', 'details'])
    .where('kind', '=', 'member.quarantined')
    .where('member_id', '=', member.id)
    .execute();
const quarantinedAt = async ({ member }: TestAgent) =>
  (
    await house.database.kysely
      .selectFrom('member')
      .select('quarantined_at')
      .where('id', '=', member.id)
      .executeTakeFirstOrThrow()
  ).quarantined_at;

/** Both beat once a second, as long as asked; the second one as its copier left it. */
async function beatBeside(
  agent: TestAgent,
  [one, other]: readonly [Sender, Sender],
  seconds: number,
): Promise<number[]> {
  const statuses: number[] = [];
  await house.store();
  for (let second = 0; second < seconds; second++) {
    for (const { token, firstSeq, hostname } of [one, other]) {
      const said = hostname === undefined ? {} : { hostname };
      const body = heartbeat(agent.member, token.boot, firstSeq + second, said);
      statuses.push((await beat(house, token, body)).statusCode);
    }
    await house.clock.advance(900);
    await house.store();
  }
  return statuses;
}

interface Sender {
  readonly token: TokenReply;
  readonly firstSeq: number;
  readonly hostname?: string;
}

/** Two runs, each told that the other superseded it, take so many boots in turn. */
async function takeTurns(agent: TestAgent, turns: number): Promise<readonly TokenReply[]> {
  let runs = [await started(house, agent), await started(house, agent)];
  for (let turn = 0; turn < turns; turn++) {
    const [first, second] = runs;
    if (first === undefined || second === undefined) throw new Error('two runs');
    runs = [second, await started(house, agent, null, first.boot)];
  }
  return runs;
}

test('two runs that take boots from each other are quarantined and told of once, and the newest one is still heard', async () => {
  const agent = await enrolled(house, await house.addMember());
  await takeTurns(agent, 5);
  expect(await quarantinedAt(agent)).toBeNull();
  const [, newest] = await takeTurns(agent, 8);
  const sentence = expect.stringContaining(`Two hosts use the key of ${agent.member.hostname}`);
  expect(await quarantines(agent)).toMatchObject([{ sentence }]);
  if (newest === undefined) throw new Error('no run');
  expect((await beat(house, newest, heartbeat(agent.member, newest.boot, 1))).statusCode).toBe(200);
});

test('an agent that starts thirty times in a minute is not', async () => {
  const agent = await enrolled(house, await house.addMember());
  for (let start = 0; start < 30; start++) {
    const token = await started(house, agent);
    await beat(house, token, heartbeat(agent.member, token.boot, 1));
  }
  expect(await quarantinedAt(agent)).toBeNull();
});

test('a machine that was copied while it ran is found by its beats, and both stay heard (R35)', async () => {
  const agent = await enrolled(house, await house.addMember());
  const token = await started(house, agent);
  const statuses = await beatBeside(
    agent,
    [
      { token, firstSeq: 500 },
      { token, firstSeq: 20 },
    ],
    10,
  );
  expect(new Set(statuses)).toEqual(new Set([200]));
  await vi.waitFor(
    async () => expect(await quarantines(agent)).toMatchObject([{ details: { reason: 'two-sequences' } }]),
    patience,
  );
});

test('two in step are found once one has a token of its own, not before: till then they are a network that sends twice', async () => {
  const agent = await enrolled(house, await house.addMember());
  const token = await started(house, agent);
  await beatBeside(
    agent,
    [
      { token, firstSeq: 1 },
      { token, firstSeq: 1 },
    ],
    30,
  );
  expect(await quarantinedAt(agent)).toBeNull();
  const renewed = await started(house, agent, token.boot);
  await beatBeside(
    agent,
    [
      { token, firstSeq: 31 },
      { token: renewed, firstSeq: 31 },
    ],
    10,
  );
  await vi.waitFor(async () => expect(await quarantines(agent)).toHaveLength(1), patience);
});

test('a copy that calls itself otherwise is refused, and counts (R5)', async () => {
  const agent = await enrolled(house, await house.addMember());
  const token = await started(house, agent);
  const copy = { token, firstSeq: 1, hostname: 'copy.example.com' };
  const statuses = await beatBeside(agent, [{ token, firstSeq: 1 }, copy], 10);
  expect(statuses).toContain(403);
  await vi.waitFor(async () => expect(await quarantines(agent)).toHaveLength(1), patience);
});

test('enrolling the right host again ends it, and the copy’s key is worth nothing from then on', async () => {
  const agent = await enrolled(house, await house.addMember());
  await takeTurns(agent, 6);
  expect(await quarantinedAt(agent)).not.toBeNull();
  const again = newAgent({ ...agent.member, secret: await house.addSecret(agent.member.id) });
  expect((await house.post('/agent/v1/enrol', enrolRequest(again))).statusCode).toBe(200);
  expect(await quarantinedAt(agent)).toBeNull();
  await expect(started(house, agent)).rejects.toThrow('agent_signature_invalid');
  expect((await started(house, again)).boot).toBeGreaterThan(8);
});
