import { agentPaths, type HeartbeatReply } from '@serverctl/contract/agent';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type AgentHouse, openAgentHouse } from './testing/agent-house.ts';
import { beat, enrolled, heartbeat, started } from './testing/test-agent.ts';

/** For a loaded machine: what is awaited takes milliseconds. */
const patience = { interval: 10, timeout: 20_000 };

let house: AgentHouse;
beforeAll(async () => {
  house = await openAgentHouse();
});
afterAll(() => house.close());

async function beating(wish: Parameters<AgentHouse['addMember']>[0] = {}) {
  const agent = await enrolled(house, await house.addMember(wish));
  const session = await started(house, agent);
  await house.store();
  return { agent, member: agent.member, session, boot: session.boot };
}

const stored = async (memberId: string) => {
  await house.store();
  return await house.database.kysely
    .selectFrom('member_liveness')
    .selectAll()
    .where('member_id', '=', memberId)
    .executeTakeFirst();
};
const change = (statement: ReturnType<typeof sql>) => statement.execute(house.database.kysely);

test('a beat is heard, and the reply says role, epoch and what to watch', async () => {
  const { member, session, boot } = await beating();
  const reply = await beat(
    house,
    session,
    heartbeat(member, boot, 1, { publicIpv4: '203.0.113.9', publicIpv6: '2001:DB8::9' }),
  );
  expect(reply.statusCode).toBe(200);
  expect(reply.headers['content-type']).toContain('application/json');
  const expected: HeartbeatReply = {
    role: 'none',
    epoch: 0,
    units: ['haproxy.service'],
    intervalMs: 1_000,
    dropped: false,
  };
  expect(reply.json()).toEqual(expected);
  expect(await stored(member.id)).toMatchObject({
    boot,
    seq: 1,
    declared_ipv4: '203.0.113.9',
    declared_ipv6: '2001:db8::9',
    seen_ip: '198.51.100.7',
    refusal: null,
    report: { packageLock: false, units: [{ unit: 'haproxy.service', activeState: 'active' }] },
  });
});

const traffic = { version: '2.6.12', uptimeSeconds: 60, sessions: 12, sessionRate: 4, requestRate: 30 };

test('HAProxy’s traffic is kept apart from the report that decisions read', async () => {
  const { member, session, boot } = await beating();
  await beat(house, session, heartbeat(member, boot, 1, { haproxy: traffic }));
  await beat(house, session, heartbeat(member, boot, 2));
  const row = await stored(member.id);
  expect(row).toMatchObject({ seq: 2, traffic });
  expect(Object.keys(row?.report as object).toSorted()).toEqual(['packageLock', 'units']);
});

test('an agent from before it told of IPv6 is heard, one that tells no address is not taken at its word, a wrong type is refused', async () => {
  const { member, session, boot } = await beating();
  const { publicIpv6: _, ...older } = heartbeat(member, boot, 1);
  expect((await beat(house, session, older)).statusCode).toBe(200);
  expect(await stored(member.id)).toMatchObject({ seq: 1, declared_ipv6: null });
  const said = heartbeat(member, boot, 2, { publicIpv6: '203.0.113.9' });
  expect((await beat(house, session, said)).statusCode).toBe(200);
  await expect.poll(() => stored(member.id)).toMatchObject({ seq: 2, declared_ipv6: null });
  const wrong = { ...heartbeat(member, boot, 3), publicIpv6: 6 };
  expect((await beat(house, session, wrong)).statusCode).toBe(422);
});

test('an agent from before it told of traffic is heard like any other', async () => {
  const { member, session, boot } = await beating();
  const { haproxy: _, ...older } = heartbeat(member, boot, 1);
  expect((await beat(house, session, older)).statusCode).toBe(200);
  expect(await stored(member.id)).toMatchObject({ seq: 1, traffic: null });
});

test('a newer agent is heard by an older control plane: what is not known is not looked at', async () => {
  const { member, session, boot } = await beating();
  const newer = { ...heartbeat(member, boot, 1), diskFull: { since: 'yesterday' } };
  expect((await beat(house, session, newer)).statusCode).toBe(200);
  expect(Object.keys((await stored(member.id))?.report as object).toSorted()).toEqual(['packageLock', 'units']);
});

test.each([
  { sessions: -1 },
  { sessions: 1.5 },
  { sessionRate: 10_000_001 },
  { uptimeSeconds: 2 ** 31 + 1 },
  { requestRate: '30' },
  { version: '2.6\u0000' },
  { version: 'x'.repeat(65) },
  { other: 1 },
  { version: undefined },
])('figures of HAProxy like %j are refused, and never reach the batch of all', async (wrong) => {
  const { member, session, boot } = await beating();
  const body = { ...heartbeat(member, boot, 1), haproxy: { ...traffic, ...wrong } };
  expect((await beat(house, session, body)).json().error.code).toBe('request_invalid');
  expect(await stored(member.id)).toBeUndefined();
});

test('a promotion reaches the replies by notice, without a restart', async () => {
  const { member, session, boot } = await beating();
  const standby = await beating({ poolId: member.poolId });
  await change(sql`UPDATE pool SET active_member_id = ${member.id}, epoch = 4 WHERE id = ${member.poolId}`);
  let seq = 0;
  await vi.waitFor(async () => {
    await house.clock.advance(50);
    const reply = await beat(house, session, heartbeat(member, boot, ++seq));
    expect(reply.json()).toMatchObject({ role: 'active', epoch: 4 });
  }, patience);
  const other = await beat(house, standby.session, heartbeat(standby.member, standby.boot, 1));
  expect(other.json()).toMatchObject({ role: 'standby', epoch: 4 });
});

test('a Linux server that is not monitored watches nothing', async () => {
  const { member, session, boot } = await beating({ template: 'linux-server', monitored: false });
  expect((await beat(house, session, heartbeat(member, boot, 1))).json()).toMatchObject({ units: [] });
});

test('a wrong address and a wrong hostname are refused, yet heard (R5)', async () => {
  const { member, session, boot } = await beating();
  const wrongIp = await beat(house, session, heartbeat(member, boot, 1), '10.0.0.1');
  expect(wrongIp.statusCode).toBe(403);
  expect(wrongIp.json().error).toMatchObject({ code: 'member_wrong_ip', details: { seen: '10.0.0.1' } });
  expect(await stored(member.id)).toMatchObject({ seq: 1, refusal: { because: 'ip', seen: '10.0.0.1' } });
  const wrongName = await beat(house, session, heartbeat(member, boot, 2, { hostname: 'b.example.com' }));
  expect(wrongName.json().error).toMatchObject({ code: 'member_wrong_hostname', details: { seen: 'b.example.com' } });
  expect(await stored(member.id)).toMatchObject({ seq: 2, refusal: { because: 'hostname', seen: 'b.example.com' } });
  const right = await beat(house, session, heartbeat(member, boot, 3, { hostname: member.hostname.toUpperCase() }));
  expect(right.statusCode).toBe(200);
  expect(await stored(member.id)).toMatchObject({ seq: 3, refusal: null });
});

test('after a rename both names are accepted, from the notice on', async () => {
  const { member, session, boot } = await beating();
  await change(sql`UPDATE member SET hostname = ${`new-${member.hostname}`}, previous_hostname = ${member.hostname},
    previous_hostname_until = now() + interval '10 minutes' WHERE id = ${member.id}`);
  const renamed = `new-${member.hostname}`;
  let seq = 0;
  await vi.waitFor(async () => {
    await house.clock.advance(50);
    const reply = await beat(house, session, heartbeat(member, boot, ++seq, { hostname: renamed }));
    expect(reply.statusCode).toBe(200);
  }, patience);
  expect((await beat(house, session, heartbeat(member, boot, ++seq))).statusCode).toBe(200);
});

test('an older seq is dropped and counted, a lost one counts as a gap (R35)', async () => {
  const { member, session, boot } = await beating();
  const before = house.listener.statistics().beats;
  await beat(house, session, heartbeat(member, boot, 1));
  await beat(house, session, heartbeat(member, boot, 5));
  const replayed = await beat(house, session, heartbeat(member, boot, 5));
  expect(replayed.statusCode).toBe(200);
  expect(replayed.json()).toMatchObject({ dropped: true });
  const after = house.listener.statistics().beats;
  expect(after.dropped - before.dropped).toBe(1);
  expect(after.gaps - before.gaps).toBe(1);
  expect(house.listener.gaps()).toContainEqual({ memberId: member.id, at: expect.any(Date), missing: 3 });
});

test('a boot that was superseded is refused at once, here and by notice from elsewhere (R35)', async () => {
  const { agent, member, session, boot } = await beating();
  await beat(house, session, heartbeat(member, boot, 1));
  const newer = await started(house, agent);
  await house.store();
  const refused = await beat(house, session, heartbeat(member, boot, 2));
  expect(refused.statusCode).toBe(409);
  expect(refused.json().error.code).toBe('agent_boot_superseded');
  expect((await beat(house, newer, heartbeat(member, newer.boot, 1))).statusCode).toBe(200);
  await change(sql`UPDATE member SET last_boot = last_boot + 1 WHERE id = ${member.id}`); // another replica issued one
  let seq = 1;
  await vi.waitFor(async () => {
    await house.clock.advance(50);
    expect((await beat(house, newer, heartbeat(member, newer.boot, ++seq))).statusCode).toBe(409);
  }, patience);
});

test('a token speaks for its own boot only', async () => {
  const { member, session, boot } = await beating();
  const reply = await beat(house, session, heartbeat(member, boot + 1, 1));
  expect(reply.json().error.code).toBe('agent_token_invalid');
});

test('a token ends after at most 15 minutes, whichever way the wall clock jumps', async () => {
  const { member, session, boot } = await beating();
  const day = 86_400_000;
  house.clock.jumpWallTime(-3_650 * day);
  expect((await beat(house, session, heartbeat(member, boot, 1))).json().error.code).toBe('agent_token_invalid');
  house.clock.jumpWallTime(3_650 * day);
  expect((await beat(house, session, heartbeat(member, boot, 2))).statusCode).toBe(200);
  await house.clock.advance(session.expiresInSeconds * 1_000);
  expect((await beat(house, session, heartbeat(member, boot, 3))).json().error.code).toBe('agent_token_invalid');
});

test('a forged, altered or missing token is no sign of life, and is counted', async () => {
  const { member, session, boot } = await beating();
  const before = house.listener.statistics().beats;
  const last = session.token.endsWith('A') ? 'B' : 'A';
  const forged = session.token.replace(`.${boot}.`, `.${boot + 1}.`);
  for (const token of [`${session.token.slice(0, -1)}${last}`, forged, '', '....', undefined]) {
    const reply = await house.post(agentPaths.heartbeat, heartbeat(member, boot, 1), undefined, token);
    expect(reply.statusCode).toBe(401);
    expect(reply.json().error.code).toBe('agent_token_invalid');
  }
  const after = house.listener.statistics().beats;
  expect(after.unauthenticated - before.unauthenticated).toBe(5);
  expect(after.accepted).toBe(before.accepted);
  expect(await stored(member.id)).toBeUndefined();
});

test('a removed member and a replaced key are not heard any more', async () => {
  const removed = await beating();
  await change(sql`UPDATE member SET removed_at = now() WHERE id = ${removed.member.id}`);
  const replaced = await beating();
  await change(sql`UPDATE member_key SET revoked_at = now() WHERE member_id = ${replaced.member.id}`);
  let seq = 0;
  for (const { member, session, boot } of [removed, replaced]) {
    await vi.waitFor(async () => {
      await house.clock.advance(50);
      const reply = await beat(house, session, heartbeat(member, boot, ++seq));
      expect(reply.statusCode).toBe(401);
      expect(reply.json().error.code).toBe('agent_key_unknown');
    }, patience);
  }
});
